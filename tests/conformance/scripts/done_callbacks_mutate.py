"""Callbacks may add and remove callbacks while they run: the end of the future has settled who is called."""
import asyncio


def last(future):
    trace("last")


def added(future):
    trace("added by a callback")


def first(future):
    trace("first; removed", future.remove_done_callback(last))
    future.add_done_callback(added)
    trace("first ends")


async def main():
    future = asyncio.get_running_loop().create_future()
    future.add_done_callback(first)
    future.add_done_callback(last)
    future.set_result(0)
    for tick in range(3):
        await asyncio.sleep(0)
        trace("main, tick", tick)
