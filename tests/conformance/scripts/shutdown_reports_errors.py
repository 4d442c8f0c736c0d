"""A task that fails while it is being cancelled at the end is reported to the exception handler."""
import asyncio


def handler(loop, context):
    error = context["exception"]
    trace("handler got", type(error).__name__, error)


async def fails():
    try:
        await asyncio.sleep(10)
    finally:
        await asyncio.sleep(0.25)
        trace("failing during the clean-up")
        raise ValueError("clean-up failed")


async def refuses():
    while True:
        try:
            await asyncio.sleep(1)
            trace("refused to be cancelled")
            return
        except asyncio.CancelledError:
            trace("refuses")


async def main():
    asyncio.get_running_loop().set_exception_handler(handler)
    asyncio.create_task(fails())
    asyncio.create_task(refuses())
    await asyncio.sleep(0.5)
    trace("main ends")
