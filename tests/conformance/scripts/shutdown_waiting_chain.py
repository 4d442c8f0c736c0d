"""Cancelling everything at the end reaches a chain of tasks once per task."""
import asyncio


async def leaf():
    try:
        await asyncio.sleep(10)
    finally:
        trace("leaf ends")


async def holder(name, task):
    try:
        await task
    except asyncio.CancelledError:
        trace(name, "ends, its task is done:", task.done())
        raise


async def main():
    inner = asyncio.create_task(leaf())
    middle = asyncio.create_task(holder("middle", inner))
    asyncio.create_task(holder("outer", middle))
    await asyncio.sleep(1)
    trace("main ends")
