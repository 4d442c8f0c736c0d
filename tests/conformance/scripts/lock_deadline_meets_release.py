"""The deadline of a wait for a lock and the release of the lock come at the same time, in both orders."""
import asyncio


async def waits(lock, deadline):
    try:
        async with asyncio.timeout_at(deadline):
            await lock.acquire()
            trace("has it")
    except TimeoutError:
        trace("is late")
        return
    await asyncio.sleep(0)
    lock.release()


async def behind(lock):
    async with lock:
        trace("the next one has it")


async def main():
    loop = asyncio.get_running_loop()
    for deadline_first in (True, False):
        trace("the deadline is first", deadline_first)
        lock = asyncio.Lock()
        await lock.acquire()
        at = loop.time() + 1
        if not deadline_first:
            loop.call_at(at, lock.release)
        tasks = [asyncio.create_task(waits(lock, at)), asyncio.create_task(behind(lock))]
        await asyncio.sleep(0)
        if deadline_first:
            loop.call_at(at, lock.release)
        await asyncio.wait(tasks)
        trace("locked", lock.locked())
