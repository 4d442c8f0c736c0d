"""Each child of a gather is a task: current_task differs, all_tasks holds it, it can be cancelled alone."""
import asyncio


async def child(name, main_task, seen):
    task = asyncio.current_task()
    trace(name, "is main:", task is main_task, "is its neighbour:", task in seen)
    seen.append(task)
    trace("tasks:", len(asyncio.all_tasks()))
    await asyncio.sleep(1)
    trace(name, "is the same task:", asyncio.current_task() is task)
    return name


async def long_child():
    try:
        await asyncio.sleep(9)
    except asyncio.CancelledError:
        trace("long child is cancelled")
        return "cut short"


async def cancels(seen):
    await asyncio.sleep(2)
    for task in asyncio.all_tasks():
        if task.get_name() == "long":
            trace("cancel gives", task.cancel())
    return "cancelled it"


async def named_child():
    asyncio.current_task().set_name("long")
    return await long_child()


async def main():
    seen = []
    main_task = asyncio.current_task()
    a, b = await asyncio.gather(child("a", main_task, seen), child("b", main_task, seen))
    trace("results", a, b, "tasks:", len(asyncio.all_tasks()))
    trace("done:", seen[0].done(), seen[1].done())
    long, short = await asyncio.gather(named_child(), cancels(seen))
    trace("results", long, short)
