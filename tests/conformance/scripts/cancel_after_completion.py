"""Cancelling a task whose future is done, but which has not resumed, cancels the task and not the future."""
import asyncio


async def takes(future):
    try:
        trace("takes got", await future)
    except asyncio.CancelledError:
        trace("takes is cancelled, the future's result", future.result())
        raise


async def value():
    await asyncio.sleep(0)
    return "task's value"


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    task = asyncio.create_task(takes(future))
    other = asyncio.create_task(takes(future))
    await asyncio.sleep(0)
    future.set_result("value")
    trace("cancel gives", task.cancel(), "future cancelled:", future.cancelled())
    try:
        await task
    except asyncio.CancelledError:
        trace("CancelledError")
    await other

    inner = asyncio.create_task(value())
    task = asyncio.create_task(takes(inner))
    loop.call_soon(loop.call_soon, lambda: trace("inner done:", inner.done(), "cancel gives", task.cancel()))
    try:
        await task
    except asyncio.CancelledError:
        trace("CancelledError, inner cancelled:", inner.cancelled())
