"""A cancelled gather ends cancelled even if every child swallowed the cancel."""
import asyncio


async def stubborn(name):
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError:
        trace(name, "swallows")
    await asyncio.sleep(1)
    return name


async def parent():
    try:
        trace("results", *await asyncio.gather(stubborn("a"), stubborn("b")))
    except asyncio.CancelledError:
        trace("parent is cancelled all the same")
        return "parent's value"


async def main():
    task = asyncio.create_task(parent())
    await asyncio.sleep(1)
    task.cancel()
    trace(await task)
