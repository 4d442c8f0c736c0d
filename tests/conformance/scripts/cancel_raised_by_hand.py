"""A task that raises CancelledError itself ends cancelled, without any request."""
import asyncio


async def gives_up():
    await asyncio.sleep(1)
    raise asyncio.CancelledError("gave up")


async def main():
    task = asyncio.create_task(gives_up())
    try:
        await task
    except asyncio.CancelledError as error:
        trace("CancelledError", error)
    trace("cancelled:", task.cancelled(), "requests", task.cancelling())
    trace("main's requests", asyncio.current_task().cancelling())
