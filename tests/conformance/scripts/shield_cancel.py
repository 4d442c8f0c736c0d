"""shield: the outer is cancelled and the inner goes on; the inner is cancelled or fails and the outer learns of it."""
import asyncio


async def inner(name, delay, fails=False):
    await asyncio.sleep(delay)
    trace(name, "ends")
    if fails:
        raise ValueError(name)
    return name


async def guarded(task):
    try:
        trace("gave", await asyncio.shield(task))
    except asyncio.CancelledError:
        trace("outer cancelled, inner done:", task.done())
        raise
    except ValueError as error:
        trace("raised", error)


async def main():
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: trace("handler:", context["message"]))
    task = asyncio.create_task(inner("goes on", 2))
    outer = asyncio.create_task(guarded(task))
    await asyncio.sleep(1)
    outer.cancel()
    await asyncio.wait([outer])
    trace("outer", outer.cancelled(), "inner gave", await task)
    await guarded(asyncio.create_task(inner("in time", 1)))
    await guarded(asyncio.create_task(inner("fails", 1, True)))
    task = asyncio.create_task(inner("cancelled", 2))
    outer = asyncio.create_task(guarded(task))
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([outer])
    trace("outer", outer.cancelled())
    task = asyncio.create_task(inner("fails unheard", 2, True))
    outer = asyncio.create_task(guarded(task))
    await asyncio.sleep(1)
    outer.cancel()
    await asyncio.sleep(2)
    trace("task failed:", type(task.exception()).__name__)
