"""A task copies its creator's context when it is created; what either sets afterwards stays with it; an inline coroutine shares."""
import asyncio
import contextvars

user = contextvars.ContextVar("user", default="nobody")


async def child(name):
    trace(name, "begins with", user.get())
    user.set(name)
    await asyncio.sleep(1)
    trace(name, "still has", user.get())


async def inline():
    await asyncio.sleep(0)
    user.set("inline")


async def main():
    user.set("main")
    one = asyncio.create_task(child("one"))
    user.set("changed")
    two = asyncio.create_task(child("two"))
    await one
    await two
    trace("main has", user.get())
    await inline()
    trace("main has", user.get())
