"""What is left when main ends is cancelled, and its finally blocks may await."""
import asyncio


async def left(name, delay):
    try:
        await asyncio.sleep(10)
    finally:
        await asyncio.sleep(delay)
        trace(name, "cleaned up")
        await asyncio.sleep(0)
        trace(name, "ends")


async def main():
    asyncio.create_task(left("slow", 1.5))
    asyncio.create_task(left("fast", 0.5))
    asyncio.create_task(left("middle", 1))
    await asyncio.sleep(1)
    trace("main ends")
