"""A task that never had a step is cancelled without running its body."""
import asyncio


async def spin():
    try:
        while True:
            await asyncio.sleep(0)
    finally:
        trace("spin ends; last words")


async def body():
    trace("body has started")
    try:
        await asyncio.sleep(5)
    finally:
        trace("body ends")


def at_the_end():
    trace("last callback of the run")
    trace("tasks:", len(asyncio.all_tasks()))
    asyncio.get_running_loop().create_task(body())
    trace("tasks:", len(asyncio.all_tasks()))


async def main():
    asyncio.create_task(spin())
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(at_the_end)
