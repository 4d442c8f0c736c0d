"""shutdown() wakes everybody; what is there can still be got, unless it is immediate: then it counts as done."""
import asyncio


async def gets(queue, number):
    try:
        item = await queue.get()
        trace("getter", number, "has", item)
    except asyncio.QueueShutDown:
        trace("getter", number, "is refused")


async def puts(queue, number):
    try:
        await queue.put(number)
        trace("putter", number, "has put")
    except asyncio.QueueShutDown:
        trace("putter", number, "is refused")


async def joins(queue, number):
    await queue.join()
    trace("joiner", number, "goes on")


async def refused(queue):
    try:
        queue.put_nowait(0)
    except asyncio.QueueShutDown:
        trace("put_nowait is refused")
    try:
        queue.get_nowait()
    except asyncio.QueueShutDown:
        trace("get_nowait is refused")
    await puts(queue, 100)
    await gets(queue, 100)


async def main():
    for immediate in (False, True):
        trace("immediate:", immediate)
        queue = asyncio.Queue(1)
        for number in range(3):
            asyncio.create_task(gets(queue, number))
        await asyncio.sleep(0)
        queue.put_nowait(10)
        joiner = asyncio.create_task(joins(queue, 0))
        queue.shutdown(immediate)
        trace("size", queue.qsize())
        await asyncio.sleep(0)
        trace("one tick on, size", queue.qsize())
        await asyncio.sleep(0)
        trace("joiner is done:", joiner.done())
        if not immediate:
            queue.task_done()
        await joiner
        queue = asyncio.Queue(2)
        for item in (20, 21):
            queue.put_nowait(item)
        putters = [asyncio.create_task(puts(queue, number)) for number in range(3)]
        joiners = [asyncio.create_task(joins(queue, number)) for number in range(2)]
        await asyncio.sleep(0)
        trace("got", queue.get_nowait())
        putters[1].cancel()
        queue.shutdown(immediate)
        queue.shutdown()
        trace("size", queue.qsize())
        await asyncio.sleep(0)
        trace("one tick on, size", queue.qsize())
        await gets(queue, 3)
        queue.task_done()
        await asyncio.sleep(0)
        trace("joiners are done:", joiners[0].done(), joiners[1].done())
        if not immediate:
            queue.task_done()
        for joiner in joiners:
            await joiner
        await refused(queue)
