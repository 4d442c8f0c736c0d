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

namespace gather_duplicates_cancelled {
Coro<int> child(Trace& trace, const char* name) {
  try {
    co_await sleep(9s);
  } catch (const CancelledError&) {
    trace(name, "has requests:", current_task().cancelling());
    throw;
  }
  co_return 0;
}

Coro<void> main_coro(Trace& trace) {
  const Task<int> a = create_task(child(trace, "a"));
  const Task<int> b = create_task(child(trace, "b"));
  const auto both = ensure_future(gather(a, b, a));
  co_await sleep(1s);
  trace("cancel gives", both.cancel());
  try {
    static_cast<void>(co_await both);
  } catch (const CancelledError&) {
    trace("the gather is cancelled");
  }
}
}  // namespace gather_duplicates_cancelled

namespace cancel_message_of_gather_and_shield {
template <class Awaitable>
Coro<void> shows(Trace& trace, Awaitable awaitable) {
  try {
    static_cast<void>(co_await std::move(awaitable));
  } catch (const CancelledError& error) {
    trace("cancelled:", error.message().empty() ? "no message" : error.message());
  }
}

Coro<int> slow(std::string name, double delay) {
  bool cancelled = false;
  try {
    co_await sleep(9s);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (!cancelled) co_return 0;
  co_await sleep(delay);
  throw CancelledError(name);
}

Coro<int> swallows() {
  bool cancelled = false;
  try {
    co_await sleep(9s);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (cancelled) co_await sleep(1s);
  co_return 0;
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  const Future<int> inner = loop.create_future<int>();
  loop.call_later(1s, [inner] { inner.cancel("inner"); });
  co_await shows(trace, shield(inner));
  co_await shows(trace, shield(inner));

  for (const bool swallow : {false, true}) {
    const Task<int> first = create_task(slow("first", 2));
    const Task<int> second = create_task(swallow ? swallows() : slow("second", 1));
    const Task<void> task = create_task(shows(trace, gather(return_exceptions, first, second)));
    co_await sleep(1s);
    task.cancel("from outside");
    co_await task;
  }
  std::vector<Task<int>> tasks;
  for (const char* name : {"a", "b", "c"}) tasks.push_back(create_task(slow(name, 1)));
  const Task<void> both = create_task(shows(trace, gather(std::move(tasks))));
  co_await sleep(1s);
  both.cancel("from outside");
  co_await both;

  const Future<int> child = loop.create_future<int>();
  const Task<void> task = create_task(shows(trace, gather(child)));
  co_await sleep(1s);
  child.cancel("inner");
  trace("cancel gives", task.cancel("from outside"));
  co_await task;
}
}  // namespace cancel_message_of_gather_and_shield

constexpr Script scripts[] = {
    {"gather_outer_cancel", gather_outer_cancel::main_coro},
    {"gather_outer_cancel_return_exceptions", gather_outer_cancel_return_exceptions::main_coro},
    {"gather_cancel_swallowed", gather_cancel_swallowed::main_coro},
    {"gather_cancel_when_done", gather_cancel_when_done::main_coro},
    {"gather_duplicates_cancelled", gather_duplicates_cancelled::main_coro},
    {"cancel_message_of_gather_and_shield", cancel_message_of_gather_and_shield::main_coro},
};
}  // namespace

std::span<const Script> gather_cancel_scripts() { return scripts; }

}  // namespace weft::conformance
