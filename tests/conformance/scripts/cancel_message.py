"""The message of cancel() travels with CancelledError up to whoever awaits."""
import asyncio


async def leaf():
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError as error:
        trace("leaf sees", error)
        raise


async def awaits(task):
    try:
        await task
    except asyncio.CancelledError as error:
        trace("middle sees", error)
        raise


async def main():
    inner = asyncio.create_task(leaf())
    outer = asyncio.create_task(awaits(inner))
    await asyncio.sleep(1)
    outer.cancel("the reason")
    try:
        await outer
    except asyncio.CancelledError as error:
        trace("main sees", error)

    early = asyncio.create_task(leaf())
    early.cancel("before the first step")
    try:
        await early
    except asyncio.CancelledError as error:
        trace("main sees", error)

    both = asyncio.create_task(leaf())
    await asyncio.sleep(0)
    both.cancel("first")
    both.cancel("second")
    try:
        await both
    except asyncio.CancelledError as error:
        trace("main sees", error)
