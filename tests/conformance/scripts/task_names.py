"""Default names count up from main's; a given or set name wins; current_task is the running one."""
import asyncio


def number(task):
    return int(task.get_name().removeprefix("Task-"))


async def child(main_number):
    trace("Task-N, N - main's:", number(asyncio.current_task()) - main_number)
    await asyncio.sleep(0)
    trace("Task-N, N - main's:", number(asyncio.current_task()) - main_number)


async def inline(main_task):
    trace("inline in main:", asyncio.current_task() is main_task)


async def named():
    trace("named", asyncio.current_task().get_name())
    asyncio.current_task().set_name("renamed")
    await asyncio.sleep(0)
    trace("named", asyncio.current_task().get_name())


async def main():
    main_number = number(asyncio.current_task())
    first = asyncio.create_task(child(main_number))
    special = asyncio.create_task(named(), name="special")
    second = asyncio.create_task(child(main_number))
    await inline(asyncio.current_task())
    await first
    await second
    await special
    trace("name of a done task", special.get_name())
    await asyncio.gather(child(main_number), child(main_number))
