"""An awaiter resumes one tick after the step that ended the task, and one tick after set_result."""
import asyncio


async def count_ticks():
    while True:
        trace.ticks += 1
        await asyncio.sleep(0)


async def yields(times):
    for _ in range(times):
        await asyncio.sleep(0)
    trace("yields", times, "ends in tick", trace.ticks)
    return times


async def main():
    loop = asyncio.get_running_loop()
    ticker = asyncio.create_task(count_ticks())
    await asyncio.sleep(0)
    for times in (0, 1, 3):
        trace("start in tick", trace.ticks)
        result = await asyncio.create_task(yields(times))
        trace("value", result, "in tick", trace.ticks)
    future = loop.create_future()
    loop.call_soon(future.set_result, "set")
    trace("start in tick", trace.ticks)
    trace("future", await future, "in tick", trace.ticks)
    ticker.cancel()
