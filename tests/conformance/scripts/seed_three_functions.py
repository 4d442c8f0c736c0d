"""The second document's gather of three functions."""
import asyncio


async def func1():
    trace("Function 1 started..")
    await asyncio.sleep(2)
    trace("Function 1 Ended")


async def func2():
    trace("Function 2 started..")
    await asyncio.sleep(3)
    trace("Function 2 Ended")


async def func3():
    trace("Function 3 started..")
    await asyncio.sleep(1)
    trace("Function 3 Ended")


async def main():
    L = await asyncio.gather(
        func1(),
        func2(),
        func3(),
    )
    trace("Main Ended..")
