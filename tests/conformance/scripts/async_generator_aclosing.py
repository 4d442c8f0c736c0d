"""contextlib.aclosing: closes after a break, a result, an exception, a cancel; an error of the closing replaces the block's."""
import asyncio
from contextlib import aclosing


async def resource(name):
    i = 0
    try:
        while True:
            await asyncio.sleep(0.25)
            yield i
            i += 1
    finally:
        trace(name, "closing")
        await asyncio.sleep(0.5)
        trace(name, "closed")


async def fails():
    try:
        yield 1
    finally:
        raise ValueError("of the closing")


async def cancelled():
    async with aclosing(resource("cancelled")) as gen:
        trace("cancelled got", await anext(gen))
        await asyncio.sleep(10)


async def main():
    async with aclosing(resource("broken off")) as gen:
        async for x in gen:
            trace("got", x)
            if x == 2:
                break
    try:
        async with aclosing(resource("thrown out of")) as gen:
            await anext(gen)
            raise LookupError("of the block")
    except LookupError as error:
        trace("raised", error)
    try:
        async with aclosing(fails()) as gen:
            await anext(gen)
            raise LookupError("of the block")
    except ValueError as error:
        trace("raised", error)
    async with aclosing(resource("never began")) as gen:
        trace("does not iterate")
    task = asyncio.create_task(cancelled())
    await asyncio.sleep(1)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        trace("task was cancelled")
