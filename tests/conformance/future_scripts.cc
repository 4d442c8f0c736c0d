// Futures: their states and their cancel().
#include <chrono>
#include <string>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace future_states {
template <class Ask>
void attempt(Trace& trace, const char* name, Ask ask) {
  try {
    trace(name, "gives", ask());
  } catch (const InvalidStateError&) {
    trace(name, "InvalidStateError");
  } catch (const CancelledError&) {
    trace(name, "CancelledError");
  } catch (const ValueError& error) {
    trace(name, "ValueError", error.what());
  }
}

void attempt_exception(Trace& trace, const Future<std::string>& future) {
  attempt(trace, "exception", [&] { return type_name(future.exception()); });
}

void ask(Trace& trace, Future<std::string>& future) {
  trace("done:", future.done(), "cancelled:", future.cancelled());
  attempt(trace, "result", [&] { return future.result(); });
  attempt(trace, "cancel", [&] { return future.cancel(); });
}

template <class Action>
void set_again(Trace& trace, Action action) {
  try {
    action();
  } catch (const InvalidStateError&) {
    trace("set again: InvalidStateError");
  }
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  Future<std::string> pending = loop.create_future<std::string>();
  attempt(trace, "result", [&] { return pending.result(); });
  attempt_exception(trace, pending);
  ask(trace, pending);
  ask(trace, pending);
  attempt_exception(trace, pending);

  Future<std::string> good = loop.create_future<std::string>();
  good.set_result("value");
  ask(trace, good);
  set_again(trace, [&] { good.set_result("other"); });
  set_again(trace, [&] { good.set_exception(ValueError("other")); });
  trace("still", good.result());

  Future<std::string> bad = loop.create_future<std::string>();
  bad.set_exception(ValueError("wrong"));
  ask(trace, bad);
  trace("exception is", type_name(bad.exception()));
  set_again(trace, [&] { bad.set_result("other"); });
  co_return;
}
}  // namespace future_states

namespace future_cancel {
Coro<std::string> waiter(Trace& trace, std::string name, Future<int> future) {
  try {
    co_await future;
  } catch (const CancelledError& error) {
    trace(name, "CancelledError", error.message());
    co_return name + " recovered";
  }
  co_return "";
}

Coro<void> main_coro(Trace& trace) {
  Future<int> future = get_running_loop().create_future<int>();
  future.add_done_callback([&trace](const AnyFuture& done) { trace("callback, cancelled:", done.cancelled()); });
  Task<std::string> a = create_task(waiter(trace, "a", future));
  Task<std::string> b = create_task(waiter(trace, "b", future));
  co_await sleep(0s);
  trace("cancel gives", future.cancel("the reason"));
  trace("cancel gives", future.cancel("another reason"));
  trace("done:", future.done(), "cancelled:", future.cancelled());
  std::string words = co_await a;
  trace(words);
  words = co_await b;
  trace(words);
  trace("a was cancelled:", a.cancelled());
}
}  // namespace future_cancel

namespace cancel_waiter_of_many {
Coro<void> waiter(Trace& trace, const char* name, Future<std::string> future) {
  try {
    const std::string value = co_await future;
    trace(name, "got", value);
  } catch (const CancelledError&) {
    trace(name, "CancelledError, requests", current_task().cancelling());
  }
}

Coro<void> main_coro(Trace& trace) {
  Future<std::string> future = get_running_loop().create_future<std::string>();
  Task<void> a = create_task(waiter(trace, "a", future));
  Task<void> b = create_task(waiter(trace, "b", future));
  Task<void> c = create_task(waiter(trace, "c", future));
  co_await sleep(0s);
  b.cancel();
  trace("future cancelled:", future.cancelled());
  co_await a;
  co_await b;
  co_await c;
  try {
    future.set_result("too late");
  } catch (const InvalidStateError&) {
    trace("InvalidStateError");
  }
}
}  // namespace cancel_waiter_of_many

constexpr Script scripts[] = {
    {"future_states", future_states::main_coro},
    {"future_cancel", future_cancel::main_coro},
    {"cancel_waiter_of_many", cancel_waiter_of_many::main_coro},
};
}  // namespace

std::span<const Script> future_scripts() { return scripts; }

}  // namespace weft::conformance
