"""When the time is over each step that is left raises TimeoutError; what had ended is still given, the others run on."""
import asyncio


async def child(name, delay):
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError:
        trace(name, "is cancelled")
        raise
    trace(name, "ends")
    return name


async def main():
    tasks = [asyncio.create_task(child(name, delay)) for name, delay in (("a", 1), ("b", 2), ("c", 4), ("d", 5))]
    for step in asyncio.as_completed(tasks, timeout=3):
        try:
            trace("got", await step)
        except TimeoutError:
            trace("TimeoutError, tasks:", len(asyncio.all_tasks()))
    trace("c gives", await tasks[2])
    late = [asyncio.create_task(child(name, delay)) for name, delay in (("e", 1), ("f", 2), ("g", 6))]
    completed = asyncio.as_completed(late, timeout=3)
    await asyncio.sleep(4)
    while True:
        try:
            async for task in completed:
                trace("gave", task.result())
            break
        except TimeoutError:
            trace("TimeoutError")
    trace("g gives", await late[2])
    quick = asyncio.as_completed([child("h", 1)], timeout=10)
    async for task in quick:
        trace("gave", task.result())
    none = asyncio.create_task(child("i", 1))
    for step in asyncio.as_completed([none], timeout=0):
        try:
            trace("got", await step)
        except TimeoutError:
            trace("TimeoutError at once")
    await none
    for step in asyncio.as_completed([none], timeout=-1):
        trace("done already, negative timeout:", await step)
