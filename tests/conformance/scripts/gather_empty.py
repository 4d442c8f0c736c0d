"""gather of nothing is done at once and takes no tick."""
import asyncio


async def count_ticks():
    while True:
        trace.ticks += 1
        await asyncio.sleep(0)


async def main():
    ticker = asyncio.create_task(count_ticks())
    await asyncio.sleep(0)
    trace("ticks", trace.ticks)
    results = await asyncio.gather()
    trace("results", len(results), "ticks", trace.ticks)
    results = await asyncio.gather(return_exceptions=True)
    trace("results", len(results), "ticks", trace.ticks)
    ticker.cancel()
