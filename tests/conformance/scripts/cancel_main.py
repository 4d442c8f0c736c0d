"""Cancelling main from within ends run() with CancelledError."""
import asyncio


async def canceller(victim):
    await asyncio.sleep(1)
    trace("cancel gives", victim.cancel())


async def main():
    asyncio.create_task(canceller(asyncio.current_task()))
    try:
        await asyncio.sleep(5)
    finally:
        trace("main's finally")
