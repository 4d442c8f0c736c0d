"""Cancelling the task that awaits a gather cancels every unfinished child."""
import asyncio


async def child(name, delay):
    try:
        await asyncio.sleep(delay)
        trace(name, "ends")
    except asyncio.CancelledError:
        trace(name, "is cancelled")
        raise
    return name


async def parent():
    try:
        await asyncio.gather(child("a", 5), child("b", 1), child("c", 7))
    except asyncio.CancelledError as error:
        trace("parent sees CancelledError", error)
        raise


async def main():
    task = asyncio.create_task(parent())
    await asyncio.sleep(2)
    trace("cancel gives", task.cancel("stop it"))
    try:
        await task
    except asyncio.CancelledError:
        trace("CancelledError, cancelled:", task.cancelled())
    trace("tasks:", len(asyncio.all_tasks()))
