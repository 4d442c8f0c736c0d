"""gather's children are tasks: each has a copy of the context in which gather was called, and keeps what it sets for itself."""
import asyncio
import contextvars

user = contextvars.ContextVar("user", default="nobody")


async def child(name, delay):
    trace(name, "begins with", user.get())
    user.set(name)
    await asyncio.sleep(delay)
    trace(name, "still has", user.get())
    return user.get()


async def pair(name):
    user.set(name)
    return await asyncio.gather(child(name + " 1", 1), child(name + " 2", 0))


async def main():
    user.set("main")
    a, b = await asyncio.gather(pair("a"), pair("b"))
    trace(*a, *b)
    trace("main has", user.get())
