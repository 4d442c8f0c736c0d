"""A request that has cancelled what the task waits for keeps its message, and is not taken back by uncancel()."""
import asyncio


async def sleeps():
    asyncio.current_task().cancel("first")
    try:
        await asyncio.sleep(1)
        trace("never")
    except asyncio.CancelledError as error:
        trace("cancelled:", error)


async def takes_a_step():
    task = asyncio.current_task()
    task.cancel("first")
    completed = asyncio.as_completed([asyncio.get_running_loop().create_future()])
    try:
        await next(completed)
        trace("never")
    except asyncio.CancelledError as error:
        trace("cancelled:", error)


async def yields():
    asyncio.current_task().cancel("first")
    try:
        await asyncio.sleep(0)
        trace("nothing was cancelled")
    except asyncio.CancelledError as error:
        trace("cancelled:", error)


async def main():
    for function in (sleeps, takes_a_step, yields):
        again = asyncio.create_task(function())
        back = asyncio.create_task(function())
        await asyncio.sleep(0)
        again.cancel("second")
        trace("uncancel gives", back.uncancel())
        await again
        await back
