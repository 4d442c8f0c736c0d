"""call_exception_handler calls the handler inline; None as handler brings the default back."""
import asyncio


def handler(loop, context):
    trace("handler got", context["message"])


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(handler)
    trace("before")
    loop.call_exception_handler({"message": "something to look at"})
    trace("after")
