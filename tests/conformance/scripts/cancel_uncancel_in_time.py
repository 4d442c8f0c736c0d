"""uncancel() down to zero before the task's next step takes the request back, if it was not delivered yet."""
import asyncio


async def own():
    task = asyncio.current_task()
    task.cancel()
    task.cancel()
    trace("uncancel gives", task.uncancel())
    trace("uncancel gives", task.uncancel())
    await asyncio.sleep(1)
    trace("own was not cancelled")


async def not_enough():
    task = asyncio.current_task()
    task.cancel()
    task.cancel()
    trace("uncancel gives", task.uncancel())
    try:
        await asyncio.sleep(1)
        trace("never")
    except asyncio.CancelledError:
        trace("one request is left")


async def fresh():
    trace("fresh runs")


async def sleeping():
    try:
        await asyncio.sleep(1)
        trace("never")
    except asyncio.CancelledError:
        trace("its future was cancelled already, requests", asyncio.current_task().cancelling())


async def main():
    await asyncio.create_task(own())
    await asyncio.create_task(not_enough())
    task = asyncio.create_task(fresh())
    task.cancel()
    trace("uncancel gives", task.uncancel())
    await task
    task = asyncio.create_task(sleeping())
    await asyncio.sleep(0)
    task.cancel()
    trace("uncancel gives", task.uncancel())
    await task
