"""stop() inside run() makes run() raise; the next run() goes on where the loop stood."""
import asyncio


async def stopping():
    trace("stopping")
    asyncio.get_running_loop().stop()
    await asyncio.sleep(0)
    trace("stopping one tick on")
    await asyncio.sleep(1)
    trace("stopping has ended")


async def second():
    trace("second")
    await asyncio.sleep(2)
    return "value of second"


def main(runner):
    try:
        runner.run(stopping())
    except RuntimeError:
        trace("RuntimeError from run")
    trace("run gives", runner.run(second()))
