"""gather of eager tasks: those that never suspend are done before it waits; recursion inside first steps."""
import asyncio


async def fib(n, suspends):
    if n < 2:
        if suspends:
            await asyncio.sleep(0)
        return n
    trace("fib", n)
    return sum(await asyncio.gather(fib(n - 1, suspends), fib(n - 2, suspends)))


async def fails(delay):
    if delay:
        await asyncio.sleep(delay)
    raise ValueError(delay)


async def main():
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    ticks = asyncio.create_task(count_ticks())
    trace("at once", await asyncio.gather(fib(1, False), fib(0, False)), "ticks", trace.ticks)
    trace("fib", await fib(4, False), "ticks", trace.ticks)
    trace("fib", await fib(3, True), "ticks", trace.ticks)
    try:
        await asyncio.gather(fails(0), fib(2, True), fails(1))
    except ValueError as error:
        trace("failed", error, "ticks", trace.ticks)
    trace(await asyncio.gather(fails(0), fib(2, False), return_exceptions=True), "ticks", trace.ticks)
    ticks.cancel()
    await asyncio.sleep(2)


async def count_ticks():
    while True:
        trace.ticks += 1
        await asyncio.sleep(0)
