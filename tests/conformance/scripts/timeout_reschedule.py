"""A deadline that is moved: later, sooner, away, into the past; and when it is too late for that."""
import asyncio


async def main():
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(1) as timeout:
            timeout.reschedule(loop.time() + 3)
            await asyncio.sleep(2)
            trace("later")
            timeout.reschedule(loop.time() + 0.5)
            await asyncio.sleep(2)
    except TimeoutError:
        trace("sooner")
    async with asyncio.timeout(1) as timeout:
        timeout.reschedule(None)
        await asyncio.sleep(3)
    trace("away")
    try:
        async with asyncio.timeout(None) as timeout:
            timeout.reschedule(loop.time() - 1)
            trace("in the past")
            await asyncio.sleep(1)
            trace("not reached")
    except TimeoutError:
        trace("at once")
    try:
        timeout.reschedule(None)
    except RuntimeError:
        trace("refused after the end")
    try:
        async with asyncio.timeout(1) as timeout:
            try:
                await asyncio.sleep(3)
            except asyncio.CancelledError:
                try:
                    timeout.reschedule(None)
                except RuntimeError:
                    trace("refused while it expires")
                raise
    except TimeoutError:
        trace("timed out all the same")
