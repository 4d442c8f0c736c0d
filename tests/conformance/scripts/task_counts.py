"""all_tasks holds what is not done: from create_task on, until the last step has run."""
import asyncio


def count(where):
    trace(where, len(asyncio.all_tasks()))


async def child(delay):
    count("in child")
    await asyncio.sleep(delay)
    count("child's last step")


async def main():
    count("at first")
    first = asyncio.create_task(child(0))
    count("one created")
    second = asyncio.create_task(child(1))
    count("two created")
    trace("they are in it:", first in asyncio.all_tasks(), second in asyncio.all_tasks())
    await first
    count("first has ended")
    trace("they are in it:", first in asyncio.all_tasks(), second in asyncio.all_tasks())
    second.cancel()
    count("second is cancelled, not done")
    try:
        await second
    except asyncio.CancelledError:
        count("second has ended")
    await asyncio.gather(child(0), child(0), child(0))
    count("after gather")
