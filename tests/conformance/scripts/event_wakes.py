"""Whom set() wakes is decided at once: clear() takes nothing back, who comes later waits, who is cancelled meanwhile throws."""
import asyncio


async def waits(event, name):
    try:
        trace(name, "gets", await event.wait(), "and it is set:", event.is_set())
    except asyncio.CancelledError:
        trace(name, "is cancelled")


async def main():
    event = asyncio.Event()
    tasks = [asyncio.create_task(waits(event, name)) for name in ("one", "two", "three")]
    await asyncio.sleep(0)
    event.set()
    event.clear()
    trace("cancel gives", tasks[1].cancel())
    tasks.append(asyncio.create_task(waits(event, "late")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    trace("done:", *(task.done() for task in tasks))
    tasks.append(asyncio.create_task(waits(event, "newcomer")))
    event.set()
    tasks.append(asyncio.create_task(waits(event, "last")))
    await asyncio.sleep(0)
    event.clear()
    await asyncio.wait(tasks)
    again = asyncio.create_task(waits(event, "again"))
    await asyncio.sleep(0)
    again.cancel()
    event.set()
    await again
    trace("it is set:", event.is_set())
