"""On the loop's own thread call_soon_threadsafe takes its place in the same queue as call_soon."""
import asyncio


async def main():
    loop = asyncio.get_running_loop()
    loop.call_soon(trace, "soon 1")
    loop.call_soon_threadsafe(trace, "threadsafe 2")
    loop.call_soon(trace, "soon 3")
    cancelled = loop.call_soon_threadsafe(trace, "never")
    cancelled.cancel()
    loop.call_soon_threadsafe(trace, "threadsafe", 4)
    await asyncio.sleep(0)
    trace("main after one tick")
    await asyncio.sleep(0.25)
    trace("main after the sleep")
