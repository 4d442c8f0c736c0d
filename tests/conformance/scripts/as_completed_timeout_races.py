"""Ends and timeouts in one tick: what has ended and has not told its callback when the time is over comes too late."""
import asyncio


async def child(name, delay):
    await asyncio.sleep(delay)
    trace(name, "ends")
    return name


async def take(completed):
    try:
        task = await anext(completed)
        trace("gave", task.result())
    except TimeoutError:
        trace("TimeoutError")


async def main():
    loop = asyncio.get_running_loop()
    early = asyncio.create_task(child("early", 1))
    await asyncio.sleep(0)
    await take(asyncio.as_completed([early], timeout=1))
    trace("early is done:", early.done())
    await early
    future = loop.create_future()
    loop.call_later(1, future.set_result, "set")
    await take(asyncio.as_completed([future], timeout=1))
    trace("future is done:", future.done())
    await take(asyncio.as_completed([child("late", 1)], timeout=1))
    await asyncio.sleep(1)
    sooner = loop.create_future()
    loop.call_later(1, loop.call_soon, sooner.set_result, "sooner")
    await take(asyncio.as_completed([sooner], timeout=1.125))
    several = [loop.create_future() for _ in range(3)]
    completed = asyncio.as_completed(several, timeout=1)
    takers = [asyncio.create_task(take(completed)) for _ in range(3)]
    loop.call_later(0.5, several[1].set_result, "one of three")
    await asyncio.gather(*takers)
