"""asyncio.gather of the first document."""
import asyncio


async def task1():
    trace("task1 starts")
    await asyncio.sleep(1)
    trace("task1 ends")


async def task2():
    trace("task2 starts")
    await asyncio.sleep(1)
    trace("task2 ends")


async def main():
    await asyncio.gather(task1(), task2())
