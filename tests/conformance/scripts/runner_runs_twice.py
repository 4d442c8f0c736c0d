"""One Runner, several runs: one loop, one time line; a task left by the first goes on in the second."""
import asyncio


async def spin(name, steps):
    for step in range(steps):
        trace(name, step)
        await asyncio.sleep(0.5)
    trace(name, "is finished")


async def first():
    asyncio.create_task(spin("left over", 4))
    await asyncio.sleep(0.75)
    return 1


async def second():
    trace("others:", len(asyncio.all_tasks()) - 1)
    await asyncio.sleep(2)
    return 2


def main(runner):
    trace("first gives", runner.run(first()))
    trace("between the runs")
    trace("second gives", runner.run(second()))
