"""cancel() reaches a sleeping task in the next tick; its awaiter sees CancelledError one tick later."""
import asyncio


async def sleeper(name):
    try:
        await asyncio.sleep(10)
        trace(name, "never")
    except asyncio.CancelledError:
        trace(name, "is cancelled")
        raise
    finally:
        trace(name, "finally")


async def main():
    a = asyncio.create_task(sleeper("a"))
    b = asyncio.create_task(sleeper("b"))
    await asyncio.sleep(1)
    trace("cancel b gives", b.cancel())
    trace("cancel a gives", a.cancel())
    trace("done:", a.done(), b.done(), "cancelled:", a.cancelled(), b.cancelled())
    for name, task in (("a", a), ("b", b)):
        try:
            await task
        except asyncio.CancelledError:
            trace("main saw CancelledError of", name)
    trace("done:", a.done(), b.done(), "cancelled:", a.cancelled(), b.cancelled())
    trace("cancel a gives", a.cancel())
    for ask in (a.result, a.exception):
        try:
            ask()
        except asyncio.CancelledError:
            trace("asking a raises CancelledError")
    trace("nothing is left to wait for")
