// TaskGroup: how it ends, whatever its tasks and its block do.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

// As Python's str() of the error.
std::string text_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& known) {
    return known.what();
  } catch (...) {
    return "";
  }
}
std::string type_of(const std::exception_ptr& error) { return type_name(error); }

namespace task_group_ok {
Coro<std::string> child(Trace& trace, std::string name, double delay) {
  co_await sleep(delay);
  trace(name, "ends");
  co_return name;
}
Coro<void> spawner(Trace& trace, TaskGroup& group) {
  co_await sleep(1s);
  group.create_task(child(trace, "late", 1));
  trace("spawned");
}
Coro<void> nothing() { co_return; }

Coro<void> main_coro(Trace& trace) {
  Task<std::string> first;
  co_await with_task_group([&](TaskGroup& group) -> Coro<void> {
    first = group.create_task(child(trace, "first", 2));
    group.create_task(child(trace, "second", 1), {.name = "named"});
    trace("body ends");
    co_return;
  });
  trace("results", first.result());
  co_await with_task_group([&](TaskGroup& group) -> Coro<void> {
    group.create_task(spawner(trace, group));
    co_return;
  });
  trace("after the late one");
  Task<std::string> victim;
  co_await with_task_group([&](TaskGroup& group) -> Coro<void> {
    victim = group.create_task(child(trace, "victim", 5));
    group.create_task(child(trace, "other", 1));
    co_await sleep(0.5);
    victim.cancel();
  });
  trace("victim", victim.cancelled(), "cancelling", current_task().cancelling());
  const Task<void> ticks = create_task(count_ticks(trace));
  co_await sleep(0s);
  int start = trace.ticks;
  co_await with_task_group([](TaskGroup&) -> Coro<void> { co_return; });
  trace("ticks of an empty group:", trace.ticks - start);
  start = trace.ticks;
  co_await with_task_group([](TaskGroup& group) -> Coro<void> {
    group.create_task(nothing());
    co_return;
  });
  trace("ticks of one task:", trace.ticks - start);
  start = trace.ticks;
  co_await with_task_group([](TaskGroup& group) -> Coro<void> {
    group.create_task(nothing());
    for (int i = 0; i < 3; ++i) co_await sleep(0s);
  });
  trace("ticks of one that ended before:", trace.ticks - start);
  ticks.cancel();
}
}  // namespace task_group_ok

