"""call_soon, call_later, call_at and done callbacks capture a copy of the context at registration, or run in the one given."""
import asyncio
import contextvars

user = contextvars.ContextVar("user", default="nobody")


def report(name):
    trace(name, "runs with", user.get())
    user.set(name)


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    user.set("for done")
    future.add_done_callback(lambda _: report("done"))
    user.set("for soon")
    loop.call_soon(report, "soon")
    loop.call_soon(report, "soon again")
    user.set("for threadsafe")
    loop.call_soon_threadsafe(report, "threadsafe")
    user.set("for later")
    loop.call_later(1, report, "later")
    user.set("for at")
    loop.call_at(loop.time() + 1, report, "at")
    context = contextvars.Context()
    loop.call_soon(report, "given", context=context)
    loop.call_later(1, report, "given later", context=context)
    future.add_done_callback(lambda _: report("given done"), context=context)
    user.set("set")
    future.set_result(None)
    await asyncio.sleep(2)
    trace("main has", user.get(), "given has", context[user])
    future.add_done_callback(lambda _: report("late"))
    user.set("after late")
    await asyncio.sleep(0)
    trace("main has", user.get())
