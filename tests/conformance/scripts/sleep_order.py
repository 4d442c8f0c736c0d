"""Sleepers wake by deadline; equal deadlines in the order in which they went to sleep."""
import asyncio


async def sleeper(name, delay):
    await asyncio.sleep(delay)
    trace(name, "woke")


async def main():
    tasks = [
        asyncio.create_task(sleeper("A 3", 3)),
        asyncio.create_task(sleeper("B 1", 1)),
        asyncio.create_task(sleeper("C 2", 2)),
        asyncio.create_task(sleeper("D 1", 1)),
    ]
    await asyncio.sleep(1)
    trace("main went to sleep before they did")
    tasks.append(asyncio.create_task(sleeper("E 1 from now", 1)))
    await asyncio.sleep(1)
    trace("main again")
    for task in tasks:
        await task
    trace("all awake")
