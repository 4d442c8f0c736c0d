"""The async form gives the tasks and futures themselves, in the order in which they end, and a task for a coroutine."""
import asyncio


async def child(name, delay):
    await asyncio.sleep(delay)
    trace(name, "ends")
    return name


async def main():
    loop = asyncio.get_running_loop()
    slow = asyncio.create_task(child("slow", 3))
    fast = asyncio.create_task(child("fast", 1))
    middle = asyncio.create_task(child("middle", 2))
    async for task in asyncio.as_completed([slow, fast, middle]):
        trace("slow:", task is slow, "fast:", task is fast, "middle:", task is middle, "gave", task.result())
    async for task in asyncio.as_completed([child("c", 2), child("d", 1)]):
        trace("a task that is done:", task.done(), "gave", task.result())
    first = loop.create_future()
    second = loop.create_future()
    loop.call_later(2, first.set_result, 1)
    loop.call_later(1, second.set_result, 2)
    async for future in asyncio.as_completed([first, second]):
        trace("first:", future is first, "second:", future is second, "gave", future.result())
    completed = asyncio.as_completed([slow, fast, slow, slow, fast])
    steps = 0
    async for task in completed:
        steps += 1
    async for task in completed:
        steps += 100
    trace("steps:", steps)
