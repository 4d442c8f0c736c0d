"""Awaiting a task or future that is done goes on at once."""
import asyncio


async def count_ticks():
    while True:
        trace.ticks += 1
        await asyncio.sleep(0)


async def value(number):
    return number


async def fails():
    raise ValueError("failed")


async def main():
    ticker = asyncio.create_task(count_ticks())
    good = asyncio.create_task(value(5))
    bad = asyncio.create_task(fails())
    future = asyncio.get_running_loop().create_future()
    future.set_result(6)
    await asyncio.sleep(0)
    trace("ticks", trace.ticks, "done:", good.done(), bad.done(), future.done())
    trace("task", await good, "future", await future, "ticks", trace.ticks)
    trace("task again", await good, "ticks", trace.ticks)
    try:
        await bad
    except ValueError as error:
        trace(error, "ticks", trace.ticks)
    ticker.cancel()
