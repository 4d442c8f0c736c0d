"""A done callback that raises goes to the exception handler; the other callbacks and awaiters go on."""
import asyncio


def handler(loop, context):
    trace("handler got", type(context["exception"]).__name__, context["exception"])


def fails(future):
    raise ValueError("callback of " + future.result())


async def waiter(future):
    trace("waiter got", await future)


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(handler)
    future = loop.create_future()
    future.add_done_callback(lambda done: trace("callback 1"))
    future.add_done_callback(fails)
    future.add_done_callback(lambda done: trace("callback 3"))
    task = asyncio.create_task(waiter(future))
    await asyncio.sleep(0)
    future.set_result("future")
    await task
    trace("main")
