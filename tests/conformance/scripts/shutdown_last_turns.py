"""Closing the runner runs the loop for four more turns, even when no task is left."""
import asyncio


def chain(turns):
    trace("turn", turns)
    if turns < 9:
        asyncio.get_running_loop().call_soon(chain, turns + 1)


async def main():
    asyncio.get_running_loop().call_soon(chain, 1)
    trace("main ends")
