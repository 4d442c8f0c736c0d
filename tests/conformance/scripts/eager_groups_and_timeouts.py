"""Eager tasks in a task group, under wait_for, wait, shield and timeout."""
import asyncio


async def child(name, delay, fails=False):
    trace(name, "begins")
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError:
        trace(name, "cancelled")
        raise
    trace(name, "ends")
    if fails:
        raise ValueError(name)
    return name


async def nested(name):
    async with asyncio.TaskGroup() as group:
        trace(name, "in its group")
        group.create_task(child(name + ".a", 1))
        group.create_task(child(name + ".b", 2))
        trace(name, "has created")
    trace(name, "ends")


async def times_out():
    async with asyncio.timeout(1):
        await child("late", 5)


async def main():
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    async with asyncio.TaskGroup() as group:
        group.create_task(nested("x"))
        group.create_task(nested("y"))
        trace("main has created")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(child("fails", 1, True))
            group.create_task(child("victim", 3))
            trace("block waits")
            await asyncio.sleep(10)
    except* ValueError as errors:
        trace(errors.exceptions)
    task = asyncio.create_task(times_out())
    trace("created")
    try:
        await task
    except TimeoutError:
        trace("timed out")
    trace(await asyncio.wait_for(child("in time", 1), 2))
    try:
        await asyncio.wait_for(child("no time", 1), 0)
    except TimeoutError:
        trace("no time")
    shielded = asyncio.shield(child("shielded", 1))
    trace("shield")
    trace(await shielded)
    tasks = [asyncio.create_task(child(name, delay)) for name, delay in (("slow", 2), ("fast", 1))]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    trace([task.result() for task in done], len(pending))
    for task in pending:
        task.cancel()
    for future in asyncio.as_completed([asyncio.create_task(child(name, delay)) for name, delay in (("p", 2), ("q", 1))]):
        trace(await future)
