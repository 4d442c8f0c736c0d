"""sleep(0) goes to the tail of the queue: three tasks take turns."""
import asyncio


async def turn(name, rounds):
    for number in range(rounds):
        trace(name, number)
        await asyncio.sleep(0)
    trace(name, "ends")


async def main():
    a = asyncio.create_task(turn("a", 3))
    b = asyncio.create_task(turn("b", 2))
    c = asyncio.create_task(turn("c", 4))
    await a
    trace("a was awaited")
    await b
    trace("b was awaited")
    await c
    trace("c was awaited")
