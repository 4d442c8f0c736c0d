"""A child that swallows the cancel gives its value, and the parent that was cancelled through it goes on."""
import asyncio


async def child():
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError:
        trace("child swallows")
    await asyncio.sleep(0.5)
    return "the child's value"


async def parent():
    value = await asyncio.create_task(child())
    trace("parent got", value)
    await asyncio.sleep(1)
    return "the parent's value"


async def main():
    task = asyncio.create_task(parent())
    await asyncio.sleep(1)
    task.cancel()
    trace("value", await task, "requests", task.cancelling(), "cancelled:", task.cancelled())
