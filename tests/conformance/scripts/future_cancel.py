"""Cancelling a future ends it now; waiters and callbacks hear of it in the next tick."""
import asyncio


async def waiter(name, future):
    try:
        await future
    except asyncio.CancelledError as error:
        trace(name, "CancelledError", error)
        return name + " recovered"


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    future.add_done_callback(lambda done: trace("callback, cancelled:", done.cancelled()))
    a = asyncio.create_task(waiter("a", future))
    b = asyncio.create_task(waiter("b", future))
    await asyncio.sleep(0)
    trace("cancel gives", future.cancel("the reason"))
    trace("cancel gives", future.cancel("another reason"))
    trace("done:", future.done(), "cancelled:", future.cancelled())
    trace(await a)
    trace(await b)
    trace("a was cancelled:", a.cancelled())
