"""A gather's children take their places in the queue when it is awaited, behind what is there already."""
import asyncio


async def step(name):
    trace(name)


async def main():
    loop = asyncio.get_running_loop()
    before = asyncio.create_task(step("task before"))
    loop.call_soon(trace, "callback before")
    await asyncio.gather(step("child 1"), step("child 2"))
    trace("gathered, task before is done:", before.done())
    loop.call_soon(trace, "callback after")
    await asyncio.sleep(0)
