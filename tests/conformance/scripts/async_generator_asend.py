"""asend() gives the value of the yield; next() gives None there; a value for one that has not begun is refused."""
import asyncio


async def echo():
    got = yield "ready"
    while True:
        await asyncio.sleep(0.25)
        got = yield f"echo {got}"


async def summer():
    total = 0
    while True:
        got = yield total
        if got is None:
            return
        total += got


async def main():
    gen = echo()
    try:
        await gen.asend("too early")
    except TypeError:
        trace("TypeError")
    trace(await anext(gen))
    trace(await gen.asend("a"))
    trace(await gen.asend("b"))
    trace(await anext(gen))
    await gen.aclose()
    try:
        trace(await gen.asend("c"))
    except StopAsyncIteration:
        trace("closed")
    total = summer()
    await anext(total)
    for i in range(1, 5):
        trace("sum", await total.asend(i))
    trace("end:", await anext(total, None))
