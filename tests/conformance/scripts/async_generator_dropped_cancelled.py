"""The task that closes a dropped generator is cancelled: before its first step, and in the clean-up."""
import asyncio


async def resource(name):
    try:
        yield 1
    except GeneratorExit:
        trace(name, "got GeneratorExit")
        await asyncio.sleep(1)
        trace(name, "is closed")
        raise
    except asyncio.CancelledError:
        trace(name, "got CancelledError")
        await asyncio.sleep(1)
        trace(name, "is closed")
        raise


async def drop_one(name):
    gen = resource(name)
    await anext(gen)


def cancel_closers():
    for task in asyncio.all_tasks():
        if task.get_name() != "main":
            trace("cancels")
            task.cancel()


async def main():
    asyncio.current_task().set_name("main")
    await drop_one("early")
    await asyncio.sleep(0)
    cancel_closers()
    await asyncio.sleep(2)
    await drop_one("late")
    await asyncio.sleep(0.5)
    cancel_closers()
    await asyncio.sleep(2)
    trace("main ends")
