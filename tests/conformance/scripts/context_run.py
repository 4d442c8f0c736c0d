"""Context.run: what it sets stays inside, an entered context cannot be entered again, tasks and callbacks made inside copy it."""
import asyncio
import contextvars

user = contextvars.ContextVar("user", default="nobody")


async def child():
    trace("child has", user.get())
    user.set("child")


def enter_again(context, name):
    try:
        context.run(user.get)
    except RuntimeError:
        trace(name, "refused")
    else:
        trace(name, "entered")


def inside(context, loop):
    trace("inside", user.get())
    user.set("inside")
    loop.call_soon(lambda: trace("callback has", user.get()))
    task = asyncio.create_task(child())
    enter_again(context, "the same")
    contextvars.copy_context().run(enter_again, context, "the same through a copy")
    return task


def fail():
    user.set("failed")
    raise ValueError


async def main():
    context = contextvars.Context()
    task = context.run(inside, context, asyncio.get_running_loop())
    trace("main has", user.get())
    await task
    trace("context has", context[user])
    enter_again(context, "afterwards")
    try:
        context.run(fail)
    except ValueError:
        trace("context has", context[user])
    enter_again(asyncio.current_task().get_context(), "the task's own")
    asyncio.get_running_loop().call_soon(enter_again, context, "in a callback")
    asyncio.get_running_loop().call_soon(lambda: enter_again(context, "in its callback"), context=context)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
