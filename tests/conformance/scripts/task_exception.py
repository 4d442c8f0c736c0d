"""A task's exception is kept; awaiting, result() and exception() give it, as often as asked."""
import asyncio


async def fails(delay):
    await asyncio.sleep(delay)
    raise ValueError("failed")


async def main():
    task = asyncio.create_task(fails(1))
    try:
        task.result()
    except asyncio.InvalidStateError:
        trace("InvalidStateError from result, too early")
    try:
        task.exception()
    except asyncio.InvalidStateError:
        trace("InvalidStateError from exception, too early")
    for attempt in range(2):
        try:
            await task
        except ValueError as error:
            trace("caught", error, "attempt", attempt)
    try:
        task.result()
    except ValueError as error:
        trace("caught", error, "from result")
    trace("exception is", type(task.exception()).__name__)
    trace("done:", task.done(), "cancelled:", task.cancelled())
    good = asyncio.create_task(asyncio.sleep(0, 3))
    await good
    trace("result", good.result(), "exception is none:", good.exception() is None)
