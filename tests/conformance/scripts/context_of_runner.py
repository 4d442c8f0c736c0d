"""The runs of one Runner share a context, unless one is given; nothing of it is seen outside."""
import asyncio
import contextvars

user = contextvars.ContextVar("user", default="nobody")


async def swap(name):
    before = user.get()
    user.set(name)
    return before


async def left_over():
    await asyncio.sleep(1)
    trace("left over has", user.get())


async def leave():
    asyncio.create_task(left_over())
    user.set("left")


async def wait():
    await asyncio.sleep(2)
    return user.get()


def main(runner):
    trace("first finds", runner.run(swap("first")))
    trace("second finds", runner.run(swap("second")))
    trace("outside", user.get())
    given = contextvars.Context()
    trace("given finds", runner.run(swap("given"), context=given))
    trace("given has", given[user])
    runner.run(leave())
    trace("last has", runner.run(wait()))
