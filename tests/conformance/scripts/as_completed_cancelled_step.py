"""A cancelled step takes nothing, and when it was woken already it wakes the next one."""
import asyncio


async def step(name, completed):
    try:
        future = await anext(completed)
        trace(name, "takes", future.result())
    except asyncio.CancelledError as error:
        trace(name, "is cancelled:", error)


async def main():
    loop = asyncio.get_running_loop()
    futures = [loop.create_future() for _ in range(6)]
    completed = asyncio.as_completed(futures)
    a = asyncio.create_task(step("a", completed))
    b = asyncio.create_task(step("b", completed))
    await asyncio.sleep(1)
    a.cancel("while it waits")
    futures[0].set_result(0)
    await asyncio.gather(a, b)
    c = asyncio.create_task(step("c", completed))
    d = asyncio.create_task(step("d", completed))
    await asyncio.sleep(1)
    futures[1].set_result(1)
    await asyncio.sleep(0)
    c.cancel("after it was woken")
    await asyncio.gather(c, d)
    e = asyncio.create_task(step("e", completed))
    await asyncio.sleep(0)
    e.cancel("in the tick of the end")
    futures[2].set_result(2)
    await e
    trace("main takes", (await anext(completed)).result())
    trace("nothing else is cancelled:", not any(future.cancelled() for future in futures))
