"""A barrier drains in the order of its parties' numbers; late comers wait outside for that, and make the next round."""
import asyncio


async def party(barrier, name):
    number = await barrier.wait()
    trace(name, "is", number, "waiting", barrier.n_waiting)
    if number == 0:
        again = await barrier.wait()
        trace(name, "is", again, "in its second round, waiting", barrier.n_waiting)


async def main():
    barrier = asyncio.Barrier(3)
    tasks = [asyncio.create_task(party(barrier, name)) for name in "abcdefg"]
    for _ in range(8):
        await asyncio.sleep(0)
        trace("a turn, waiting", barrier.n_waiting)
    tasks += [asyncio.create_task(party(barrier, "h")), asyncio.create_task(party(barrier, "i"))]
    done, pending = await asyncio.wait(tasks, timeout=1)
    trace("done:", len(done), "pending:", len(pending), "waiting", barrier.n_waiting)
    await barrier.abort()
    trace("broken", barrier.broken)
