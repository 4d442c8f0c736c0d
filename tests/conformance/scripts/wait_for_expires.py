"""wait_for too late: the inner is cancelled and its end is waited for; what it then does decides."""
import asyncio


async def inner(name, then, slow=0):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        trace(name, "cancelled")
        if slow:
            await asyncio.sleep(slow)
            trace(name, "cleaned up")
        if then == "value":
            return "a value"
        if then == "error":
            raise ValueError("an error")
        raise


async def attempt(name, then, slow=0, task=False):
    aw = inner(name, then, slow)
    if task:
        aw = asyncio.create_task(aw)
    try:
        trace(name, "gave", await asyncio.wait_for(aw, 1))
    except TimeoutError:
        trace(name, "timed out")
    except ValueError as error:
        trace(name, "raised", error)
    if task:
        trace(name, "done", aw.done(), "cancelled", aw.cancelled())


async def main():
    await attempt("coroutine", "raise")
    await attempt("task", "raise", task=True)
    await attempt("slow coroutine", "raise", slow=2)
    await attempt("slow task", "raise", slow=2, task=True)
    await attempt("value", "value")
    await attempt("value of a task", "value", task=True)
    await attempt("error", "error")
    await attempt("error of a task", "error", task=True)
    future = asyncio.get_running_loop().create_future()
    try:
        await asyncio.wait_for(future, 1)
    except TimeoutError:
        trace("the future is cancelled", future.cancelled())
