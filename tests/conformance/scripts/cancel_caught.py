"""A task may catch CancelledError and return, raise something else, or go on."""
import asyncio


async def returns():
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError:
        return "a value"


async def raises():
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError:
        raise ValueError("another error")


async def goes_on():
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError:
        trace("goes on")
    await asyncio.sleep(1)
    return "after a second"


async def main():
    for body in (returns, raises, goes_on):
        task = asyncio.create_task(body())
        await asyncio.sleep(0.5)
        trace("cancel gives", task.cancel())
        try:
            trace("value", await task)
        except ValueError as error:
            trace("ValueError", error)
        trace("cancelled:", task.cancelled(), "requests", task.cancelling())
