"""KeyboardInterrupt out of a task leaves run() at once; the rest is cancelled at close."""
import asyncio


async def interrupts():
    await asyncio.sleep(0.5)
    trace("interrupting")
    raise KeyboardInterrupt


async def main():
    task = asyncio.create_task(interrupts())
    try:
        await task
        trace("never")
    except KeyboardInterrupt:
        trace("main sees it too")
    except asyncio.CancelledError:
        trace("main is cancelled")
        raise
