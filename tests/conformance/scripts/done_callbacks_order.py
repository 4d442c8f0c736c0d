"""Done callbacks run one tick after the end, in order, once, with the future; added later they still run, never inline."""
import asyncio


async def work():
    await asyncio.sleep(1)
    trace("work ends")
    return "value"


def report(name):
    return lambda future: trace(name, "got", future.result(), "done:", future.done())


async def main():
    task = asyncio.create_task(work())
    for name in "abc":
        task.add_done_callback(report(name))
    trace("main awaits")
    await task
    trace("main resumed")
    task.add_done_callback(report("late"))
    trace("added after the end, not called yet")
    await asyncio.sleep(0)
    trace("one tick on")
