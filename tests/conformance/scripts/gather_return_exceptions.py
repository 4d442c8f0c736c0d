"""With return_exceptions errors and cancels are values, and gather waits for all."""
import asyncio


async def child(name, delay):
    await asyncio.sleep(delay)
    return name


async def fails(text, delay):
    await asyncio.sleep(delay)
    raise ValueError(text)


async def gives_up():
    raise asyncio.CancelledError


def show(outcome):
    if isinstance(outcome, asyncio.CancelledError):
        trace("cancelled")
    elif isinstance(outcome, BaseException):
        trace("error", type(outcome).__name__, outcome)
    else:
        trace("value", outcome)


async def main():
    victim = asyncio.create_task(child("victim", 9))
    asyncio.get_running_loop().call_later(1, victim.cancel)
    outcomes = await asyncio.gather(child("a", 2), fails("b", 1), victim, gives_up(), fails("e", 3),
                                    return_exceptions=True)
    for outcome in outcomes:
        show(outcome)
    outcomes = await asyncio.gather(*[fails(name, 0) for name in "xy"], return_exceptions=True)
    for outcome in outcomes:
        show(outcome)
