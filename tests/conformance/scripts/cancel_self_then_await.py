"""After cancelling itself a task that blocks on a future or task cancels that one at once."""
import asyncio


async def child():
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError:
        trace("child is cancelled")
        raise


async def blocks(on):
    asyncio.current_task().cancel()
    try:
        await on
    except asyncio.CancelledError:
        trace("blocks is cancelled")
        raise


async def main():
    loop = asyncio.get_running_loop()
    pending = loop.create_future()
    done = loop.create_future()
    done.set_result(1)
    running = asyncio.create_task(child())
    await asyncio.sleep(1)
    for name, on in (("future", pending), ("done future", done), ("task", running)):
        task = asyncio.create_task(blocks(on))
        try:
            await task
            trace("no error")
        except asyncio.CancelledError:
            trace("CancelledError")
        trace(name, "cancelled:", on.cancelled(), "task cancelled:", task.cancelled())
