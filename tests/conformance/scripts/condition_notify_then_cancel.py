"""A notification of a task that is cancelled goes to the next one, before it goes on and while it waits for the lock."""
import asyncio


async def waits(condition, name):
    async with condition:
        try:
            trace(name, "gets", await condition.wait())
        except asyncio.CancelledError as error:
            trace(name, "is cancelled:", *error.args)
            raise


async def main():
    for turns in (0, 1, 2):
        trace("turns between:", turns)
        condition = asyncio.Condition()
        tasks = [asyncio.create_task(waits(condition, name)) for name in ("one", "two", "three")]
        await asyncio.sleep(0)
        await condition.acquire()
        condition.notify()
        for _ in range(turns):
            await asyncio.sleep(0)
        trace("cancel gives", tasks[0].cancel("first"))
        await asyncio.sleep(0)
        trace("cancel gives", tasks[0].cancel("second"))
        condition.release()
        late = asyncio.create_task(waits(condition, "late"))
        for _ in range(6):
            await asyncio.sleep(0)
            trace("a turn, locked", condition.locked())
        async with condition:
            condition.notify_all()
        await asyncio.wait([*tasks, late])
        trace("in the end, locked", condition.locked())
