"""A callback that raises goes to the exception handler; the rest of its batch runs."""
import asyncio


def fail(text):
    trace("about to raise", text)
    raise ValueError(text)


def handler(loop, context):
    error = context["exception"]
    trace("handler got", type(error).__name__, error)


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(handler)
    loop.call_soon(trace, "before")
    loop.call_soon(fail, "from call_soon")
    loop.call_soon(trace, "after")
    loop.call_later(0.5, fail, "from call_later")
    loop.call_later(0.5, trace, "the other timer")
    await asyncio.sleep(1)
    trace("main ends")
