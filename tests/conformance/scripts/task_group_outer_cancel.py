"""A cancel from outside: in the body, while it ends, twice; and together with a failure."""
import asyncio


async def child(name, clean_up, fails=False):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        trace(name, "cancelled")
        await asyncio.sleep(clean_up)
        trace(name, "cleaned up")
        if fails:
            raise ValueError(name)
        raise


async def grouped(name, body, clean_up, fails=False):
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(child(name, clean_up, fails))
            await asyncio.sleep(body)
    except asyncio.CancelledError as error:
        trace(name, "CancelledError", *error.args, asyncio.current_task().cancelling())
        raise
    except ExceptionGroup as errors:
        trace(name, errors, "cancelling", asyncio.current_task().cancelling())
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            trace(name, "the next await is cancelled")
            raise


async def attempt(name, body, clean_up, fails=False, again=None):
    task = asyncio.create_task(grouped(name, body, clean_up, fails))
    await asyncio.sleep(1)
    task.cancel("outside")
    if again is not None:
        await asyncio.sleep(again)
        task.cancel("once more")
    await asyncio.wait([task])
    trace(name, "is cancelled", task.cancelled())


async def main():
    await attempt("body", 5, 1)
    await attempt("ending", 0, 1)
    await attempt("twice", 0, 2, again=1)
    await attempt("fails", 5, 1, True)
    await attempt("fails ending", 0, 1, True)
