"""A timeout cancels its block; TimeoutError comes out, and the task's count of cancels is as before."""
import asyncio


async def sleeper():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        trace("sleeper cancelled")
        raise


async def main():
    task = asyncio.current_task()
    try:
        async with asyncio.timeout(1) as timeout:
            trace("when", timeout.when() - asyncio.get_running_loop().time(), "expired", timeout.expired())
            await sleeper()
            trace("not reached")
    except TimeoutError:
        trace("timed out, expired", timeout.expired(), "cancelling", task.cancelling())
    async with asyncio.timeout(1) as timeout:
        await asyncio.sleep(0.5)
    trace("in time, expired", timeout.expired())
    await asyncio.sleep(2)
    trace("no cancel comes later, cancelling", task.cancelling())
    async with asyncio.timeout(None) as timeout:
        await asyncio.sleep(5)
    trace("without an end, when is None:", timeout.when() is None)
