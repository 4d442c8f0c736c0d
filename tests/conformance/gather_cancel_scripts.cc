// gather: cancelled from outside.
#include <chrono>
#include <string>
#include <tuple>
#include <utility>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace gather_outer_cancel {
Coro<void> child(Trace& trace, const char* name, double delay) {
  try {
    co_await sleep(delay);
    trace(name, "ends");
  } catch (const CancelledError&) {
    trace(name, "is cancelled");
    throw;
  }
}

Coro<void> parent(Trace& trace) {
  try {
    co_await gather(child(trace, "a", 5), child(trace, "b", 1), child(trace, "c", 7));
  } catch (const CancelledError& error) {
    trace("parent sees CancelledError", error.message());
    throw;
  }
}

Coro<void> main_coro(Trace& trace) {
  Task<void> task = create_task(parent(trace));
  co_await sleep(2s);
  trace("cancel gives", task.cancel("stop it"));
  try {
    co_await task;
  } catch (const CancelledError&) {
    trace("CancelledError, cancelled:", task.cancelled());
  }
  trace("tasks:", all_tasks().size());
}
}  // namespace gather_outer_cancel

namespace gather_outer_cancel_return_exceptions {
Coro<void> child(Trace& trace, const char* name, double clean_up) {
  std::exception_ptr cancelled;
  try {
    co_await sleep(10s);
  } catch (...) {
    cancelled = std::current_exception();
  }
  trace(name, "cleans up");
  co_await sleep(clean_up);
  trace(name, "has cleaned up");
  std::rethrow_exception(cancelled);
}

Coro<void> parent(Trace& trace, bool errors_are_values) {
  try {
    if (errors_are_values) {
      co_await gather(return_exceptions, child(trace, "a", 1), child(trace, "b", 2));
    } else {
      co_await gather(child(trace, "a", 1), child(trace, "b", 2));
    }
  } catch (const CancelledError&) {
    trace("parent is cancelled");
    throw;
  }
}

Coro<void> cancel_after_a_second(Trace& trace, bool errors_are_values) {
  Task<void> task = create_task(parent(trace, errors_are_values));
  co_await sleep(1s);
  task.cancel();
  try {
    co_await task;
  } catch (const CancelledError&) {
    trace("CancelledError");
  }
  co_await sleep(3s);
}

Coro<void> main_coro(Trace& trace) {
  co_await cancel_after_a_second(trace, true);
  co_await cancel_after_a_second(trace, false);
}
}  // namespace gather_outer_cancel_return_exceptions

namespace gather_cancel_swallowed {
Coro<std::string> stubborn(Trace& trace, std::string name) {
  try {
    co_await sleep(5s);
  } catch (const CancelledError&) {
    trace(name, "swallows");
  }
  co_await sleep(1s);
  co_return name;
}

Coro<std::string> parent(Trace& trace) {
  Coro<std::string> a = stubborn(trace, "a");
  Coro<std::string> b = stubborn(trace, "b");
  try {
    auto both = co_await gather(std::move(a), std::move(b));
    trace("results", std::get<0>(both), std::get<1>(both));
  } catch (const CancelledError&) {
    trace("parent is cancelled all the same");
    co_return "parent's value";
  }
  co_return "";
}

Coro<void> main_coro(Trace& trace) {
  Task<std::string> task = create_task(parent(trace));
  co_await sleep(1s);
  task.cancel();
  const std::string value = co_await task;
  trace(value);
}
}  // namespace gather_cancel_swallowed

namespace gather_cancel_when_done {
Coro<std::string> child(Future<std::string> future) {
  std::string value = co_await future;
  co_return value;
}

Coro<void> parent(Trace& trace, Task<std::string> left, Task<std::string> right) {
  try {
    auto both = co_await gather(left, right);
    trace("results", std::get<0>(both), std::get<1>(both));
  } catch (const CancelledError&) {
    trace("parent is cancelled");
    throw;
  }
}

Coro<void> main_coro(Trace& trace) {
  for (int hops = 0; hops < 5; ++hops) {
    Future<std::string> future = get_running_loop().create_future<std::string>();
    Task<std::string> left = create_task(child(future));
    Task<std::string> right = create_task(child(future));
    Task<void> gathering = create_task(parent(trace, left, right));
    co_await sleep(0s);
    co_await sleep(0s);
    future.set_result("value");
    for (int hop = 0; hop < hops; ++hop) co_await sleep(0s);
    trace("after", hops, "hops cancel gives", gathering.cancel());
    try {
      co_await gathering;
      trace("not cancelled");
    } catch (const CancelledError&) {
      trace("CancelledError");
    }
    trace("children cancelled:", left.cancelled(), right.cancelled());
  }
}
}  // namespace gather_cancel_when_done

constexpr Script scripts[] = {
    {"gather_outer_cancel", gather_outer_cancel::main_coro},
    {"gather_outer_cancel_return_exceptions", gather_outer_cancel_return_exceptions::main_coro},
    {"gather_cancel_swallowed", gather_cancel_swallowed::main_coro},
    {"gather_cancel_when_done", gather_cancel_when_done::main_coro},
};
}  // namespace

std::span<const Script> gather_cancel_scripts() { return scripts; }

}  // namespace weft::conformance
