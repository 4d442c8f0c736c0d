"""call_soon is a queue: callbacks and first steps of tasks run in the order in which they were asked for."""
import asyncio


async def step(name):
    trace("task", name)


async def main():
    loop = asyncio.get_running_loop()
    loop.call_soon(trace, "callback 1")
    first = asyncio.create_task(step("a"))
    loop.call_soon(trace, "callback", 2)
    second = asyncio.create_task(step("b"))
    loop.call_soon(trace, "callback 3")
    trace("main goes on")
    await first
    trace("first is done:", first.done(), "second is done:", second.done())
    await second
