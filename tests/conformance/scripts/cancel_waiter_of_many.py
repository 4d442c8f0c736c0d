"""Cancelling one waiter of a future cancels the future, and with it every waiter."""
import asyncio


async def waiter(name, future):
    try:
        trace(name, "got", await future)
    except asyncio.CancelledError:
        trace(name, "CancelledError, requests", asyncio.current_task().cancelling())


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    tasks = [asyncio.create_task(waiter(name, future)) for name in "abc"]
    await asyncio.sleep(0)
    tasks[1].cancel()
    trace("future cancelled:", future.cancelled())
    for task in tasks:
        await task
    try:
        future.set_result("too late")
    except asyncio.InvalidStateError:
        trace("InvalidStateError")
