"""Tasks start in creation order, one tick after create_task, never inside it."""
import asyncio


async def child(name):
    trace(name, "starts")
    if name == "b":
        asyncio.create_task(child("b's child"))
    await asyncio.sleep(0)
    trace(name, "second step")


async def main():
    tasks = []
    for name in "abc":
        tasks.append(asyncio.create_task(child(name)))
        trace("created", name)
    trace("nothing has started")
    await asyncio.sleep(0)
    trace("main after one tick")
    for task in tasks:
        await task
    trace("all ended")
