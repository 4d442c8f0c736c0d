"""Tasks that end in one tick wake their awaiters in the next, in the order in which they ended."""
import asyncio


async def count_ticks():
    while True:
        trace.ticks += 1
        await asyncio.sleep(0)


async def child(name, gate):
    await gate
    trace(name, "ends in tick", trace.ticks)
    return name


async def awaiter(task):
    name = await task
    trace(name, "was awaited, tick", trace.ticks)


async def main():
    gate = asyncio.get_running_loop().create_future()
    ticker = asyncio.create_task(count_ticks())
    children = [asyncio.create_task(child(name, gate)) for name in "abc"]
    awaiters = [asyncio.create_task(awaiter(task)) for task in reversed(children)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gate.set_result(None)
    trace("gate opened in tick", trace.ticks)
    for task in awaiters:
        await task
        trace("main resumes in tick", trace.ticks)
    ticker.cancel()
