"""stop() lets the batch in progress finish; what the batch scheduled waits for the next run."""


def main(runner):
    loop = runner.get_loop()

    def first():
        trace("first, running:", loop.is_running())
        loop.call_soon(trace, "scheduled by first")

    loop.call_soon(first)
    loop.call_soon(loop.stop)
    loop.call_soon(trace, "behind stop, same batch")
    loop.run_forever()
    trace("run_forever returned, running:", loop.is_running())
    loop.call_soon(loop.stop)
    loop.run_forever()
    trace("second run_forever returned")
    loop.call_later(1, loop.stop)
    loop.call_later(1, trace, "behind stop, same tick")
    loop.call_later(0.5, trace, "before stop")
    loop.run_forever()
    trace("third run_forever returned")
