"""sleep gives its result; zero and negative take exactly one tick; NaN is refused."""
import asyncio


async def count_ticks():
    while True:
        trace.ticks += 1
        await asyncio.sleep(0)


async def main():
    ticker = asyncio.create_task(count_ticks())
    trace("ticks", trace.ticks)
    trace("result", await asyncio.sleep(0, "zero"), "ticks", trace.ticks)
    trace("result", await asyncio.sleep(-1, "negative"), "ticks", trace.ticks)
    await asyncio.sleep(0)
    trace("ticks", trace.ticks)
    await asyncio.sleep(-5)
    trace("ticks", trace.ticks)
    try:
        await asyncio.sleep(float("nan"))
    except ValueError:
        trace("ValueError, ticks", trace.ticks)
    ticker.cancel()
    trace("result", await asyncio.sleep(1, 7))
    trace("result", await asyncio.sleep(0.125, "an eighth"))
