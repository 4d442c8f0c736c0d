"""gather takes coroutines, tasks and futures side by side."""
import asyncio


async def child(name, delay):
    trace(name, "starts")
    await asyncio.sleep(delay)
    return name


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(1.5, future.set_result, 7)
    task = asyncio.create_task(child("task", 1))
    loop.call_soon(trace, "callback")
    number, nothing, first, second = await asyncio.gather(future, asyncio.sleep(2), task, child("coroutine", 0.5))
    trace("results", number, first, second)
    failing = loop.create_future()
    loop.call_later(1, failing.set_exception, ValueError("of the future"))
    try:
        await asyncio.gather(child("last", 3), failing)
    except ValueError as error:
        trace("caught", error)
