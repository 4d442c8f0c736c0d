"""Who was woken looks again: when another one was faster it waits once more, behind all others."""
import asyncio


async def gets(queue, number):
    item = await queue.get()
    trace("getter", number, "has", item)


async def puts(queue, number):
    await queue.put(number)
    trace("putter", number, "has put")


async def main():
    queue = asyncio.Queue()
    getters = [asyncio.create_task(gets(queue, number)) for number in range(3)]
    await asyncio.sleep(0)
    queue.put_nowait(10)
    trace("faster:", queue.get_nowait())
    await asyncio.sleep(0)
    trace("the first one waits again")
    for item in (11, 12, 13):
        queue.put_nowait(item)
    for getter in getters:
        await getter
    queue = asyncio.Queue(1)
    queue.put_nowait(20)
    putters = [asyncio.create_task(puts(queue, number)) for number in range(3)]
    await asyncio.sleep(0)
    trace("got", queue.get_nowait())
    await queue.put(21)
    trace("faster: 21")
    await asyncio.sleep(0)
    for _ in range(4):
        trace("got", await queue.get())
        await asyncio.sleep(0)
    for putter in putters:
        await putter
    queue = asyncio.Queue()
    late = asyncio.create_task(gets(queue, 0))
    await asyncio.sleep(0)
    early = asyncio.create_task(gets(queue, 1))
    queue.put_nowait(30)
    await asyncio.sleep(0)
    trace("early is done:", early.done(), "late is done:", late.done())
    queue.put_nowait(31)
    await early
    await late
