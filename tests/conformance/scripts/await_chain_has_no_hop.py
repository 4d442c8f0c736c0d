"""Awaiting a coroutine runs it inline: a chain of any depth takes no tick."""
import asyncio


async def count_ticks():
    while True:
        trace.ticks += 1
        await asyncio.sleep(0)


async def down(depth):
    if depth == 0:
        return 1
    return 1 + await down(depth - 1)


async def down_and_yield(depth):
    if depth == 0:
        await asyncio.sleep(0)
        return 0
    return 1 + await down_and_yield(depth - 1)


async def fails(depth):
    if depth == 0:
        raise ValueError("at the bottom")
    await fails(depth - 1)


async def main():
    ticker = asyncio.create_task(count_ticks())
    await asyncio.sleep(0)
    trace("ticks", trace.ticks)
    trace("depth", await down(50), "ticks", trace.ticks)
    trace("depth", await down_and_yield(50), "ticks", trace.ticks)
    try:
        await fails(50)
    except ValueError as error:
        trace(error, "ticks", trace.ticks)
    ticker.cancel()
