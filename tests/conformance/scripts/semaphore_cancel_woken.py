"""A permit that was given to a task that is cancelled goes to the next one, or back; a bounded one counts it as taken meanwhile."""
import asyncio


async def takes(semaphore, name):
    try:
        await semaphore.acquire()
    except asyncio.CancelledError:
        trace(name, "is cancelled, locked", semaphore.locked())
        raise
    trace(name, "has one, locked", semaphore.locked())


def release(semaphore):
    try:
        semaphore.release()
        trace("released, locked", semaphore.locked())
    except ValueError:
        trace("refused, locked", semaphore.locked())


async def main():
    for cancelled in ((0,), (0, 1), (0, 2), (0, 1, 2)):
        trace("cancelled:", *cancelled)
        semaphore = asyncio.BoundedSemaphore(2)
        await semaphore.acquire()
        await semaphore.acquire()
        tasks = [asyncio.create_task(takes(semaphore, name)) for name in ("one", "two", "three")]
        await asyncio.sleep(0)
        release(semaphore)
        for index in cancelled:
            tasks[index].cancel()
        await asyncio.sleep(0)
        trace("a turn, locked", semaphore.locked())
        release(semaphore)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        release(semaphore)
        release(semaphore)
        release(semaphore)
        await asyncio.wait(tasks)
        trace("in the end, locked", semaphore.locked())
