"""All waiters of a future resume in the order in which they waited, callbacks among them."""
import asyncio


async def wait_for_it(name, future):
    trace(name, "waits")
    trace(name, "got", await future)


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    tasks = [asyncio.create_task(wait_for_it(name, future)) for name in "abc"]
    await asyncio.sleep(0)
    future.add_done_callback(lambda done: trace("callback got", done.result()))
    tasks.append(asyncio.create_task(wait_for_it("d", future)))
    await asyncio.sleep(0)
    future.set_result("value")
    trace("set; nobody has resumed")
    tasks.append(asyncio.create_task(wait_for_it("late", future)))
    await tasks[4]
    trace("the late one is done")
    await tasks[0]
