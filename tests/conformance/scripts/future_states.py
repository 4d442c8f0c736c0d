"""Every wrong-state use of a future raises InvalidStateError; each end is final."""
import asyncio


def attempt(name, function, *args):
    try:
        trace(name, "gives", function(*args))
    except asyncio.InvalidStateError:
        trace(name, "InvalidStateError")
    except asyncio.CancelledError:
        trace(name, "CancelledError")
    except ValueError as error:
        trace(name, "ValueError", error)


def ask(future):
    trace("done:", future.done(), "cancelled:", future.cancelled())
    attempt("result", future.result)
    attempt("cancel", future.cancel)


async def main():
    loop = asyncio.get_running_loop()
    pending = loop.create_future()
    attempt("result", pending.result)
    attempt("exception", pending.exception)
    ask(pending)
    ask(pending)
    attempt("exception", pending.exception)

    good = loop.create_future()
    good.set_result("value")
    ask(good)
    for action in (lambda: good.set_result("other"), lambda: good.set_exception(ValueError("other"))):
        try:
            action()
        except asyncio.InvalidStateError:
            trace("set again: InvalidStateError")
    trace("still", good.result())

    bad = loop.create_future()
    bad.set_exception(ValueError("wrong"))
    ask(bad)
    trace("exception is", type(bad.exception()).__name__)
    try:
        bad.set_result("other")
    except asyncio.InvalidStateError:
        trace("set again: InvalidStateError")
