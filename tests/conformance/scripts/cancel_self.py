"""A task that cancels itself is cancelled at its next await; one that awaits no more ends cancelled."""
import asyncio


async def awaits_again():
    trace("cancel gives", asyncio.current_task().cancel())
    trace("goes on to the next await")
    try:
        await asyncio.sleep(0)
        trace("never")
    except asyncio.CancelledError:
        trace("cancelled at the await")
    await asyncio.sleep(0.5)
    return "goes on"


async def sleeps_long():
    asyncio.current_task().cancel()
    try:
        await asyncio.sleep(5)
    finally:
        trace("the sleep was cut short")


async def ends_at_once():
    asyncio.current_task().cancel()
    trace("no further await")
    return "lost"


async def fails_at_once():
    asyncio.current_task().cancel()
    raise ValueError("an error wins over the request")


async def main():
    for body in (awaits_again, sleeps_long, ends_at_once, fails_at_once):
        task = asyncio.create_task(body())
        try:
            trace("value", await task)
        except asyncio.CancelledError:
            trace("CancelledError")
        except ValueError as error:
            trace("ValueError", error)
        trace("cancelled:", task.cancelled())
