"""What a callback schedules runs in the next tick, after everything that was ready in this one."""
import asyncio


def chain(depth):
    trace("depth", depth, "in tick", trace.ticks)
    if depth < 4:
        asyncio.get_running_loop().call_soon(chain, depth + 1)


async def main():
    loop = asyncio.get_running_loop()
    loop.call_soon(chain, 1)
    loop.call_soon(trace, "same batch as depth 1")
    for _ in range(6):
        trace.ticks += 1
        trace("main in tick", trace.ticks)
        await asyncio.sleep(0)
