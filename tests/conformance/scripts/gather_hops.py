"""How many ticks a gather takes: children that end at once, that yield, tasks and futures that are done."""
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


async def nested():
    await asyncio.gather(yields(0), yields(0))
    trace("nested ends in tick", trace.ticks)


async def fails():
    raise ValueError("at once")


async def main():
    ticker = asyncio.create_task(count_ticks())
    await asyncio.sleep(0)
    trace("start in tick", trace.ticks)
    await asyncio.gather(yields(0))
    trace("one child, tick", trace.ticks)
    await asyncio.gather(yields(0), yields(0), yields(0))
    trace("three children, tick", trace.ticks)
    await asyncio.gather(yields(1), yields(4), yields(2))
    trace("yielding children, tick", trace.ticks)
    await asyncio.gather(nested(), nested())
    trace("nested gathers, tick", trace.ticks)
    try:
        await asyncio.gather(yields(3), fails())
    except ValueError:
        trace("failed gather, tick", trace.ticks)
    await asyncio.gather(fails(), yields(0), return_exceptions=True)
    trace("returned exceptions, tick", trace.ticks)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    done = asyncio.create_task(yields(0))
    await done
    trace("a task is done, tick", trace.ticks)
    await asyncio.gather(done)
    trace("gather of a done task, tick", trace.ticks)
    future = asyncio.get_running_loop().create_future()
    future.set_result(1)
    await asyncio.gather(future, done)
    trace("gather of a done future, tick", trace.ticks)
    ticker.cancel()
