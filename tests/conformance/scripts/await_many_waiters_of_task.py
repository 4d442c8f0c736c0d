"""A task's value goes to everyone who awaits it, main included, in order."""
import asyncio


async def worker():
    await asyncio.sleep(1)
    trace("worker ends")
    return 99


async def fails():
    await asyncio.sleep(1)
    raise ValueError("for all")


async def wait_for_it(name, task):
    try:
        trace(name, "got", await task)
    except ValueError as error:
        trace(name, "caught", error)


async def main():
    for make in (worker, fails):
        task = asyncio.create_task(make())
        before = [asyncio.create_task(wait_for_it(name, task)) for name in "ab"]
        await asyncio.sleep(0)
        await wait_for_it("main", task)
        await wait_for_it("main again", task)
        for waiter in before:
            await waiter
