"""A block that swallows the cancellation, raises something else, or ends in a finally that waits."""
import asyncio


async def main():
    async with asyncio.timeout(1) as timeout:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            trace("swallowed")
        await asyncio.sleep(1)
        trace("went on")
    trace("expired", timeout.expired(), "cancelling", asyncio.current_task().cancelling())
    try:
        async with asyncio.timeout(1) as timeout:
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                raise ValueError("instead")
    except ValueError as error:
        trace("raised", error, "expired", timeout.expired(), "cancelling", asyncio.current_task().cancelling())
    try:
        async with asyncio.timeout(1) as timeout:
            try:
                await asyncio.sleep(10)
            finally:
                await asyncio.sleep(2)
                trace("finally is over")
    except TimeoutError:
        trace("timed out after its finally")
    await asyncio.sleep(0)
    trace("still here")
