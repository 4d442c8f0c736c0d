// wait_for: in time, too late, with no time at all, and in the same turn as something else.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace wait_for_results {
Coro<int> value(double delay, int number) {
  if (delay >= 0) co_await sleep(delay);
  co_return number;
}
Coro<void> fails() {
  co_await sleep(0.5);
  throw ValueError("inside");
}

Coro<void> main_coro(Trace& trace) {
  trace("value", co_await wait_for(value(1, 1), 2s));
  trace("without an end", co_await wait_for(value(1, 2), std::nullopt));
  const Task<int> task = create_task(value(1, 3));
  trace("a task", co_await wait_for(task, 2s));
  const int first = co_await wait_for(task, 2s);
  const int second = co_await wait_for(task, 0s);
  trace("done already", first, second);
  try {
    co_await wait_for(fails(), 1s);
  } catch (const ValueError& error) {
    trace("raised", error.what());
  }
  const Future<int> future = get_running_loop().create_future<int>();
  get_running_loop().call_later(1s, [future] { future.set_result(4); });
  trace("a future", co_await wait_for(future, 1.5));
  const Task<void> ticks = create_task(count_ticks(trace));
  co_await sleep(0s);
  int start = trace.ticks;
  static_cast<void>(co_await wait_for(value(-1, 5), 1s));
  trace("ticks of a ready coroutine:", trace.ticks - start);
  start = trace.ticks;
  static_cast<void>(co_await wait_for(value(0, 6), 1s));
  trace("ticks of one yield:", trace.ticks - start);
  start = trace.ticks;
  static_cast<void>(co_await wait_for(create_task(value(-1, 7)), 1s));
  trace("ticks of a new task:", trace.ticks - start);
  ticks.cancel();
}
}  // namespace wait_for_results

namespace wait_for_expires {
Coro<std::string> inner(Trace& trace, std::string name, std::string then, double slow) {
  bool cancelled = false;
  try {
    co_await sleep(10s);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (cancelled) {
    trace(name, "cancelled");
    if (slow > 0) {
      co_await sleep(slow);
      trace(name, "cleaned up");
    }
    if (then == "value") co_return "a value";
    if (then == "error") throw ValueError("an error");
    throw CancelledError();
  }
  co_return "";
}

Coro<void> attempt(Trace& trace, std::string name, std::string then, double slow = 0, bool as_task = false) {
  Task<std::string> task;
  try {
    std::string gave;
    if (as_task) {
      task = create_task(inner(trace, name, then, slow));
      gave = co_await wait_for(task, 1s);
    } else {
      gave = co_await wait_for(inner(trace, name, then, slow), 1s);
    }
    trace(name, "gave", gave);
  } catch (const TimeoutError&) {
    trace(name, "timed out");
  } catch (const ValueError& error) {
    trace(name, "raised", error.what());
  }
  if (as_task) trace(name, "done", task.done(), "cancelled", task.cancelled());
}

Coro<void> main_coro(Trace& trace) {
  co_await attempt(trace, "coroutine", "raise");
  co_await attempt(trace, "task", "raise", 0, true);
  co_await attempt(trace, "slow coroutine", "raise", 2);
  co_await attempt(trace, "slow task", "raise", 2, true);
  co_await attempt(trace, "value", "value");
  co_await attempt(trace, "value of a task", "value", 0, true);
  co_await attempt(trace, "error", "error");
  co_await attempt(trace, "error of a task", "error", 0, true);
  const Future<int> future = get_running_loop().create_future<int>();
  try {
    static_cast<void>(co_await wait_for(future, 1s));
  } catch (const TimeoutError&) {
    trace("the future is cancelled", future.cancelled());
  }
}
}  // namespace wait_for_expires

namespace wait_for_zero {
Coro<std::string> body(Trace& trace, std::string name) {
  trace(name, "started");
  bool cancelled = false;
  try {
    co_await sleep(1s);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (cancelled) {
    trace(name, "cancelled");
    co_await sleep(1s);
    throw CancelledError();
  }
  co_return name;
}
Coro<std::string> swallows() {
  try {
    co_await sleep(10s);
  } catch (const CancelledError&) {
    co_return "swallowed";
  }
  co_return "";
}

Coro<void> main_coro(Trace& trace) {
  for (const double delay : {0.0, -1.0}) {
    try {
      static_cast<void>(co_await wait_for(body(trace, "coroutine"), delay));
    } catch (const TimeoutError&) {
      trace("coroutine timed out");
    }
    const Task<std::string> task = create_task(body(trace, "task"));
    co_await sleep(0s);
    try {
      static_cast<void>(co_await wait_for(task, delay));
    } catch (const TimeoutError&) {
      trace("task timed out", task.cancelled());
    }
    const Task<std::string> resists = create_task(swallows());
    co_await sleep(0s);
    trace(co_await wait_for(resists, delay));
  }
  const Future<int> failed = get_running_loop().create_future<int>();
  failed.set_exception(ValueError("before"));
  try {
    static_cast<void>(co_await wait_for(failed, 0s));
  } catch (const ValueError& error) {
    trace("raised", error.what());
  }
}
}  // namespace wait_for_zero

namespace wait_for_races {
template <class Awaitable>
Coro<void> guarded(Trace& trace, const char* name, Awaitable awaitable, Delay timeout) {
  try {
    trace(name, "gave", co_await wait_for(awaitable, timeout));
  } catch (const TimeoutError&) {
    trace(name, "timed out");
  } catch (const CancelledError& error) {
    trace(name, "cancelled", error.message());
    throw;
  }
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  const Future<std::string> a = loop.create_future<std::string>();
  loop.call_later(1s, [a] { a.try_set_result("result first"); });
  co_await guarded(trace, "a", a, 1s);
  const Future<std::string> b = loop.create_future<std::string>();
  Task<void> task = create_task(guarded(trace, "b", b, 1s));
  co_await sleep(0s);
  loop.call_later(1s, [b] { b.try_set_result("deadline first"); });
  co_await wait(only(task));
  const Future<std::string> c = loop.create_future<std::string>();
  task = create_task(guarded(trace, "c", c, 2s));
  co_await sleep(1s);
  c.set_result("and a cancel in one turn");
  task.cancel("outside");
  co_await wait(only(task));
  trace("c is cancelled", task.cancelled());
  const Task<int> inner = create_task(sleep_in_task(sleep(10s, 1)));
  task = create_task(guarded(trace, "d", inner, 2s));
  co_await sleep(1s);
  task.cancel("outside");
  co_await wait(only(task));
  trace("d is cancelled", task.cancelled(), "its inner", inner.cancelled());
  const Future<int> never = loop.create_future<int>();
  task = create_task(guarded(trace, "e", never, 1s));
  loop.call_later(1s, [task] { task.cancel("before the deadline"); });
  co_await wait(only(task));
  trace("e is cancelled", task.cancelled());
}
}  // namespace wait_for_races

constexpr Script scripts[] = {
    {"wait_for_results", wait_for_results::main_coro},
    {"wait_for_expires", wait_for_expires::main_coro},
    {"wait_for_zero", wait_for_zero::main_coro},
    {"wait_for_races", wait_for_races::main_coro},
};
}  // namespace

std::span<const Script> wait_for_scripts() { return scripts; }

}  // namespace weft::conformance
