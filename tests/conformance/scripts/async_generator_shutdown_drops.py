"""A generator that is dropped while run() ends is no concern of the shutdown: its closing has the turns that are left."""
import asyncio


async def resource(name, turns):
    try:
        yield name
    finally:
        trace(name, "closing")
        for i in range(turns):
            await asyncio.sleep(0)
            trace(name, "turn", i)


async def holds(gen):
    await anext(gen)
    try:
        await asyncio.sleep(10)
    finally:
        trace("holder ends")
        del gen


kept = []


async def main():
    asyncio.create_task(holds(resource("dropped", 10)))
    kept.append(resource("kept", 3))
    trace(await anext(kept[0]))
    await asyncio.sleep(0.25)
    trace("main ends")
