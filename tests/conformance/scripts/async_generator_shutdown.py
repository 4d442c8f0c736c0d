"""The end of run(): first the tasks are cancelled, then the generators that have begun are closed, all at once."""
import asyncio


async def resource(name, delay):
    try:
        yield name
    finally:
        trace("closing one")
        await asyncio.sleep(delay)
        trace(name, "closed")


async def fails():
    try:
        yield "fails"
    finally:
        await asyncio.sleep(0.25)
        raise ValueError("clean-up failed")


def handler(loop, context):
    trace("handler got", context["message"][:59], context["exception"])


async def holds(gen):
    trace("holds", await anext(gen))
    try:
        await asyncio.sleep(10)
    finally:
        trace("holder ends")
        await asyncio.sleep(0.5)


kept = []


async def main():
    asyncio.get_running_loop().set_exception_handler(handler)
    kept.append(resource("kept", 1))
    trace(await anext(kept[0]))
    kept.append(fails())
    trace(await anext(kept[1]))
    kept.append(resource("never began", 1))
    kept.append(resource("held", 0.5))
    asyncio.create_task(holds(kept[3]))
    await asyncio.sleep(0.25)
    trace("main ends")
