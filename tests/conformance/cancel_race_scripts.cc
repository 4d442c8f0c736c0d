// Task.cancel() against completion, against other requests, and along a chain of awaiting tasks.
#include <chrono>
#include <string>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace cancel_counts {
Coro<std::string> counted(Trace& trace) {
  AnyTask task = current_task();
  try {
    co_await sleep(5s);
  } catch (const CancelledError&) {
    trace("requests", task.cancelling());
    trace("uncancel gives", task.uncancel());
    trace("uncancel gives", task.uncancel());
    trace("uncancel gives", task.uncancel());
  }
  co_await sleep(1s);
  trace("requests", task.cancelling());
  co_return "done";
}

void cancel(Trace& trace, Task<std::string>& task) {
  const bool given = task.cancel();
  trace("cancel gives", given, "requests", task.cancelling());
}

Coro<void> main_coro(Trace& trace) {
  Task<std::string> task = create_task(counted(trace));
  trace("requests", task.cancelling());
  co_await sleep(0s);
  cancel(trace, task);
  cancel(trace, task);
  const std::string value = co_await task;
  trace(value, "requests", task.cancelling());
  cancel(trace, task);
}
}  // namespace cancel_counts

namespace cancel_uncancel_in_time {
Coro<void> own(Trace& trace) {
  AnyTask task = current_task();
  task.cancel();
  task.cancel();
  trace("uncancel gives", task.uncancel());
  trace("uncancel gives", task.uncancel());
  co_await sleep(1s);
  trace("own was not cancelled");
}

Coro<void> not_enough(Trace& trace) {
  AnyTask task = current_task();
  task.cancel();
  task.cancel();
  trace("uncancel gives", task.uncancel());
  try {
    co_await sleep(1s);
    trace("never");
  } catch (const CancelledError&) {
    trace("one request is left");
  }
}

Coro<void> fresh(Trace& trace) {
  trace("fresh runs");
  co_return;
}

Coro<void> sleeping(Trace& trace) {
  try {
    co_await sleep(1s);
    trace("never");
  } catch (const CancelledError&) {
    trace("its future was cancelled already, requests", current_task().cancelling());
  }
}

Coro<void> main_coro(Trace& trace) {
  Task<void> task = create_task(own(trace));
  co_await task;
  task = create_task(not_enough(trace));
  co_await task;
  task = create_task(fresh(trace));
  task.cancel();
  trace("uncancel gives", task.uncancel());
  co_await task;
  task = create_task(sleeping(trace));
  co_await sleep(0s);
  task.cancel();
  trace("uncancel gives", task.uncancel());
  co_await task;
}
}  // namespace cancel_uncancel_in_time

namespace cancel_propagates {
Coro<void> leaf(Trace& trace, Future<int> gate) {
  try {
    co_await gate;
  } catch (const CancelledError&) {
    trace("leaf in tick", trace.ticks);
    throw;
  }
}

Coro<void> awaits(Trace& trace, const char* name, Task<void> task) {
  try {
    co_await task;
  } catch (const CancelledError&) {
    trace(name, "in tick", trace.ticks);
    throw;
  }
}

Coro<void> main_coro(Trace& trace) {
  Future<int> gate = get_running_loop().create_future<int>();
  Task<void> ticker = create_task(count_ticks(trace));
  Task<void> inner = create_task(leaf(trace, gate));
  Task<void> middle = create_task(awaits(trace, "middle", inner));
  Task<void> outer = create_task(awaits(trace, "outer", middle));
  co_await sleep(0s);
  trace("cancel in tick", trace.ticks);
  outer.cancel();
  trace("requests", inner.cancelling(), middle.cancelling(), outer.cancelling(), "gate:", gate.cancelled());
  try {
    co_await outer;
  } catch (const CancelledError&) {
    trace("main in tick", trace.ticks);
  }
  trace("cancelled:", inner.cancelled(), middle.cancelled(), outer.cancelled());
  ticker.cancel();
}
}  // namespace cancel_propagates

namespace cancel_swallowed_by_child {
Coro<std::string> child(Trace& trace) {
  try {
    co_await sleep(5s);
  } catch (const CancelledError&) {
    trace("child swallows");
  }
  co_await sleep(500ms);
  co_return "the child's value";
}

Coro<std::string> parent(Trace& trace) {
  Task<std::string> task = create_task(child(trace));
  const std::string value = co_await task;
  trace("parent got", value);
  co_await sleep(1s);
  co_return "the parent's value";
}

Coro<void> main_coro(Trace& trace) {
  Task<std::string> task = create_task(parent(trace));
  co_await sleep(1s);
  task.cancel();
  const std::string value = co_await task;
  trace("value", value, "requests", task.cancelling(), "cancelled:", task.cancelled());
}
}  // namespace cancel_swallowed_by_child

