"""shield's future is cancelled without a message; a gather that was cancelled has that of its last argument, if it was cancelled."""
import asyncio


async def shows(awaitable):
    try:
        await awaitable
    except asyncio.CancelledError as error:
        trace("cancelled:", str(error) or "no message")


async def slow(name, delay):
    try:
        await asyncio.sleep(9)
    except asyncio.CancelledError:
        await asyncio.sleep(delay)
        raise asyncio.CancelledError(name)


async def swallows():
    try:
        await asyncio.sleep(9)
    except asyncio.CancelledError:
        await asyncio.sleep(1)


async def main():
    loop = asyncio.get_running_loop()
    inner = loop.create_future()
    loop.call_later(1, inner.cancel, "inner")
    await shows(asyncio.shield(inner))
    await shows(asyncio.shield(inner))

    for second in (slow("second", 1), swallows()):
        first, second = asyncio.create_task(slow("first", 2)), asyncio.create_task(second)
        task = asyncio.create_task(shows(asyncio.gather(first, second, return_exceptions=True)))
        await asyncio.sleep(1)
        task.cancel("from outside")
        await task
    both = asyncio.create_task(shows(asyncio.gather(*[asyncio.create_task(slow(name, 1)) for name in "abc"])))
    await asyncio.sleep(1)
    both.cancel("from outside")
    await both

    # The child was cancelled before, so that the gather cannot be: what it raises is a cancellation already.
    child = loop.create_future()
    task = asyncio.create_task(shows(asyncio.gather(child)))
    await asyncio.sleep(1)
    child.cancel("inner")
    trace("cancel gives", task.cancel("from outside"))
    await task
