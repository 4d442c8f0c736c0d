"""A cancelled child is a failure like any other: CancelledError is raised, the others run on."""
import asyncio


async def child(name, delay):
    try:
        await asyncio.sleep(delay)
        trace(name, "ends")
    except asyncio.CancelledError:
        trace(name, "is cancelled")
        raise


async def canceller(task):
    await asyncio.sleep(1)
    trace("cancel gives", task.cancel("only you"))


async def main():
    victim = asyncio.create_task(child("victim", 5))
    asyncio.create_task(canceller(victim))
    try:
        await asyncio.gather(child("a", 2), victim, child("b", 3))
    except asyncio.CancelledError:
        trace("CancelledError, main's requests", asyncio.current_task().cancelling())
    trace("victim cancelled:", victim.cancelled())
    await asyncio.sleep(2.5)
    trace("tasks:", len(asyncio.all_tasks()))
