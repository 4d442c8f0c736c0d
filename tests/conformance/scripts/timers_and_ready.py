"""In a tick what was ready runs before the timers that are due, and both before what they schedule."""
import asyncio


async def spin(name, steps):
    for step in range(steps):
        trace(name, "step", step)
        await asyncio.sleep(0)


def fire(name):
    trace("timer", name)
    asyncio.get_running_loop().call_soon(trace, "soon from timer", name)


async def main():
    loop = asyncio.get_running_loop()
    await asyncio.sleep(0.5)
    tasks = [asyncio.create_task(spin(name, 3)) for name in "ab"]
    loop.call_later(0, fire, "due now")
    loop.call_later(0.5, fire, "due later")
    loop.call_later(0.5, fire, "due later as well")
    for task in tasks:
        await task
    trace("both spun")
    await asyncio.sleep(0.5)
    trace("main's own timer was the last of three")
    await asyncio.sleep(0)
