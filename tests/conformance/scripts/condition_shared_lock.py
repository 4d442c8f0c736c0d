"""Two conditions over one lock that others use too: those that were notified come to the lock as everybody else."""
import asyncio


async def waits(condition, name):
    async with condition:
        await condition.wait()
        trace(name, "goes on")
        await asyncio.sleep(0)


async def uses(lock, name):
    async with lock:
        trace(name, "has the lock")
        await asyncio.sleep(0)


async def main():
    lock = asyncio.Lock()
    red, blue = asyncio.Condition(lock), asyncio.Condition(lock)
    tasks = []
    for number in (1, 2, 3):
        tasks.append(asyncio.create_task(waits(red, f"red {number}")))
        tasks.append(asyncio.create_task(waits(blue, f"blue {number}")))
    await asyncio.sleep(0)
    trace("locked", lock.locked(), red.locked(), blue.locked())
    async with lock:
        tasks.append(asyncio.create_task(uses(lock, "first user")))
        blue.notify(2)
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(uses(lock, "second user")))
        red.notify()
        await asyncio.sleep(0)
        trace("everybody waits")
    for _ in range(4):
        await asyncio.sleep(0)
    async with red:
        trace("main has the lock")
        red.notify_all()
        blue.notify_all()
    await asyncio.wait(tasks)
    trace("locked", lock.locked())
