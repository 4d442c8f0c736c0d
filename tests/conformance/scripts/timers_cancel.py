"""A cancelled timer never fires, also when a timer of the same tick cancels it."""
import asyncio


def eighths(seconds):
    return int(seconds * 8)


async def main():
    loop = asyncio.get_running_loop()
    start = loop.time()
    early = loop.call_later(0.5, trace, "never: cancelled at once")
    trace("when", eighths(early.when() - start))
    early.cancel()
    trace("cancelled:", early.cancelled())
    victims = []
    loop.call_later(1, lambda: victims[0].cancel())
    victims.append(loop.call_later(1, trace, "never: cancelled by its neighbour"))
    kept = loop.call_later(1, trace, "fires")
    await asyncio.sleep(2)
    trace("cancelled:", victims[0].cancelled(), kept.cancelled())
    late = loop.call_at(start + 8, trace, "never: the last timer, cancelled")
    late.cancel()
    await asyncio.sleep(0.5)
    trace("when", eighths(kept.when() - start), eighths(late.when() - start))
