"""A second cancel reaches the clean-up of the first; two at once are one."""
import asyncio


async def cleans_up():
    try:
        await asyncio.sleep(10)
    finally:
        trace("clean-up starts, requests", asyncio.current_task().cancelling())
        try:
            await asyncio.sleep(2)
            trace("clean-up ends")
        finally:
            trace("clean-up is left, requests", asyncio.current_task().cancelling())


async def main():
    task = asyncio.create_task(cleans_up())
    await asyncio.sleep(1)
    trace("cancel gives", task.cancel(), task.cancel())
    await asyncio.sleep(1)
    trace("cancel gives", task.cancel())
    try:
        await task
    except asyncio.CancelledError:
        trace("CancelledError")
    task = asyncio.create_task(cleans_up())
    await asyncio.sleep(1)
    trace("cancel gives", task.cancel(), task.cancel())
    try:
        await task
    except asyncio.CancelledError:
        trace("CancelledError")
