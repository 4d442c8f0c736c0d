"""A task cancelled before its first step never runs its body, but takes its place in the queue."""
import asyncio


async def body(name):
    trace(name, "runs")
    await asyncio.sleep(0)
    trace(name, "second step")


async def main():
    first = asyncio.create_task(body("first"))
    victim = asyncio.create_task(body("victim"))
    victim.add_done_callback(lambda task: trace("victim ended, cancelled:", task.cancelled()))
    last = asyncio.create_task(body("last"))
    trace("cancel gives", victim.cancel())
    trace("cancel gives", victim.cancel(), "requests", victim.cancelling())
    await asyncio.sleep(0)
    trace("main after one tick, done:", victim.done())
    try:
        await victim
    except asyncio.CancelledError:
        trace("CancelledError")
    await first
    await last
