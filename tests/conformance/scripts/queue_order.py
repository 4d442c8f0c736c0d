"""Getters and putters go on in the order of their coming, one tick after their wake-up; a get or put that need not wait does not."""
import asyncio


async def gets(queue, number):
    item = await queue.get()
    trace("getter", number, "has", item)


async def puts(queue, number):
    await queue.put(number)
    trace("putter", number, "has put")


async def main():
    queue = asyncio.Queue(2)
    getters = [asyncio.create_task(gets(queue, number)) for number in range(4)]
    await asyncio.sleep(0)
    for item in range(2):
        queue.put_nowait(item)
    trace("size", queue.qsize(), "full:", queue.full())
    await asyncio.sleep(0)
    trace("size", queue.qsize())
    await queue.put(2)
    trace("put without a wait")
    await queue.put(3)
    for getter in getters:
        await getter
    putters = [asyncio.create_task(puts(queue, number)) for number in range(5)]
    await asyncio.sleep(0)
    trace("size", queue.qsize(), "full:", queue.full())
    for _ in range(2):
        trace("got", queue.get_nowait())
    await asyncio.sleep(0)
    trace("size", queue.qsize())
    trace("got", await queue.get())
    trace("got without a wait, size", queue.qsize())
    for putter in putters:
        await putter
    trace("size", queue.qsize())
    queue = asyncio.Queue(1)
    putter = asyncio.create_task(puts(queue, 7))
    getters = [asyncio.create_task(gets(queue, number)) for number in range(2)]
    last = asyncio.create_task(puts(queue, 8))
    for task in [*getters, putter, last]:
        await task
