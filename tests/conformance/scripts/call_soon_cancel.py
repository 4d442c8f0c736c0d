"""A cancelled handle never runs, also when an earlier callback of its own batch cancels it."""
import asyncio


async def main():
    loop = asyncio.get_running_loop()
    first = loop.call_soon(trace, "never: cancelled at once")
    first.cancel()
    trace("cancelled:", first.cancelled())
    victims = []
    loop.call_soon(lambda: victims[0].cancel())
    victims.append(loop.call_soon(trace, "never: cancelled by its neighbour"))
    last = loop.call_soon(trace, "runs")
    trace("cancelled:", victims[0].cancelled(), last.cancelled())
    await asyncio.sleep(0)
    trace("cancelled:", victims[0].cancelled(), last.cancelled())
    last.cancel()
    last.cancel()
    trace("cancel after the run is no error, cancelled:", last.cancelled())
