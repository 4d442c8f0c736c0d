"""A failing child cancels its siblings (in no certain order) and the body; all failures come out together, in the order in which they
happened."""
import asyncio


async def fails(name, delay):
    await asyncio.sleep(delay)
    trace(name, "fails")
    raise ValueError(name)


async def resists(name, clean_up, raises=None):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        await asyncio.sleep(clean_up)
        trace(name, "cleaned up")
        if raises:
            raise RuntimeError(raises)
        raise


def show(group):
    for error in group.exceptions:
        trace("  ", type(error).__name__, error)


async def main():
    task = asyncio.current_task()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails("a", 1))
            group.create_task(resists("b", 1))
            group.create_task(resists("c", 2, "c in its cleanup"))
            try:
                await asyncio.sleep(5)
            except asyncio.CancelledError:
                trace("body cancelled, cancelling", task.cancelling())
                raise
    except ExceptionGroup as errors:
        trace(errors)
        show(errors)
    trace("cancelling", task.cancelling())
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails("d", 1))
            group.create_task(fails("e", 1))
    except ExceptionGroup as errors:
        trace(errors)
        show(errors)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails("f", 1))
            try:
                await asyncio.sleep(5)
            except asyncio.CancelledError:
                trace("body swallows")
            await asyncio.sleep(1)
            trace("body goes on")
    except ExceptionGroup as errors:
        trace(errors)
    trace("cancelling", task.cancelling())
    await asyncio.sleep(0)
    trace("no cancel is left")
