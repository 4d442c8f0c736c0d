"""Nested timeouts: the one that expired converts, whichever it is; both in one tick."""
import asyncio


async def nested(name, outer_delay, inner_delay):
    inner = outer = None
    try:
        async with asyncio.timeout(outer_delay) as outer:
            try:
                async with asyncio.timeout(inner_delay) as inner:
                    await asyncio.sleep(10)
            except TimeoutError:
                trace(name, "inner timed out")
                await asyncio.sleep(0.25)
                trace(name, "after inner")
    except TimeoutError:
        trace(name, "outer timed out")
    trace(name, "inner", inner.expired(), "outer", outer.expired(), asyncio.current_task().cancelling())


async def main():
    await nested("inner first", 2, 1)
    await nested("outer first", 1, 2)
    await nested("both at once", 1, 1)
    await nested("outer in the handler", 1, 0.875)
