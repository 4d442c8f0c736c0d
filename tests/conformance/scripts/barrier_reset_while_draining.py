"""A reset, an abort or a cancel in each turn of a barrier that fills and drains."""
import asyncio


async def party(barrier, name):
    try:
        trace(name, "is", await barrier.wait())
    except asyncio.BrokenBarrierError:
        trace(name, "broke")
    except asyncio.CancelledError:
        trace(name, "is cancelled, waiting", barrier.n_waiting)


async def attempt(what, turns):
    trace(what, "after turns:", turns)
    barrier = asyncio.Barrier(3)
    tasks = [asyncio.create_task(party(barrier, name)) for name in "abcd"]
    for _ in range(turns):
        await asyncio.sleep(0)
    if what == "reset":
        await barrier.reset()
    elif what == "abort":
        await barrier.abort()
    else:
        trace("cancel gives", tasks[1].cancel())
    trace("waiting", barrier.n_waiting, "broken", barrier.broken)
    for _ in range(10):
        await asyncio.sleep(0)
    trace("waiting", barrier.n_waiting, "broken", barrier.broken, "done:", *(task.done() for task in tasks))
    await barrier.abort()
    await asyncio.wait(tasks)


async def main():
    for what in ("reset", "abort", "cancel"):
        for turns in (0, 1, 2, 3, 4):
            await attempt(what, turns)
