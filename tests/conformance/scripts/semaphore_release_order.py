"""Permits go to tasks in the order in which they came, one per release, and newcomers wait behind those that were woken."""
import asyncio


async def takes(semaphore, name):
    await semaphore.acquire()
    trace(name, "has one, locked", semaphore.locked())


async def one_each(semaphore):
    tasks = [asyncio.create_task(takes(semaphore, number)) for number in (1, 2, 3, 4)]
    await asyncio.sleep(0)
    for _ in tasks:
        semaphore.release()
        trace("released, locked", semaphore.locked())
    newcomer = asyncio.create_task(takes(semaphore, "newcomer"))
    await asyncio.sleep(0)
    trace("a turn, locked", semaphore.locked())
    semaphore.release()
    await asyncio.gather(*tasks, newcomer)


async def more_than_wait(semaphore):
    first = asyncio.create_task(takes(semaphore, "first"))
    await asyncio.sleep(0)
    for _ in range(3):
        semaphore.release()
    trace("three released, locked", semaphore.locked())
    others = [asyncio.create_task(takes(semaphore, name)) for name in ("second", "third", "fourth")]
    for _ in range(3):
        await asyncio.sleep(0)
        trace("a turn, locked", semaphore.locked())
    semaphore.release()
    await asyncio.gather(first, *others)


async def main():
    semaphore = asyncio.Semaphore(0)
    await one_each(semaphore)
    trace("locked", semaphore.locked())
    await more_than_wait(semaphore)
    trace("locked", semaphore.locked())
