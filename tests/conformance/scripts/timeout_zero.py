"""A deadline of now or before: the next turn cancels; a block that never suspends completes."""
import asyncio


async def ticker():
    while True:
        trace.ticks += 1
        await asyncio.sleep(0)


async def main():
    ticks = asyncio.create_task(ticker())
    await asyncio.sleep(0)
    for delay in (0, -1):
        async with asyncio.timeout(delay) as timeout:
            trace("never suspends")
        trace("expired", timeout.expired())
        start = trace.ticks
        try:
            async with asyncio.timeout(delay) as timeout:
                await asyncio.sleep(10)
        except TimeoutError:
            trace("timed out after ticks:", trace.ticks - start)
        start = trace.ticks
        try:
            async with asyncio.timeout(delay) as timeout:
                await asyncio.sleep(0)
                trace("one turn")
                await asyncio.sleep(0)
                trace("two turns")
        except TimeoutError:
            trace("timed out after ticks:", trace.ticks - start)
    ticks.cancel()
