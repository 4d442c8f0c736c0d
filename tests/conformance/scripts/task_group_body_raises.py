"""An error in the body cancels the tasks and is one of the group's errors."""
import asyncio


async def child(name, fails=False):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        if fails:
            trace(name, "cancelled")
            raise ValueError(name)
        raise


async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(child("a"))
            group.create_task(child("b", True))
            await asyncio.sleep(1)
            raise RuntimeError("body")
    except ExceptionGroup as errors:
        trace(errors, [f"{type(error).__name__}: {error}" for error in errors.exceptions])
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(child("never starts"))
            raise RuntimeError("at once")
    except ExceptionGroup as errors:
        trace(errors, [f"{type(error).__name__}: {error}" for error in errors.exceptions])
    try:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(child("c"))
            await asyncio.sleep(1)
            raise asyncio.CancelledError("by hand")
    except asyncio.CancelledError as error:
        trace("cancelled", error, "child", task.cancelled())
