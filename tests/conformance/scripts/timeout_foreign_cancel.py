"""A cancel by somebody else is no timeout, not even when the deadline passes in the same turn."""
import asyncio


async def waits(name, delay):
    try:
        async with asyncio.timeout(delay) as timeout:
            await asyncio.sleep(10)
    except TimeoutError:
        trace(name, "timed out")
    except asyncio.CancelledError as error:
        trace(name, "cancelled", *error.args, "expired", timeout.expired(), asyncio.current_task().cancelling())
        raise


async def main():
    loop = asyncio.get_running_loop()
    early = asyncio.create_task(waits("early", 2))
    await asyncio.sleep(1)
    early.cancel("by hand")
    await asyncio.wait([early])
    trace("early is cancelled", early.cancelled())
    together = asyncio.create_task(waits("together", 1))
    loop.call_later(1, together.cancel, "in the same turn")
    await asyncio.wait([together])
    trace("together is cancelled", together.cancelled())
    later = asyncio.create_task(waits("later", 1))
    await asyncio.sleep(0)
    loop.call_later(1, later.cancel, "in the same turn")
    await asyncio.wait([later])
    trace("later is cancelled", later.cancelled())
