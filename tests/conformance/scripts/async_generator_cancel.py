"""Cancel at an await inside the generator: it gets the CancelledError. Cancel in the consumer's own await: it does not."""
import asyncio


async def ticks(name, swallow):
    i = 0
    try:
        while True:
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                trace(name, "is cancelled inside")
                if swallow == 0:
                    raise
                swallow -= 1
            yield i
            i += 1
    finally:
        trace(name, "cleans up")
        await asyncio.sleep(0.25)
        trace(name, "is clean")


async def consume(gen, pause):
    try:
        while (x := await anext(gen, None)) is not None:
            trace("got", x, asyncio.current_task().get_name())
            await asyncio.sleep(pause)
        trace("the generator has ended")
    except asyncio.CancelledError:
        trace("consumer is cancelled")
        raise


async def cancelled(task):
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        trace("task was cancelled")


async def main():
    inside = ticks("inside", 0)
    task = asyncio.create_task(consume(inside, 0), name="first")
    await asyncio.sleep(1.5)
    await cancelled(task)
    trace("ended:", await anext(inside, None))

    swallows = ticks("swallows", 1)
    task = asyncio.create_task(consume(swallows, 0), name="second")
    await asyncio.sleep(1.5)
    task.cancel()
    await asyncio.sleep(1)
    await cancelled(task)
    trace("ended:", await anext(swallows, None))

    outside = ticks("outside", 0)
    task = asyncio.create_task(consume(outside, 10), name="third")
    await asyncio.sleep(1.5)
    await cancelled(task)
    trace("goes on:", await anext(outside))
    await outside.aclose()

    timed = ticks("timed", 0)
    try:
        await asyncio.wait_for(anext(timed), 0.5)
    except TimeoutError:
        trace("TimeoutError")
    trace("ended:", await anext(timed, None))
