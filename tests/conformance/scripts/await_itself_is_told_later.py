"""A task that awaits itself is told in its next step, where a cancellation that came meanwhile wins."""
import asyncio


async def narcissus(name):
    try:
        await asyncio.current_task()
    except (RuntimeError, asyncio.CancelledError) as error:
        trace(name, type(error).__name__)


async def neighbour():
    trace("neighbour runs")


async def main():
    alone = asyncio.create_task(narcissus("alone"))
    await asyncio.create_task(neighbour())
    await alone
    cancelled = asyncio.create_task(narcissus("cancelled"))
    await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.wait([cancelled])
