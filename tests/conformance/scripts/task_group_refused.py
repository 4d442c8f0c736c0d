"""create_task after the end, while the group shuts down; the coroutine never runs."""
import asyncio


async def child(name):
    trace(name, "runs")


async def fails():
    raise ValueError("failed")


async def adds_when_cancelled(group):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        try:
            group.create_task(child("added too late"))
        except RuntimeError:
            trace("refused while it shuts down")
        raise


async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(child("in time"))
    try:
        group.create_task(child("after the end"))
    except RuntimeError:
        trace("refused after the end")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(adds_when_cancelled(group))
            group.create_task(fails())
    except ExceptionGroup as errors:
        trace(errors)
