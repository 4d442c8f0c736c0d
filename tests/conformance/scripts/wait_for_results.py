"""wait_for in time: values, errors, something that is done, without an end; and how many turns it takes."""
import asyncio


async def ticker():
    while True:
        trace.ticks += 1
        await asyncio.sleep(0)


async def value(delay, number):
    if delay is not None:
        await asyncio.sleep(delay)
    return number


async def fails():
    await asyncio.sleep(0.5)
    raise ValueError("inside")


async def main():
    trace("value", await asyncio.wait_for(value(1, 1), 2))
    trace("without an end", await asyncio.wait_for(value(1, 2), None))
    task = asyncio.create_task(value(1, 3))
    trace("a task", await asyncio.wait_for(task, 2))
    trace("done already", await asyncio.wait_for(task, 2), await asyncio.wait_for(task, 0))
    try:
        await asyncio.wait_for(fails(), 1)
    except ValueError as error:
        trace("raised", error)
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(1, future.set_result, 4)
    trace("a future", await asyncio.wait_for(future, 1.5))
    ticks = asyncio.create_task(ticker())
    await asyncio.sleep(0)
    start = trace.ticks
    await asyncio.wait_for(value(None, 5), 1)
    trace("ticks of a ready coroutine:", trace.ticks - start)
    start = trace.ticks
    await asyncio.wait_for(value(0, 6), 1)
    trace("ticks of one yield:", trace.ticks - start)
    start = trace.ticks
    await asyncio.wait_for(asyncio.create_task(value(None, 7)), 1)
    trace("ticks of a new task:", trace.ticks - start)
    ticks.cancel()
