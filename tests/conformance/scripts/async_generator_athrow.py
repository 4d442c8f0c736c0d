"""athrow(): caught and answered by a value, by the end, by another error; on one that has not begun, and on one that has ended."""
import asyncio


async def stubborn():
    while True:
        try:
            yield "value"
        except ValueError as error:
            trace("caught", error)
            await asyncio.sleep(0.5)
            yield "answer"
        except LookupError:
            trace("gives up")
            return


async def translates():
    try:
        yield 1
    except ValueError:
        await asyncio.sleep(0)
        raise RuntimeError("instead")


async def main():
    gen = stubborn()
    trace(await anext(gen))
    trace(await gen.athrow(ValueError("one")))
    trace(await anext(gen))
    trace(await gen.athrow(ValueError("two")))
    trace(await anext(gen))
    try:
        await gen.athrow(LookupError("enough"))
    except StopAsyncIteration:
        trace("StopAsyncIteration")
    trace("ended:", await gen.athrow(ValueError("late")))
    gen = translates()
    trace(await anext(gen))
    try:
        await gen.athrow(ValueError("x"))
    except RuntimeError as error:
        trace("raised", error)
    trace("ended:", await anext(gen, None))
    gen = stubborn()
    try:
        await gen.athrow(ValueError("at once"))
    except ValueError as error:
        trace("raised", error)
    trace("ended:", await anext(gen, None))
    gen = stubborn()
    await anext(gen)
    try:
        await gen.athrow(asyncio.CancelledError("by hand"))
    except asyncio.CancelledError:
        trace("CancelledError")
    trace("ended:", await anext(gen, None))
