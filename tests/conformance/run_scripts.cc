// run(), Runner and the loop under them: stop(), run_until_complete(), several runs.
#include <chrono>
#include <string>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace stop_ends_the_batch {
void drive(Trace& trace, Runner& runner) {
  EventLoop& loop = runner.get_loop();
  loop.call_soon([&] {
    trace("first, running:", loop.is_running());
    loop.call_soon([&trace] { trace("scheduled by first"); });
  });
  loop.call_soon([&loop] { loop.stop(); });
  loop.call_soon([&trace] { trace("behind stop, same batch"); });
  loop.run_forever();
  trace("run_forever returned, running:", loop.is_running());
  loop.call_soon([&loop] { loop.stop(); });
  loop.run_forever();
  trace("second run_forever returned");
  loop.call_later(1s, [&loop] { loop.stop(); });
  loop.call_later(1s, [&trace] { trace("behind stop, same tick"); });
  loop.call_later(500ms, [&trace] { trace("before stop"); });
  loop.run_forever();
  trace("third run_forever returned");
}
}  // namespace stop_ends_the_batch

namespace stop_before_run {
void drive(Trace& trace, Runner& runner) {
  EventLoop& loop = runner.get_loop();
  loop.call_soon([&trace] { trace("ready"); });
  loop.call_soon([&] { loop.call_soon([&trace] { trace("second tick"); }); });
  loop.call_later(0s, [&trace] { trace("timer that is due"); });
  loop.call_later(1s, [&trace] { trace("timer in a second"); });
  loop.stop();
  loop.run_forever();
  trace("one tick later");
  loop.stop();
  loop.run_forever();
  trace("two ticks later");
  loop.call_later(2s, [&loop] { loop.stop(); });
  loop.run_forever();
  trace("two seconds later");
}
}  // namespace stop_before_run

namespace run_until_complete_future {
void drive(Trace& trace, Runner& runner) {
  EventLoop& loop = runner.get_loop();
  Future<int> value = loop.create_future<int>();
  loop.call_later(1500ms, [value]() mutable { value.set_result(42); });
  trace("value", loop.run_until_complete(value));
  trace("again", loop.run_until_complete(value));

  Future<int> error = loop.create_future<int>();
  loop.call_later(500ms, [error]() mutable { error.set_exception(ValueError("no value")); });
  try {
    loop.run_until_complete(error);
  } catch (const ValueError& caught) {
    trace("caught", caught.what());
  }

  Future<int> never = loop.create_future<int>();
  loop.call_later(500ms, [&loop] { loop.stop(); });
  try {
    loop.run_until_complete(never);
  } catch (const RuntimeError&) {
    trace("RuntimeError, the future is done:", never.done());
  }
}
}  // namespace run_until_complete_future

namespace run_ends_one_tick_late {
Coro<void> spin(Trace& trace, const char* name) {
  int step = 0;
  try {
    for (;;) {
      ++step;
      trace(name, "step", step);
      co_await sleep(0s);
    }
  } catch (...) {
    trace(name, "ends after step", step);
    throw;
  }
}

Coro<void> main_coro(Trace& trace) {
  create_task(spin(trace, "a"));
  create_task(spin(trace, "b"));
  co_await sleep(0s);
  co_await sleep(0s);
  get_running_loop().call_soon([&trace] { trace("soon from main's last step"); });
  create_task(spin(trace, "late"));
  trace("main ends");
}
}  // namespace run_ends_one_tick_late

namespace run_raises {
Coro<void> other(Trace& trace) {
  std::exception_ptr cancelled;
  try {
    co_await sleep(10s);
  } catch (const CancelledError&) {
    trace("other is cancelled");
    cancelled = std::current_exception();
  }
  co_await sleep(500ms);
  trace("other has cleaned up");
  std::rethrow_exception(cancelled);
}

Coro<void> main_coro(Trace& trace) {
  create_task(other(trace));
  co_await sleep(1s);
  throw ValueError("main failed");
}
}  // namespace run_raises

namespace run_is_stopped {
Coro<void> stopping(Trace& trace) {
  trace("stopping");
  get_running_loop().stop();
  co_await sleep(0s);
  trace("stopping one tick on");
  co_await sleep(1s);
  trace("stopping has ended");
}

Coro<std::string> second(Trace& trace) {
  trace("second");
  co_await sleep(2s);
  co_return "value of second";
}

void drive(Trace& trace, Runner& runner) {
  try {
    runner.run(stopping(trace));
  } catch (const RuntimeError&) {
    trace("RuntimeError from run");
  }
  trace("run gives", runner.run(second(trace)));
}
}  // namespace run_is_stopped

namespace runner_runs_twice {
Coro<void> spin(Trace& trace, const char* name, int steps) {
  for (int step = 0; step < steps; ++step) {
    trace(name, step);
    co_await sleep(500ms);
  }
  trace(name, "is finished");
}

Coro<int> first(Trace& trace) {
  create_task(spin(trace, "left over", 4));
  co_await sleep(750ms);
  co_return 1;
}

Coro<int> second(Trace& trace) {
  trace("others:", all_tasks().size() - 1);
  co_await sleep(2s);
  co_return 2;
}

void drive(Trace& trace, Runner& runner) {
  trace("first gives", runner.run(first(trace)));
  trace("between the runs");
  trace("second gives", runner.run(second(trace)));
}
}  // namespace runner_runs_twice

namespace run_refused {
Coro<void> inner(Trace& trace) {
  trace("never");
  co_return;
}

Coro<std::string> outer(Trace& trace, Runner& runner) {
  try {
    runner.run(inner(trace));
  } catch (const RuntimeError&) {
    trace("refused inside");
  }
  co_return "outer";
}

void drive(Trace& trace, Runner& runner) {
  EventLoop& loop = runner.get_loop();
  const std::string value = runner.run(outer(trace, runner));
  trace(value, "closed:", loop.is_closed());
  runner.close();
  runner.close();
  trace("closed:", loop.is_closed());
  try {
    runner.run(inner(trace));
  } catch (const RuntimeError&) {
    trace("refused after close");
  }
}
}  // namespace run_refused

namespace keyboard_interrupt {
Coro<void> interrupts(Trace& trace) {
  co_await sleep(500ms);
  trace("interrupting");
  throw KeyboardInterrupt();
}

Coro<void> main_coro(Trace& trace) {
  Task<void> task = create_task(interrupts(trace));
  try {
    co_await task;
    trace("never");
  } catch (const KeyboardInterrupt&) {
    trace("main sees it too");
  } catch (const CancelledError&) {
    trace("main is cancelled");
    throw;
  }
}
}  // namespace keyboard_interrupt

constexpr Script scripts[] = {
    {"stop_ends_the_batch", nullptr, stop_ends_the_batch::drive},
    {"stop_before_run", nullptr, stop_before_run::drive},
    {"run_until_complete_future", nullptr, run_until_complete_future::drive},
    {"run_ends_one_tick_late", run_ends_one_tick_late::main_coro},
    {"run_raises", run_raises::main_coro},
    {"run_is_stopped", nullptr, run_is_stopped::drive},
    {"runner_runs_twice", nullptr, runner_runs_twice::drive},
    {"run_refused", nullptr, run_refused::drive},
    {"keyboard_interrupt", keyboard_interrupt::main_coro},
};
}  // namespace

std::span<const Script> run_scripts() { return scripts; }

}  // namespace weft::conformance
