"""The exception handler runs in the context of the callback that failed."""
import asyncio
import contextvars

user = contextvars.ContextVar("user", default="nobody")


def fail(name):
    user.set(name)
    raise ValueError(name)


def handler(loop, context):
    trace("handler has", user.get(), "for", context["exception"])
    user.set("handler")


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(handler)
    given = contextvars.Context()
    loop.call_soon(fail, "soon")
    loop.call_soon(fail, "given", context=given)
    future = loop.create_future()
    future.add_done_callback(lambda _: fail("done"))
    future.set_result(None)
    user.set("main")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    trace("main has", user.get(), "given has", given[user])
