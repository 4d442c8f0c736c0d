"""loop.shutdown_asyncgens(): a running one is reported, one that begins later too; a second call finds nothing."""
import asyncio
import warnings


async def resource(name):
    try:
        yield name
        await asyncio.sleep(1)
        yield name
    finally:
        trace(name, "closing")
        await asyncio.sleep(0.25)
        trace(name, "closed")


def handler(loop, context):
    trace("handler got", context["message"][:59], str(context["exception"])[:50])


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(handler)
    idle = resource("idle")
    await anext(idle)
    running = resource("running")
    await anext(running)
    task = asyncio.create_task(anext(running))
    await asyncio.sleep(0.5)
    await loop.shutdown_asyncgens()
    trace("shut down")
    trace("idle has ended:", await anext(idle, None))
    trace("running goes on:", await task)
    await loop.shutdown_asyncgens()
    trace("nothing to do")
    await running.aclose()
    late = resource("late")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        await anext(late)
        trace("warnings:", len(caught), "scheduled after loop.shutdown_asyncgens() call" in str(caught[0].message))
    await late.aclose()
