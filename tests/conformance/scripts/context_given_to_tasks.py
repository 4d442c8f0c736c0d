"""create_task(context=...) runs the task in that context itself: later tasks and the giver see what it sets."""
import asyncio
import contextvars

user = contextvars.ContextVar("user", default="nobody")
steps = contextvars.ContextVar("steps", default=0)


async def child(name):
    for _ in range(3):
        trace(name, "sees", user.get(), steps.get())
        user.set(name)
        steps.set(steps.get() + 1)
        await asyncio.sleep(0)


async def main():
    context = contextvars.copy_context()
    one = asyncio.create_task(child("one"), context=context)
    two = asyncio.create_task(child("two"), context=context)
    trace("same:", one.get_context() is context, two.get_context() is context)
    await one
    await two
    trace("context has", context[user], context[steps], len(context))
    trace("main has", user.get(), steps.get())
    apart = asyncio.create_task(child("apart"), context=context.copy())
    await apart
    trace("context has", context[user], context[steps])