namespace task_group_failure {
Coro<void> fails(Trace& trace, std::string name, double delay) {
  co_await sleep(delay);
  trace(name, "fails");
  throw ValueError(name);
}
Coro<void> resists(Trace& trace, std::string name, double clean_up, std::string raises = "") {
  bool cancelled = false;
  try {
    co_await sleep(10s);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (!cancelled) co_return;
  co_await sleep(clean_up);
  trace(name, "cleaned up");
  if (!raises.empty()) throw RuntimeError(raises);
  throw CancelledError();
}

void show(Trace& trace, const ExceptionGroup& group, bool errors = true) {
  trace(group.what());
  if (!errors) return;
  for (const std::exception_ptr& error : group.exceptions()) trace("  ", type_of(error), text_of(error));
}

Coro<void> main_coro(Trace& trace) {
  const AnyTask task = current_task();
  try {
    co_await with_task_group([&](TaskGroup& group) -> Coro<void> {
      group.create_task(fails(trace, "a", 1));
      group.create_task(resists(trace, "b", 1));
      group.create_task(resists(trace, "c", 2, "c in its cleanup"));
      try {
        co_await sleep(5s);
      } catch (const CancelledError&) {
        trace("body cancelled, cancelling", task.cancelling());
        throw;
      }
    });
  } catch (const ExceptionGroup& errors) {
    show(trace, errors);
  }
  trace("cancelling", task.cancelling());
  try {
    co_await with_task_group([&](TaskGroup& group) -> Coro<void> {
      group.create_task(fails(trace, "d", 1));
      group.create_task(fails(trace, "e", 1));
      co_return;
    });
  } catch (const ExceptionGroup& errors) {
    show(trace, errors);
  }
  try {
    co_await with_task_group([&](TaskGroup& group) -> Coro<void> {
      group.create_task(fails(trace, "f", 1));
      try {
        co_await sleep(5s);
      } catch (const CancelledError&) {
        trace("body swallows");
      }
      co_await sleep(1s);
      trace("body goes on");
    });
  } catch (const ExceptionGroup& errors) {
    show(trace, errors, false);
  }
  trace("cancelling", task.cancelling());
  co_await sleep(0s);
  trace("no cancel is left");
}
}  // namespace task_group_failure

namespace task_group_body_raises {
Coro<void> child(Trace& trace, std::string name, bool fails = false) {
  try {
    co_await sleep(10s);
  } catch (const CancelledError&) {
    if (fails) {
      trace(name, "cancelled");
      throw ValueError(name);
    }
    throw;
  }
}
// As Python writes the list.
void show(Trace& trace, const ExceptionGroup& group) {
  std::string list;
  for (const std::exception_ptr& error : group.exceptions())
    list += (list.empty() ? "'" : ", '") + type_of(error) + ": " + text_of(error) + "'";
  trace(group.what(), "[" + list + "]");
}

Coro<void> main_coro(Trace& trace) {
  try {
    co_await with_task_group([&](TaskGroup& group) -> Coro<void> {
      group.create_task(child(trace, "a"));
      group.create_task(child(trace, "b", true));
      co_await sleep(1s);
      throw RuntimeError("body");
    });
  } catch (const ExceptionGroup& errors) {
    show(trace, errors);
  }
  try {
    co_await with_task_group([&](TaskGroup& group) -> Coro<void> {
      group.create_task(child(trace, "never starts"));
      throw RuntimeError("at once");
      co_return;
    });
  } catch (const ExceptionGroup& errors) {
    show(trace, errors);
  }
  Task<void> task;
  try {
    co_await with_task_group([&](TaskGroup& group) -> Coro<void> {
      task = group.create_task(child(trace, "c"));
      co_await sleep(1s);
      throw CancelledError("by hand");
    });
  } catch (const CancelledError& error) {
    trace("cancelled", error.message(), "child", task.cancelled());
  }
}
}  // namespace task_group_body_raises

namespace task_group_outer_cancel {
Coro<void> child(Trace& trace, std::string name, double clean_up, bool fails) {
  bool cancelled = false;
  try {
    co_await sleep(10s);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (!cancelled) co_return;
  trace(name, "cancelled");
  co_await sleep(clean_up);
  trace(name, "cleaned up");
  if (fails) throw ValueError(name);
  throw CancelledError();
}

Coro<void> grouped(Trace& trace, std::string name, double body, double clean_up, bool fails) {
  bool failed = false;
  try {
    co_await with_task_group([&](TaskGroup& group) -> Coro<void> {
      group.create_task(child(trace, name, clean_up, fails));
      co_await sleep(body);
    });
  } catch (const CancelledError& error) {
    trace(name, "CancelledError", error.message(), current_task().cancelling());
    throw;
  } catch (const ExceptionGroup& errors) {
    trace(name, errors.what(), "cancelling", current_task().cancelling());
    failed = true;
  }
  if (!failed) co_return;
  try {
    co_await sleep(0s);
  } catch (const CancelledError&) {
    trace(name, "the next await is cancelled");
    throw;
  }
}

Coro<void> attempt(Trace& trace, std::string name, double body, double clean_up, bool fails = false,
                   double again = -1) {
  const Task<void> task = create_task(grouped(trace, name, body, clean_up, fails));
  co_await sleep(1s);
  task.cancel("outside");
  if (again >= 0) {
    co_await sleep(again);
    task.cancel("once more");
  }
  co_await wait(only(task));
  trace(name, "is cancelled", task.cancelled());
}

Coro<void> main_coro(Trace& trace) {
  co_await attempt(trace, "body", 5, 1);
  co_await attempt(trace, "ending", 0, 1);
  co_await attempt(trace, "twice", 0, 2, false, 1);
  co_await attempt(trace, "fails", 5, 1, true);
  co_await attempt(trace, "fails ending", 0, 1, true);
}
}  // namespace task_group_outer_cancel

namespace task_group_nested {
Coro<void> fails(double delay, std::string name) {
  co_await sleep(delay);
  throw ValueError(name);
}
Coro<void> forever(Trace& trace, std::string name) {
  try {
    co_await sleep(100s);
  } catch (const CancelledError&) {
    trace(name, "cancelled");
    throw;
  }
}

Coro<void> main_coro(Trace& trace) {
  const AnyTask task = current_task();
  try {
    co_await with_task_group([&](TaskGroup& outer) -> Coro<void> {
      outer.create_task(fails(2, "outer"));
      co_await with_task_group([&](TaskGroup& inner) -> Coro<void> {
        inner.create_task(forever(trace, "inner child"));
        co_return;
      });
      trace("not reached");
    });
  } catch (const ExceptionGroup& errors) {
    trace(errors.what(), text_of(errors.exceptions()[0]), task.cancelling());
  }
  try {
    co_await with_task_group([&](TaskGroup& outer) -> Coro<void> {
      outer.create_task(forever(trace, "outer child"));
      co_await with_task_group([&](TaskGroup& inner) -> Coro<void> {
        inner.create_task(fails(1, "inner"));
        co_return;
      });
    });
  } catch (const ExceptionGroup& errors) {
    const std::exception_ptr nested = errors.exceptions()[0];
    trace(errors.what(), text_of(nested), "of", text_of(errors.leaves()[0]), task.cancelling());
  }
  try {
    co_await with_task_group([&](TaskGroup& outer) -> Coro<void> {
      outer.create_task(fails(1, "outer"));
      co_await with_task_group([&](TaskGroup& inner) -> Coro<void> {
        inner.create_task(fails(1, "inner"));
        co_await sleep(5s);
      });
    });
  } catch (const ExceptionGroup& errors) {
    std::string list;
    for (const std::exception_ptr& error : errors.exceptions())
      list += (list.empty() ? "'" : ", '") + text_of(error) + "'";
    trace(errors.what(), "[" + list + "]", task.cancelling());
  }
  try {
    co_await with_timeout(1s, [&]() -> Coro<void> {
      co_await with_task_group([&](TaskGroup& group) -> Coro<void> {
        group.create_task(forever(trace, "timed"));
        co_return;
      });
    });
  } catch (const TimeoutError&) {
    trace("timed out", task.cancelling());
  }
  try {
    co_await with_task_group([&](TaskGroup& group) -> Coro<void> {
      group.create_task(forever(trace, "sibling"));
      co_await with_timeout(1s, []() -> Coro<void> { co_await sleep(5s); });
    });
  } catch (const ExceptionGroup& errors) {
    trace("['" + type_of(errors.exceptions()[0]) + "']", task.cancelling());
  }
  co_await sleep(0s);
  trace("no cancel is left");
}
}  // namespace task_group_nested

namespace task_group_refused {
Coro<void> child(Trace& trace, std::string name) {
  trace(name, "runs");
  co_return;
}
Coro<void> fails() {
  throw ValueError("failed");
  co_return;
}
Coro<void> adds_when_cancelled(Trace& trace, TaskGroup& group) {
  try {
    co_await sleep(10s);
  } catch (const CancelledError&) {
    try {
      group.create_task(child(trace, "added too late"));
    } catch (const RuntimeError&) {
      trace("refused while it shuts down");
    }
    throw;
  }
}

Coro<void> main_coro(Trace& trace) {
  TaskGroup ended;  // with_task_group's own dies with its block, so that nobody can use it later
  ended.create_task(child(trace, "in time"));
  ended.block_ended(nullptr);
  for (Future<void> left = ended.tasks_ended(); left; left = ended.tasks_ended()) co_await left;
  try {
    ended.create_task(child(trace, "after the end"));
  } catch (const RuntimeError&) {
    trace("refused after the end");
  }
  try {
    co_await with_task_group([&](TaskGroup& group) -> Coro<void> {
      group.create_task(adds_when_cancelled(trace, group));
      group.create_task(fails());
      co_return;
    });
  } catch (const ExceptionGroup& errors) {
    trace(errors.what());
  }
}
}  // namespace task_group_refused

constexpr Script scripts[] = {
    {"task_group_ok", task_group_ok::main_coro},
    {"task_group_failure", task_group_failure::main_coro},
    {"task_group_body_raises", task_group_body_raises::main_coro},
    {"task_group_outer_cancel", task_group_outer_cancel::main_coro},
    {"task_group_nested", task_group_nested::main_coro},
    {"task_group_refused", task_group_refused::main_coro},
};
}  // namespace

std::span<const Script> task_group_scripts() { return scripts; }

}  // namespace weft::conformance
