"""Of failures in one tick the one that ends first is raised, not the one that stands first."""
import asyncio


async def fails(name, yields):
    for _ in range(yields):
        await asyncio.sleep(0)
    raise ValueError(name)


async def fails_after(name, delay):
    await asyncio.sleep(delay)
    raise ValueError(name)


async def main():
    try:
        await asyncio.gather(fails("slow", 3), fails("fast", 1))
    except ValueError as error:
        trace("caught", error)
    try:
        await asyncio.gather(fails_after("first argument", 1), fails_after("second argument", 1))
    except ValueError as error:
        trace("caught", error)
