"""Cancelling a task that awaits a task cancels the innermost first; CancelledError then comes up tick by tick."""
import asyncio


async def count_ticks():
    while True:
        trace.ticks += 1
        await asyncio.sleep(0)


async def leaf(gate):
    try:
        await gate
    except asyncio.CancelledError:
        trace("leaf in tick", trace.ticks)
        raise


async def awaits(name, task):
    try:
        await task
    except asyncio.CancelledError:
        trace(name, "in tick", trace.ticks)
        raise


async def main():
    gate = asyncio.get_running_loop().create_future()
    ticker = asyncio.create_task(count_ticks())
    inner = asyncio.create_task(leaf(gate))
    middle = asyncio.create_task(awaits("middle", inner))
    outer = asyncio.create_task(awaits("outer", middle))
    await asyncio.sleep(0)
    trace("cancel in tick", trace.ticks)
    outer.cancel()
    trace("requests", inner.cancelling(), middle.cancelling(), outer.cancelling(), "gate:", gate.cancelled())
    try:
        await outer
    except asyncio.CancelledError:
        trace("main in tick", trace.ticks)
    trace("cancelled:", inner.cancelled(), middle.cancelled(), outer.cancelled())
    ticker.cancel()
