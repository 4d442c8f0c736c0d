"""The sync form: each step gives the next result, or raises the error or the cancellation of what ended next."""
import asyncio


async def child(name, delay):
    trace(name, "starts")
    await asyncio.sleep(delay)
    trace(name, "ends")
    return name


async def fails(delay):
    await asyncio.sleep(delay)
    raise ValueError("failed")


async def main():
    loop = asyncio.get_running_loop()
    cancelled = asyncio.create_task(child("cancelled", 9))
    tasks = [asyncio.create_task(child("a", 4)), asyncio.create_task(child("b", 1)), asyncio.create_task(fails(2)),
             cancelled]
    loop.call_later(3, cancelled.cancel, "enough")
    for step in asyncio.as_completed(tasks):
        try:
            trace("got", await step)
        except ValueError as error:
            trace("caught", error)
        except asyncio.CancelledError as error:
            trace("cancelled with", error)
    steps = list(asyncio.as_completed([child("only", 1)]))
    trace("steps:", len(steps))
    await asyncio.sleep(2)
    trace("got", await steps[0])
