"""stop() before run_forever() gives exactly one tick, which does not wait for timers."""


def main(runner):
    loop = runner.get_loop()
    loop.call_soon(trace, "ready")
    loop.call_soon(lambda: loop.call_soon(trace, "second tick"))
    loop.call_later(0, trace, "timer that is due")
    loop.call_later(1, trace, "timer in a second")
    loop.stop()
    loop.run_forever()
    trace("one tick later")
    loop.stop()
    loop.run_forever()
    trace("two ticks later")
    loop.call_later(2, loop.stop)
    loop.run_forever()
    trace("two seconds later")
