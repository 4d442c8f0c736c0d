"""With return_exceptions a cancelled gather raises only after all its children have ended."""
import asyncio


async def child(name, clean_up):
    try:
        await asyncio.sleep(10)
    finally:
        trace(name, "cleans up")
        await asyncio.sleep(clean_up)
        trace(name, "has cleaned up")


async def parent(return_exceptions):
    try:
        await asyncio.gather(child("a", 1), child("b", 2), return_exceptions=return_exceptions)
    except asyncio.CancelledError:
        trace("parent is cancelled")
        raise


async def main():
    for return_exceptions in (True, False):
        task = asyncio.create_task(parent(return_exceptions))
        await asyncio.sleep(1)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            trace("CancelledError")
        await asyncio.sleep(3)
