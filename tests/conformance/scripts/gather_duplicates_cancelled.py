"""A gather that is cancelled cancels what it was given twice twice."""
import asyncio


async def child(name):
    try:
        await asyncio.sleep(9)
    except asyncio.CancelledError:
        trace(name, "has requests:", asyncio.current_task().cancelling())
        raise


async def main():
    a = asyncio.create_task(child("a"))
    b = asyncio.create_task(child("b"))
    both = asyncio.gather(a, b, a)
    await asyncio.sleep(1)
    trace("cancel gives", both.cancel())
    try:
        await both
    except asyncio.CancelledError:
        trace("the gather is cancelled")
