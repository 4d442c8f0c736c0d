"""An eager task runs its first step inside create_task; what comes after its first suspension is as ever."""
import asyncio


creator = None


async def child(name, suspends):
    trace(name, "begins", asyncio.current_task() is not creator)
    if suspends:
        await asyncio.sleep(0)
        trace(name, "goes on in", asyncio.current_task().get_name())
    return name


async def fails():
    raise ValueError("at once")


async def cancels_itself():
    asyncio.current_task().cancel("itself")
    trace("cancelling", asyncio.current_task().cancelling())
    await asyncio.sleep(0)


async def main():
    global creator
    creator = asyncio.current_task()
    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)
    loop.call_soon(trace, "callback")
    done = asyncio.create_task(child("done", False), name="first")
    trace("created", done.done(), done.result(), done.cancel(), asyncio.current_task() is creator)
    done.add_done_callback(lambda task: trace("told", task.result()))
    waits = asyncio.create_task(child("waits", True), name="second")
    trace("created", waits.done())
    failed = asyncio.create_task(fails())
    trace("failed", failed.done(), repr(failed.exception()))
    cancelled = asyncio.create_task(cancels_itself())
    trace("cancels itself", cancelled.done())
    trace("all", sorted(task.get_name() for task in asyncio.all_tasks() if task.get_name() == "second"))
    trace("awaits", await waits, await done)
    try:
        await cancelled
    except asyncio.CancelledError as error:
        trace("cancelled", error)
    loop.set_task_factory(None)
    lazy = asyncio.create_task(child("lazy", False), name="third")
    trace("created", lazy.done(), loop.get_task_factory())
    await lazy
