"""The context of an eager task, one that a callback creates, a factory of one's own, and a loop that does not run yet."""
import asyncio
import contextvars

variable = contextvars.ContextVar("variable", default="unset")


async def child(name):
    trace(name, "sees", variable.get())
    variable.set(name)
    await asyncio.sleep(0)
    trace(name, "still sees", variable.get())


def callback():
    variable.set("callback")
    task = asyncio.get_running_loop().create_task(child("from callback"))
    trace("callback goes on with", variable.get(), task.done())


async def main():
    loop = asyncio.get_running_loop()
    trace("main is eager?", asyncio.current_task().get_name())
    loop.set_task_factory(asyncio.eager_task_factory)
    variable.set("main")
    task = asyncio.create_task(child("child"))
    trace("main goes on with", variable.get())
    await task
    context = contextvars.copy_context()
    context.run(variable.set, "given")
    task = asyncio.create_task(child("in given"), context=context)
    trace("main goes on with", variable.get(), "given holds", context[variable])
    await task
    loop.call_soon(callback)
    await asyncio.sleep(1)

    def factory(loop, coro, **options):
        trace("factory")
        return asyncio.Task(coro, loop=loop, **options)

    loop.set_task_factory(factory)
    task = asyncio.create_task(child("by factory"))
    trace("created")
    await task

    def eager(coro, *, eager_start, **options):
        trace("eager", eager_start)
        return asyncio.Task(coro, eager_start=eager_start, **options)

    loop.set_task_factory(asyncio.create_eager_task_factory(eager))
    task = asyncio.create_task(child("by eager factory"))
    trace("created")
    await task

    def refuses(loop, coro, **options):
        coro.close()
        raise ValueError("no more tasks")

    loop.set_task_factory(refuses)
    for name, create in (("create_task", lambda: asyncio.create_task(child("never"))),
                         ("gather", lambda: asyncio.gather(child("never")))):
        try:
            await create()
        except ValueError as error:
            trace(name, error)
    loop.set_task_factory(None)
