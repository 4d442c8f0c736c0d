"""One that is dropped at a yield is closed by its loop, in a task, some turns later; one that never began or has ended is not."""
import asyncio


async def resource(name):
    try:
        yield 1
        yield 2
    finally:
        trace(name, "closing in", asyncio.current_task().get_name(), "tick", trace.ticks)
        await asyncio.sleep(1)
        trace(name, "closed")


async def fails():
    try:
        yield 1
    finally:
        await asyncio.sleep(0)
        raise ValueError("clean-up failed")


def handler(loop, context):
    trace("handler got", context["message"], context["exception"])


async def count_ticks():
    while True:
        trace.ticks += 1
        await asyncio.sleep(0)


async def take_one(gen):
    trace("took", await anext(gen))


async def break_out():
    gen = resource("broken off")
    trace("took", await anext(gen))


async def main():
    asyncio.get_running_loop().set_exception_handler(handler)
    ticker = asyncio.create_task(count_ticks(), name="ticker")
    await asyncio.sleep(0)
    trace("tick", trace.ticks)
    await break_out()
    trace("dropped at tick", trace.ticks)
    for _ in range(4):
        await asyncio.sleep(0)
    ticker.cancel()
    await asyncio.sleep(1)
    resource("never began")
    gen = resource("ended")
    while await anext(gen, None):
        pass
    del gen
    await asyncio.sleep(2)
    await take_one(fails())
    await asyncio.sleep(1)
    trace("main ends")
