"""run_until_complete on a future: its value, its error, and a future that is done already."""


def main(runner):
    loop = runner.get_loop()
    value = loop.create_future()
    loop.call_later(1.5, value.set_result, 42)
    trace("value", loop.run_until_complete(value))
    trace("again", loop.run_until_complete(value))

    error = loop.create_future()
    loop.call_later(0.5, error.set_exception, ValueError("no value"))
    try:
        loop.run_until_complete(error)
    except ValueError as caught:
        trace("caught", caught)

    never = loop.create_future()
    loop.call_later(0.5, loop.stop)
    try:
        loop.run_until_complete(never)
    except RuntimeError:
        trace("RuntimeError, the future is done:", never.done())
