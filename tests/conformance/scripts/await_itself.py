"""A task that awaits itself gets RuntimeError and may go on."""
import asyncio


async def narcissus():
    await asyncio.sleep(0)
    try:
        await asyncio.current_task()
    except RuntimeError:
        trace("RuntimeError")
    await asyncio.sleep(1)
    return "goes on"


async def main():
    trace(await asyncio.create_task(narcissus()))
