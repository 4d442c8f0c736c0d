"""Zero, negative and past deadlines fire in the next tick, by deadline, after what was ready."""
import asyncio


async def main():
    loop = asyncio.get_running_loop()
    await asyncio.sleep(2)
    loop.call_later(0, trace, "later 0")
    loop.call_later(-1, trace, "later -1")
    loop.call_at(loop.time() - 0.5, trace, "at -0.5")
    loop.call_at(0, trace, "at 0")
    loop.call_later(-1, trace, "later -1 again")
    loop.call_soon(trace, "soon")
    trace("main yields")
    await asyncio.sleep(0)
    trace("main after one tick")
    await asyncio.sleep(0)
    trace("main after two ticks")
