"""shield: how many turns it takes, and what is done already."""
import asyncio


async def ticker():
    while True:
        trace.ticks += 1
        await asyncio.sleep(0)


async def value(number):
    return number


async def main():
    ticks = asyncio.create_task(ticker())
    await asyncio.sleep(0)
    start = trace.ticks
    trace(await asyncio.shield(value(1)))
    trace("ticks of a coroutine:", trace.ticks - start)
    done = asyncio.create_task(value(2))
    await done
    start = trace.ticks
    trace(await asyncio.shield(done))
    trace("ticks of what is done:", trace.ticks - start)
    start = trace.ticks
    trace(await asyncio.wait_for(asyncio.shield(value(3)), 1))
    trace("ticks with a timeout:", trace.ticks - start)
    ticks.cancel()
    slow = asyncio.create_task(asyncio.sleep(2, "slept"))
    try:
        await asyncio.wait_for(asyncio.shield(slow), 1)
    except TimeoutError:
        trace("timed out, inner done:", slow.done())
    trace(await slow)
