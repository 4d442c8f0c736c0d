"""wait_for: a result and the deadline in one turn; a cancel from outside before, with and after them."""
import asyncio


async def guarded(name, aw, timeout):
    try:
        trace(name, "gave", await asyncio.wait_for(aw, timeout))
    except TimeoutError:
        trace(name, "timed out")
    except asyncio.CancelledError as error:
        trace(name, "cancelled", *error.args)
        raise


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(1, future.set_result, "result first")
    await guarded("a", future, 1)
    future = loop.create_future()
    task = asyncio.create_task(guarded("b", future, 1))
    await asyncio.sleep(0)
    loop.call_later(1, lambda: future.done() or future.set_result("deadline first"))
    await asyncio.wait([task])
    future = loop.create_future()
    task = asyncio.create_task(guarded("c", future, 2))
    await asyncio.sleep(1)
    future.set_result("and a cancel in one turn")
    task.cancel("outside")
    await asyncio.wait([task])
    trace("c is cancelled", task.cancelled())
    inner = asyncio.create_task(asyncio.sleep(10))
    task = asyncio.create_task(guarded("d", inner, 2))
    await asyncio.sleep(1)
    task.cancel("outside")
    await asyncio.wait([task])
    trace("d is cancelled", task.cancelled(), "its inner", inner.cancelled())
    task = asyncio.create_task(guarded("e", asyncio.sleep(10), 1))
    loop.call_later(1, task.cancel, "before the deadline")
    await asyncio.wait([task])
    trace("e is cancelled", task.cancelled())
