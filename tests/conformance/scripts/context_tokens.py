"""reset() undoes one set(): in which order its refusals come, and what is left afterwards."""
import asyncio
import contextvars

user = contextvars.ContextVar("user")
other = contextvars.ContextVar("other", default="default")


def attempt(what, function, *args):
    try:
        function(*args)
    except Exception as error:
        trace(what, "raised", type(error).__name__)
    else:
        trace(what, "went well")


async def reset_in_task(token):
    attempt("in a task", user.reset, token)
    attempt("in a task, wrong variable", other.reset, token)


async def main():
    attempt("get without a value", user.get)
    trace("get with a default", user.get("given"), other.get(), other.get("given"))
    first = user.set("first")
    second = user.set("second")
    trace("old values:", first.old_value is contextvars.Token.MISSING, second.old_value)
    attempt("wrong variable", other.reset, second)
    await asyncio.create_task(reset_in_task(second))
    attempt("in a copy", contextvars.copy_context().run, user.reset, second)
    trace("still", user.get())
    attempt("reset", user.reset, second)
    trace("now", user.get())
    attempt("again", user.reset, second)
    attempt("again, wrong variable", other.reset, second)
    await asyncio.sleep(0)
    attempt("out of order", user.reset, first)
    attempt("get", user.get)
    trace("size", len(contextvars.copy_context()))