namespace cancel_after_completion {
template <class From>
Coro<void> takes(Trace& trace, From from) {
  try {
    const std::string value = co_await from;
    trace("takes got", value);
  } catch (const CancelledError&) {
    trace("takes is cancelled, the future's result", from.result());
    throw;
  }
}

Coro<std::string> value() {
  co_await sleep(0s);
  co_return "task's value";
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  Future<std::string> future = loop.create_future<std::string>();
  Task<void> task = create_task(takes(trace, future));
  Task<void> other = create_task(takes(trace, future));
  co_await sleep(0s);
  future.set_result("value");
  trace("cancel gives", task.cancel(), "future cancelled:", future.cancelled());
  try {
    co_await task;
  } catch (const CancelledError&) {
    trace("CancelledError");
  }
  co_await other;

  Task<std::string> inner = create_task(value());
  task = create_task(takes(trace, inner));
  loop.call_soon([&] {
    loop.call_soon([&] {
      const bool done = inner.done();
      trace("inner done:", done, "cancel gives", task.cancel());
    });
  });
  try {
    co_await task;
  } catch (const CancelledError&) {
    trace("CancelledError, inner cancelled:", inner.cancelled());
  }
}
}  // namespace cancel_after_completion

namespace cancel_after_wake_up {
Coro<void> sleeper(Trace& trace) {
  try {
    co_await sleep(1s);
    trace("slept to the end");
  } catch (const CancelledError&) {
    trace("cancelled in the last moment");
    throw;
  }
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  Task<void> task = create_task(sleeper(trace));
  co_await sleep(0s);
  loop.call_later(1s, [&] { trace("cancel gives", task.cancel()); });
  try {
    co_await task;
  } catch (const CancelledError&) {
    trace("CancelledError");
  }

  Task<void> other = create_task(sleeper(trace));
  co_await sleep(0s);
  loop.call_later(1s, [&] { loop.call_soon([&] { trace("cancel gives", other.cancel()); }); });
  co_await other;
  co_await sleep(0s);
}
}  // namespace cancel_after_wake_up

namespace cancel_twice {
Coro<void> cleans_up(Trace& trace) {
  std::exception_ptr cancelled;
  try {
    co_await sleep(10s);
  } catch (...) {
    cancelled = std::current_exception();
  }
  trace("clean-up starts, requests", current_task().cancelling());
  try {
    co_await sleep(2s);
    trace("clean-up ends");
  } catch (...) {
    cancelled = std::current_exception();
  }
  trace("clean-up is left, requests", current_task().cancelling());
  std::rethrow_exception(cancelled);
}

Coro<void> see(Trace& trace, Task<void> task) {
  try {
    co_await task;
  } catch (const CancelledError&) {
    trace("CancelledError");
  }
}

void cancel_both(Trace& trace, Task<void>& task) {
  const bool first = task.cancel();
  const bool second = task.cancel();
  trace("cancel gives", first, second);
}

Coro<void> main_coro(Trace& trace) {
  Task<void> task = create_task(cleans_up(trace));
  co_await sleep(1s);
  cancel_both(trace, task);
  co_await sleep(1s);
  trace("cancel gives", task.cancel());
  co_await see(trace, task);
  task = create_task(cleans_up(trace));
  co_await sleep(1s);
  cancel_both(trace, task);
  co_await see(trace, task);
}
}  // namespace cancel_twice

namespace cancel_delivered_stays {
Coro<void> sleeps(Trace& trace) {
  current_task().cancel("first");
  try {
    co_await sleep(1s);
    trace("never");
  } catch (const CancelledError& error) {
    trace("cancelled:", error.message());
  }
}

Coro<void> takes_a_step(Trace& trace) {
  current_task().cancel("first");
  auto completed = as_completed(only(get_running_loop().create_future<int>()));
  try {
    for (Coro<int> step : completed) static_cast<void>(co_await std::move(step));
    trace("never");
  } catch (const CancelledError& error) {
    trace("cancelled:", error.message());
  }
}

Coro<void> yields(Trace& trace) {
  current_task().cancel("first");
  try {
    co_await sleep(0s);
    trace("nothing was cancelled");
  } catch (const CancelledError& error) {
    trace("cancelled:", error.message());
  }
}

Coro<void> main_coro(Trace& trace) {
  for (Coro<void> (*function)(Trace&) : {sleeps, takes_a_step, yields}) {
    const Task<void> again = create_task(function(trace));
    const Task<void> back = create_task(function(trace));
    co_await sleep(0s);
    again.cancel("second");
    trace("uncancel gives", back.uncancel());
    co_await again;
    co_await back;
  }
}
}  // namespace cancel_delivered_stays

constexpr Script scripts[] = {
    {"cancel_counts", cancel_counts::main_coro},
    {"cancel_uncancel_in_time", cancel_uncancel_in_time::main_coro},
    {"cancel_propagates", cancel_propagates::main_coro},
    {"cancel_swallowed_by_child", cancel_swallowed_by_child::main_coro},
    {"cancel_after_completion", cancel_after_completion::main_coro},
    {"cancel_after_wake_up", cancel_after_wake_up::main_coro},
    {"cancel_twice", cancel_twice::main_coro},
    {"cancel_delivered_stays", cancel_delivered_stays::main_coro},
};
}  // namespace

std::span<const Script> cancel_race_scripts() { return scripts; }

}  // namespace weft::conformance
