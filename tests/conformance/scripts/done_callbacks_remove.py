"""remove_done_callback takes out every equal callback and says how many; too late is zero."""
import asyncio


def one(future):
    trace("one")


def two(future):
    trace("two")


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    for callback in (one, two, one, one):
        future.add_done_callback(callback)
    trace("removed", future.remove_done_callback(one))
    trace("removed", future.remove_done_callback(one))
    future.add_done_callback(one)
    future.set_result(1)
    trace("removed", future.remove_done_callback(two))
    await asyncio.sleep(0)
    trace("main")
