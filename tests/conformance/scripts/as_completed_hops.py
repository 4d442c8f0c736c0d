"""How many ticks a step takes: what ends while somebody waits, what has ended before, and nothing at all."""
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


def several(*times):
    return [asyncio.create_task(yields(each)) for each in times]


async def main():
    ticker = asyncio.create_task(count_ticks())
    await asyncio.sleep(0)
    trace("start in tick", trace.ticks)
    async for task in asyncio.as_completed([]):
        trace("never")
    trace("of nothing, tick", trace.ticks)
    async for task in asyncio.as_completed([yields(0)]):
        trace("one coroutine, tick", trace.ticks)
    trace("its end, tick", trace.ticks)
    async for task in asyncio.as_completed(several(1, 3, 6)):
        trace("gave", task.result(), "in tick", trace.ticks)
    for step in asyncio.as_completed(several(1, 3, 6)):
        trace("result", await step, "in tick", trace.ticks)
    completed = asyncio.as_completed(several(1, 3))
    for _ in range(9):
        await asyncio.sleep(0)
    trace("all have ended, tick", trace.ticks)
    async for task in completed:
        trace("gave", task.result(), "in tick", trace.ticks)
    done = asyncio.create_task(yields(0))
    await done
    trace("a task is done, tick", trace.ticks)
    async for task in asyncio.as_completed([done]):
        trace("a done task, tick", trace.ticks)
    future = asyncio.get_running_loop().create_future()
    future.set_result(1)
    for step in asyncio.as_completed([future]):
        trace("a done future gives", await step, "in tick", trace.ticks)
    for step in asyncio.as_completed([future, yields(0)]):
        trace("of both", await step, "in tick", trace.ticks)
    ticker.cancel()
