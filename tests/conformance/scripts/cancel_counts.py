"""cancelling() counts requests, uncancel() takes one back and never goes below zero."""
import asyncio


async def counted():
    task = asyncio.current_task()
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError:
        trace("requests", task.cancelling())
        trace("uncancel gives", task.uncancel())
        trace("uncancel gives", task.uncancel())
        trace("uncancel gives", task.uncancel())
    await asyncio.sleep(1)
    trace("requests", task.cancelling())
    return "done"


async def main():
    task = asyncio.create_task(counted())
    trace("requests", task.cancelling())
    await asyncio.sleep(0)
    trace("cancel gives", task.cancel(), "requests", task.cancelling())
    trace("cancel gives", task.cancel(), "requests", task.cancelling())
    trace(await task, "requests", task.cancelling())
    trace("cancel gives", task.cancel(), "requests", task.cancelling())
