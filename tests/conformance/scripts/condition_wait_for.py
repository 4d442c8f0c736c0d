"""wait_for() gives what its predicate gave; one that throws leaves the lock held and takes no notification away."""
import asyncio


async def waits(condition, name, predicate):
    async with condition:
        try:
            trace(name, "gets", await condition.wait_for(predicate))
        except ValueError:
            trace(name, "threw, locked", condition.locked())
        await asyncio.sleep(0)


async def main():
    condition = asyncio.Condition()
    looks = {"number": 0}

    def number():
        looks["number"] += 1
        trace("look", looks["number"])
        return looks["number"] if looks["number"] >= 3 else 0

    def throws():
        if looks["number"] >= 2:
            raise ValueError
        return 0

    tasks = [asyncio.create_task(waits(condition, "number", number)),
             asyncio.create_task(waits(condition, "throws", throws)),
             asyncio.create_task(waits(condition, "both", lambda: looks["number"] >= 3))]
    await asyncio.sleep(0)
    for _ in range(2):
        async with condition:
            condition.notify_all()
        for _ in range(5):
            await asyncio.sleep(0)
        trace("done:", *(task.done() for task in tasks), "locked", condition.locked())
    async with condition:
        condition.notify_all()
    await asyncio.wait(tasks)
    trace("without the lock", await condition.wait_for(lambda: 7), "locked", condition.locked())
