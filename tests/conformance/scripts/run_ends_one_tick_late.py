"""When main ends, the loop runs on to the end of the next batch; then the others are cancelled."""
import asyncio


async def spin(name):
    step = 0
    try:
        while True:
            step += 1
            trace(name, "step", step)
            await asyncio.sleep(0)
    finally:
        trace(name, "ends after step", step)


async def main():
    asyncio.create_task(spin("a"))
    asyncio.create_task(spin("b"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(trace, "soon from main's last step")
    asyncio.create_task(spin("late"))
    trace("main ends")
