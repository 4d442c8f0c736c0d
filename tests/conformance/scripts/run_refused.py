"""run() inside a running loop is refused, and so is run() after close()."""
import asyncio


async def inner():
    trace("never")


async def outer(runner):
    coro = inner()
    try:
        runner.run(coro)
    except RuntimeError:
        trace("refused inside")
    coro.close()
    return "outer"


def main(runner):
    loop = runner.get_loop()
    trace(runner.run(outer(runner)), "closed:", loop.is_closed())
    runner.close()
    runner.close()
    trace("closed:", loop.is_closed())
    coro = inner()
    try:
        runner.run(coro)
    except RuntimeError:
        trace("refused after close")
    coro.close()
