// Done callbacks: when, in which order, how often; taking them out; what happens when one raises.
#include <chrono>
#include <string>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace done_callbacks_order {
Coro<std::string> work(Trace& trace) {
  co_await sleep(1s);
  trace("work ends");
  co_return "value";
}

void add_report(Trace& trace, Task<std::string>& task, const char* name) {
  task.add_done_callback([&trace, name, task](const AnyFuture& done) {
    trace(name, "got", task.result(), "done:", done == task && done.done());
  });
}

Coro<void> main_coro(Trace& trace) {
  Task<std::string> task = create_task(work(trace));
  add_report(trace, task, "a");
  add_report(trace, task, "b");
  add_report(trace, task, "c");
  trace("main awaits");
  co_await task;
  trace("main resumed");
  add_report(trace, task, "late");
  trace("added after the end, not called yet");
  co_await sleep(0s);
  trace("one tick on");
}
}  // namespace done_callbacks_order

// A callback that is to be found again by its address cannot carry the trace.
Trace* traced = nullptr;

namespace done_callbacks_remove {
void one(AnyFuture) { (*traced)("one"); }
void two(AnyFuture) { (*traced)("two"); }

Coro<void> main_coro(Trace& trace) {
  traced = &trace;
  Future<int> future = get_running_loop().create_future<int>();
  future.add_done_callback(one);
  future.add_done_callback(two);
  future.add_done_callback(one);
  future.add_done_callback(one);
  trace("removed", future.remove_done_callback(one));
  trace("removed", future.remove_done_callback(one));
  future.add_done_callback(one);
  future.set_result(1);
  trace("removed", future.remove_done_callback(two));
  co_await sleep(0s);
  trace("main");
}
}  // namespace done_callbacks_remove

namespace done_callbacks_mutate {
void last(AnyFuture) { (*traced)("last"); }
void added(AnyFuture) { (*traced)("added by a callback"); }

void first(AnyFuture future) {
  (*traced)("first; removed", future.remove_done_callback(last));
  future.add_done_callback(added);
  (*traced)("first ends");
}

Coro<void> main_coro(Trace& trace) {
  traced = &trace;
  Future<int> future = get_running_loop().create_future<int>();
  future.add_done_callback(first);
  future.add_done_callback(last);
  future.set_result(0);
  for (int tick = 0; tick < 3; ++tick) {
    co_await sleep(0s);
    trace("main, tick", tick);
  }
}
}  // namespace done_callbacks_mutate

namespace done_callbacks_exception {
void report(Trace& trace, const ExceptionContext& context) {
  try {
    std::rethrow_exception(context.exception);
  } catch (const ValueError& error) {
    trace("handler got ValueError", error.what());
  }
}

Coro<void> waiter(Trace& trace, Future<std::string> future) {
  const std::string value = co_await future;
  trace("waiter got", value);
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  loop.set_exception_handler([&trace](const ExceptionContext& context) { report(trace, context); });
  Future<std::string> future = loop.create_future<std::string>();
  future.add_done_callback([&trace](const AnyFuture&) { trace("callback 1"); });
  future.add_done_callback([future](const AnyFuture&) { throw ValueError("callback of " + future.result()); });
  future.add_done_callback([&trace](const AnyFuture&) { trace("callback 3"); });
  Task<void> task = create_task(waiter(trace, future));
  co_await sleep(0s);
  future.set_result("future");
  co_await task;
  trace("main");
}
}  // namespace done_callbacks_exception

constexpr Script scripts[] = {
    {"done_callbacks_order", done_callbacks_order::main_coro},
    {"done_callbacks_remove", done_callbacks_remove::main_coro},
    {"done_callbacks_mutate", done_callbacks_mutate::main_coro},
    {"done_callbacks_exception", done_callbacks_exception::main_coro},
};
}  // namespace

std::span<const Script> callback_scripts() { return scripts; }

}  // namespace weft::conformance
