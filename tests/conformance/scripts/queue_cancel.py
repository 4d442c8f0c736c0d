"""A cancelled getter or putter leaves the line; one that was woken before passes that on to the next."""
import asyncio


async def gets(queue, number):
    try:
        item = await queue.get()
        trace("getter", number, "has", item)
    except asyncio.CancelledError:
        trace("getter", number, "is cancelled, size", queue.qsize())
        raise


async def puts(queue, number):
    try:
        await queue.put(number)
        trace("putter", number, "has put")
    except asyncio.CancelledError:
        trace("putter", number, "is cancelled, size", queue.qsize())
        raise


async def main():
    queue = asyncio.Queue(1)
    getters = [asyncio.create_task(gets(queue, number)) for number in range(4)]
    await asyncio.sleep(0)
    trace("cancel in the line:", getters[1].cancel())
    queue.put_nowait(10)
    trace("cancel after the wake-up:", getters[0].cancel())
    await asyncio.sleep(0)
    trace("one tick on, size", queue.qsize())
    await asyncio.sleep(0)
    trace("two ticks on, size", queue.qsize())
    queue.put_nowait(11)
    await getters[2]
    await getters[3]
    queue.put_nowait(20)
    putters = [asyncio.create_task(puts(queue, number)) for number in range(4)]
    await asyncio.sleep(0)
    trace("cancel in the line:", putters[1].cancel())
    trace("got", queue.get_nowait())
    trace("cancel after the wake-up:", putters[0].cancel())
    await asyncio.sleep(0)
    trace("one tick on, size", queue.qsize())
    await asyncio.sleep(0)
    trace("two ticks on, size", queue.qsize())
    for _ in range(2):
        trace("got", await queue.get())
    trace("size", queue.qsize())
    await putters[2]
    await putters[3]
    try:
        await asyncio.wait_for(queue.get(), 0.5)
    except asyncio.TimeoutError:
        trace("nothing came in time")
    queue.put_nowait(30)
    trace("got", await asyncio.wait_for(queue.get(), 0.5))
