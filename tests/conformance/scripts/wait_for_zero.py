"""wait_for with a delay that is not positive: a coroutine never starts, what is not done is cancelled."""
import asyncio


async def body(name):
    trace(name, "started")
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        trace(name, "cancelled")
        await asyncio.sleep(1)
        raise
    return name


async def swallows():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        return "swallowed"


async def main():
    for delay in (0, -1):
        try:
            await asyncio.wait_for(body("coroutine"), delay)
        except TimeoutError:
            trace("coroutine timed out")
        task = asyncio.create_task(body("task"))
        await asyncio.sleep(0)
        try:
            await asyncio.wait_for(task, delay)
        except TimeoutError:
            trace("task timed out", task.cancelled())
        task = asyncio.create_task(swallows())
        await asyncio.sleep(0)
        trace(await asyncio.wait_for(task, delay))
    failed = asyncio.get_running_loop().create_future()
    failed.set_exception(ValueError("before"))
    try:
        await asyncio.wait_for(failed, 0)
    except ValueError as error:
        trace("raised", error)
