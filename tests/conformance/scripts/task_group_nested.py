"""Groups in groups, and groups in timeouts: only the one that is meant absorbs a cancel."""
import asyncio


async def fails(delay, name):
    await asyncio.sleep(delay)
    raise ValueError(name)


async def forever(name):
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError:
        trace(name, "cancelled")
        raise


async def main():
    task = asyncio.current_task()
    try:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(fails(2, "outer"))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(forever("inner child"))
            trace("not reached")
    except ExceptionGroup as errors:
        trace(errors, errors.exceptions[0], task.cancelling())
    try:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(forever("outer child"))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(fails(1, "inner"))
    except ExceptionGroup as errors:
        trace(errors, errors.exceptions[0], "of", errors.exceptions[0].exceptions[0], task.cancelling())
    try:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(fails(1, "outer"))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(fails(1, "inner"))
                await asyncio.sleep(5)
    except ExceptionGroup as errors:
        trace(errors, [str(error) for error in errors.exceptions], task.cancelling())
    try:
        async with asyncio.timeout(1):
            async with asyncio.TaskGroup() as group:
                group.create_task(forever("timed"))
    except TimeoutError:
        trace("timed out", task.cancelling())
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(forever("sibling"))
            async with asyncio.timeout(1):
                await asyncio.sleep(5)
    except ExceptionGroup as errors:
        trace([type(error).__name__ for error in errors.exceptions], task.cancelling())
    await asyncio.sleep(0)
    trace("no cancel is left")
