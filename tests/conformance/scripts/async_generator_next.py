"""Values one by one, awaits between them, the end, and next() after the end. Other tasks run at the awaits only."""
import asyncio


async def count(n, delay):
    trace("begins")
    for i in range(n):
        if delay is not None:
            await asyncio.sleep(delay)
        yield i
    trace("ends")


async def other():
    for i in range(4):
        trace("other", i)
        await asyncio.sleep(0)


async def values():
    gen = count(3, 0.25)
    trace("made")
    while (x := await anext(gen, None)) is not None:
        trace("got", x)
    trace("again:", await anext(gen, None))
    asyncio.create_task(other())
    ready = count(3, None)
    while (x := await anext(ready, None)) is not None:
        trace("ready", x)
    turns = count(3, 0)
    while (x := await anext(turns, None)) is not None:
        trace("turn", x)


async def fails():
    yield 1
    raise ValueError("inside")


async def outer():
    trace("outer begins")
    inner = count(2, 0.5)
    while (x := await anext(inner, None)) is not None:
        yield x * 10
    yield 99


async def main():
    await values()
    gen = fails()
    trace("first", await anext(gen))
    try:
        await anext(gen)
    except ValueError as error:
        trace("raised", error)
    trace("after the error:", await anext(gen, None))
    gen = outer()
    while (x := await anext(gen, None)) is not None:
        trace("outer gives", x)
