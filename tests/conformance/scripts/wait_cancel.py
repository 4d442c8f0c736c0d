"""wait is cancelled: what it waits for is not. Handles that are done already; how many turns that takes; an empty set."""
import asyncio


async def ticker():
    while True:
        trace.ticks += 1
        await asyncio.sleep(0)


async def main():
    inner = asyncio.create_task(asyncio.sleep(3, "slept"))
    outer = asyncio.create_task(asyncio.wait([inner]))
    await asyncio.sleep(1)
    outer.cancel()
    await asyncio.sleep(0)
    trace("outer", outer.cancelled(), "inner", inner.done())
    trace("inner gave", await inner)
    ticks = asyncio.create_task(ticker())
    await asyncio.sleep(0)
    start = trace.ticks
    done, pending = await asyncio.wait([inner, inner])
    trace("done", len(done), "pending", len(pending), "ticks:", trace.ticks - start)
    start = trace.ticks
    done, pending = await asyncio.wait([asyncio.create_task(asyncio.sleep(0))], return_when=asyncio.FIRST_COMPLETED)
    trace("done", len(done), "pending", len(pending), "ticks:", trace.ticks - start)
    ticks.cancel()
    try:
        await asyncio.wait([])
    except ValueError:
        trace("empty is refused")
