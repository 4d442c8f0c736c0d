"""Several tasks take from one as_completed: first come, first served, but who asks when something is there need not wait."""
import asyncio


async def taker(name, completed):
    async for future in completed:
        trace(name, "takes", future.result())
    trace(name, "sees the end")


async def main():
    loop = asyncio.get_running_loop()
    futures = [loop.create_future() for _ in range(6)]
    for number, future in enumerate(futures):
        loop.call_later(1 + number, future.set_result, number)
    completed = asyncio.as_completed(futures)
    await asyncio.gather(taker("x", completed), taker("y", completed), taker("z", completed))

    futures = [loop.create_future() for _ in range(3)]
    completed = asyncio.as_completed(futures)
    takers = [asyncio.create_task(taker(name, completed)) for name in "pq"]
    await asyncio.sleep(0)
    futures[2].set_result("two")
    await asyncio.sleep(0)
    late = await anext(completed)
    trace("main takes", late.result(), "ahead of who was woken")
    await asyncio.sleep(1)
    futures[0].set_result("zero")
    futures[1].set_result("one")
    await asyncio.gather(*takers)
