"""aclose(): the clean-up may await; one that has not begun never runs; twice; an error of the clean-up; a yield in answer."""
import asyncio


async def resource(name):
    trace(name, "opened")
    try:
        i = 0
        while True:
            yield i
            i += 1
    finally:
        trace(name, "closing")
        await asyncio.sleep(0.5)
        trace(name, "closed")


async def fails():
    try:
        yield 1
    finally:
        await asyncio.sleep(0)
        raise ValueError("clean-up failed")


async def returns():
    try:
        yield 1
    except GeneratorExit:
        trace("returns instead")
        return


async def ignores():
    for i in range(2):
        try:
            yield i
        except GeneratorExit:
            trace("ignored")
    trace("falls off its end")


async def main():
    gen = resource("a")
    trace(await anext(gen), await anext(gen))
    await gen.aclose()
    trace("after aclose:", await anext(gen, None))
    await gen.aclose()
    gen = resource("never")
    await gen.aclose()
    trace("never began:", await anext(gen, None))
    gen = fails()
    await anext(gen)
    try:
        await gen.aclose()
    except ValueError as error:
        trace("raised", error)
    await gen.aclose()
    gen = returns()
    await anext(gen)
    await gen.aclose()
    gen = ignores()
    await anext(gen)
    try:
        await gen.aclose()
    except RuntimeError as error:
        trace("RuntimeError")
    trace("goes on:", await anext(gen, None))
    gen = resource("b")
    await anext(gen)
    step = gen.aclose()
    await step
    try:
        await step
    except RuntimeError:
        trace("cannot reuse")
