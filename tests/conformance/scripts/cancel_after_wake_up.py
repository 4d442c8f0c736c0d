"""A sleeper whose timer fired in this tick can still be cancelled before it resumes."""
import asyncio


async def sleeper():
    try:
        await asyncio.sleep(1)
        trace("slept to the end")
    except asyncio.CancelledError:
        trace("cancelled in the last moment")
        raise


async def main():
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(sleeper())
    await asyncio.sleep(0)
    loop.call_later(1, lambda: trace("cancel gives", task.cancel()))
    try:
        await task
    except asyncio.CancelledError:
        trace("CancelledError")

    other = asyncio.create_task(sleeper())
    await asyncio.sleep(0)
    loop.call_later(1, lambda: loop.call_soon(lambda: trace("cancel gives", other.cancel())))
    await other
    await asyncio.sleep(0)
