"""The second document's task beside a coroutine."""
import asyncio


async def main():
    task = asyncio.create_task(fn2())
    trace("one")
    await asyncio.sleep(1)
    await fn2()
    trace("four")
    await asyncio.sleep(1)
    trace("five")
    await asyncio.sleep(1)


async def fn2():
    await asyncio.sleep(1)
    trace("two")
    await asyncio.sleep(1)
    trace("three")
