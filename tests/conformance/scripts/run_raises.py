"""An error of main leaves run(); the other tasks are cancelled all the same."""
import asyncio


async def other():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        trace("other is cancelled")
        await asyncio.sleep(0.5)
        trace("other has cleaned up")
        raise


async def main():
    asyncio.create_task(other())
    await asyncio.sleep(1)
    raise ValueError("main failed")
