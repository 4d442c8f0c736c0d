"""gathers in gathers: order of starts, ends and results, and a cancel from outside through both."""
import asyncio


async def leaf(name, delay):
    trace(name, "starts")
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError:
        trace(name, "is cancelled")
        raise
    trace(name, "ends")
    return name


async def pair(name, delay):
    trace(name, "gathers")
    left, right = await asyncio.gather(leaf(name + "1", delay), leaf(name + "2", 1))
    trace(name, "has gathered")
    return left + right


async def main():
    x, y = await asyncio.gather(pair("x", 2), pair("y", 1))
    trace("results", x, y)
    task = asyncio.create_task(pair("z", 5))
    await asyncio.sleep(2)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        trace("CancelledError")
