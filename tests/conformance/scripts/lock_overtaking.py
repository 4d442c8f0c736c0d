"""Who comes to a free lock waits behind those that wait, unless all of them were cancelled."""
import asyncio


async def user(lock, name):
    trace(name, "comes, locked", lock.locked())
    try:
        async with lock:
            trace(name, "has it")
            await asyncio.sleep(0)
    except asyncio.CancelledError:
        trace(name, "is cancelled")


async def main():
    for cancelled in (0, 1, 2):
        trace("cancelled:", cancelled)
        lock = asyncio.Lock()
        await lock.acquire()
        tasks = [asyncio.create_task(user(lock, name)) for name in ("one", "two")]
        await asyncio.sleep(0)
        newcomer = asyncio.create_task(user(lock, "newcomer"))
        for task in tasks[:cancelled]:
            task.cancel()
        lock.release()
        await asyncio.wait([*tasks, newcomer])
        trace("locked", lock.locked())
