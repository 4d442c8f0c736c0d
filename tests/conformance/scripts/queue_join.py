"""Every joiner goes on when the last item is done, also when another one has come meanwhile; a cancelled one leaves the others alone."""
import asyncio


async def joins(queue, number):
    try:
        await queue.join()
        trace("joiner", number, "goes on")
    except asyncio.CancelledError:
        trace("joiner", number, "is cancelled")
        raise


async def works(queue, number):
    while True:
        item = await queue.get()
        await asyncio.sleep(0.25 * (number + 1))
        queue.task_done()
        trace("worker", number, "has done", item)


def is_done(queue):
    try:
        queue.task_done()
        trace("done")
    except ValueError:
        trace("too many")


async def main():
    queue = asyncio.Queue()
    await queue.join()
    trace("nothing to join")
    is_done(queue)
    for item in range(2):
        queue.put_nowait(item)
    joiners = [asyncio.create_task(joins(queue, number)) for number in range(4)]
    await asyncio.sleep(0)
    joiners[1].cancel()
    is_done(queue)
    await asyncio.sleep(0)
    trace("got", queue.get_nowait(), "which counts as done already")
    is_done(queue)
    joiners[2].cancel()
    queue.put_nowait(2)
    trace("one more")
    late = asyncio.create_task(joins(queue, 4))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    trace("late is done:", late.done())
    is_done(queue)
    await late
    is_done(queue)
    trace("size", queue.qsize())
    workers = [asyncio.create_task(works(queue, number)) for number in range(2)]
    await queue.put(3)
    await queue.join()
    trace("joined")
    for worker in workers:
        worker.cancel()
