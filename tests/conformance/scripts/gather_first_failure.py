"""The first failure is raised at once; the others run on, and their later errors are nobody's business."""
import asyncio


async def child(name, delay):
    await asyncio.sleep(delay)
    trace(name, "ends")


async def fails(text, delay):
    await asyncio.sleep(delay)
    trace("failing", text)
    raise ValueError(text)


def handler(loop, context):
    trace("handler got", context["message"])


async def main():
    asyncio.get_running_loop().set_exception_handler(handler)
    try:
        await asyncio.gather(child("a", 3), fails("early", 1), child("b", 0.5), fails("late", 2))
    except ValueError as error:
        trace("caught", error)
    trace("tasks:", len(asyncio.all_tasks()))
    await asyncio.sleep(4)
    trace("tasks:", len(asyncio.all_tasks()))
