"""A group waits for its tasks; tasks may be added while it ends; a cancelled child is no failure; how many turns an end takes."""
import asyncio


async def ticker():
    while True:
        trace.ticks += 1
        await asyncio.sleep(0)


async def child(name, delay):
    await asyncio.sleep(delay)
    trace(name, "ends")
    return name


async def spawner(group):
    await asyncio.sleep(1)
    group.create_task(child("late", 1))
    trace("spawned")


async def nothing():
    pass


async def main():
    async with asyncio.TaskGroup() as group:
        first = group.create_task(child("first", 2))
        group.create_task(child("second", 1), name="named")
        trace("body ends")
    trace("results", first.result())
    async with asyncio.TaskGroup() as group:
        group.create_task(spawner(group))
    trace("after the late one")
    async with asyncio.TaskGroup() as group:
        victim = group.create_task(child("victim", 5))
        group.create_task(child("other", 1))
        await asyncio.sleep(0.5)
        victim.cancel()
    trace("victim", victim.cancelled(), "cancelling", asyncio.current_task().cancelling())
    ticks = asyncio.create_task(ticker())
    await asyncio.sleep(0)
    start = trace.ticks
    async with asyncio.TaskGroup() as group:
        pass
    trace("ticks of an empty group:", trace.ticks - start)
    start = trace.ticks
    async with asyncio.TaskGroup() as group:
        group.create_task(nothing())
    trace("ticks of one task:", trace.ticks - start)
    start = trace.ticks
    async with asyncio.TaskGroup() as group:
        group.create_task(nothing())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    trace("ticks of one that ended before:", trace.ticks - start)
    ticks.cancel()
