// await: what takes a tick and what does not, and who resumes in which order.
#include <chrono>
#include <string>
#include <vector>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace await_chain_has_no_hop {
Coro<int> down(int depth) {
  if (depth == 0) co_return 1;
  const int below = co_await down(depth - 1);
  co_return 1 + below;
}

Coro<int> down_and_yield(int depth) {
  if (depth == 0) {
    co_await sleep(0s);
    co_return 0;
  }
  const int below = co_await down_and_yield(depth - 1);
  co_return 1 + below;
}

Coro<void> fails(int depth) {
  if (depth == 0) throw ValueError("at the bottom");
  co_await fails(depth - 1);
}

Coro<void> main_coro(Trace& trace) {
  Task<void> ticker = create_task(count_ticks(trace));
  co_await sleep(0s);
  trace("ticks", trace.ticks);
  int depth = co_await down(50);
  trace("depth", depth, "ticks", trace.ticks);
  depth = co_await down_and_yield(50);
  trace("depth", depth, "ticks", trace.ticks);
  try {
    co_await fails(50);
  } catch (const ValueError& error) {
    trace(error.what(), "ticks", trace.ticks);
  }
  ticker.cancel();
}
}  // namespace await_chain_has_no_hop

namespace await_done_has_no_hop {
Coro<int> value(int number) { co_return number; }

Coro<void> fails() {
  throw ValueError("failed");
  co_return;
}

Coro<void> main_coro(Trace& trace) {
  Task<void> ticker = create_task(count_ticks(trace));
  Task<int> good = create_task(value(5));
  Task<void> bad = create_task(fails());
  Future<int> future = get_running_loop().create_future<int>();
  future.set_result(6);
  co_await sleep(0s);
  trace("ticks", trace.ticks, "done:", good.done(), bad.done(), future.done());
  int of_task = co_await good;
  const int of_future = co_await future;
  trace("task", of_task, "future", of_future, "ticks", trace.ticks);
  of_task = co_await good;
  trace("task again", of_task, "ticks", trace.ticks);
  try {
    co_await bad;
  } catch (const ValueError& error) {
    trace(error.what(), "ticks", trace.ticks);
  }
  ticker.cancel();
}
}  // namespace await_done_has_no_hop

namespace await_pending_hops {
Coro<int> yields(Trace& trace, int times) {
  for (int done = 0; done < times; ++done) co_await sleep(0s);
  trace("yields", times, "ends in tick", trace.ticks);
  co_return times;
}

Coro<void> main_coro(Trace& trace) {
  static constexpr int counts[] = {0, 1, 3};
  EventLoop& loop = get_running_loop();
  Task<void> ticker = create_task(count_ticks(trace));
  co_await sleep(0s);
  for (const int times : counts) {
    trace("start in tick", trace.ticks);
    Task<int> task = create_task(yields(trace, times));
    const int result = co_await task;
    trace("value", result, "in tick", trace.ticks);
  }
  Future<const char*> future = loop.create_future<const char*>();
  loop.call_soon([future]() mutable { future.set_result("set"); });
  trace("start in tick", trace.ticks);
  const char* result = co_await future;
  trace("future", result, "in tick", trace.ticks);
  ticker.cancel();
}
}  // namespace await_pending_hops

namespace await_many_waiters {
Coro<void> wait_for_it(Trace& trace, const char* name, Future<std::string> future) {
  trace(name, "waits");
  const std::string value = co_await future;
  trace(name, "got", value);
}

Coro<void> main_coro(Trace& trace) {
  Future<std::string> future = get_running_loop().create_future<std::string>();
  Task<void> a = create_task(wait_for_it(trace, "a", future));
  Task<void> b = create_task(wait_for_it(trace, "b", future));
  Task<void> c = create_task(wait_for_it(trace, "c", future));
  co_await sleep(0s);
  future.add_done_callback([&trace, future](const AnyFuture&) { trace("callback got", future.result()); });
  Task<void> d = create_task(wait_for_it(trace, "d", future));
  co_await sleep(0s);
  future.set_result("value");
  trace("set; nobody has resumed");
  Task<void> late = create_task(wait_for_it(trace, "late", future));
  co_await late;
  trace("the late one is done");
  co_await a;
}
}  // namespace await_many_waiters

namespace await_many_waiters_of_task {
Coro<int> worker(Trace& trace) {
  co_await sleep(1s);
  trace("worker ends");
  co_return 99;
}

Coro<int> fails(Trace&) {
  co_await sleep(1s);
  throw ValueError("for all");
}

Coro<void> wait_for_it(Trace& trace, const char* name, Task<int> task) {
  try {
    const int value = co_await task;
    trace(name, "got", value);
  } catch (const ValueError& error) {
    trace(name, "caught", error.what());
  }
}

Coro<void> main_coro(Trace& trace) {
  static constexpr Coro<int> (*makers[])(Trace&) = {worker, fails};
  for (const auto make : makers) {
    Task<int> task = create_task(make(trace));
    Task<void> a = create_task(wait_for_it(trace, "a", task));
    Task<void> b = create_task(wait_for_it(trace, "b", task));
    co_await sleep(0s);
    co_await wait_for_it(trace, "main", task);
    co_await wait_for_it(trace, "main again", task);
    co_await a;
    co_await b;
  }
}
}  // namespace await_many_waiters_of_task

namespace await_itself {
Coro<std::string> narcissus(Trace& trace, std::vector<Task<std::string>>& self) {
  co_await sleep(0s);
  try {
    co_await self[0];
  } catch (const RuntimeError&) {
    trace("RuntimeError");
  }
  co_await sleep(1s);
  co_return "goes on";
}

Coro<void> main_coro(Trace& trace) {
  std::vector<Task<std::string>> self;
  self.push_back(create_task(narcissus(trace, self)));
  const std::string value = co_await self[0];
  trace(value);
}
}  // namespace await_itself

namespace await_itself_is_told_later {
Coro<void> narcissus(Trace& trace, const char* name) {
  const AnyTask self = current_task();
  try {
    co_await self;
  } catch (...) {
    trace(name, type_name(std::current_exception()));
  }
}

Coro<void> neighbour(Trace& trace) {
  trace("neighbour runs");
  co_return;
}

Coro<void> main_coro(Trace& trace) {
  const Task<void> alone = create_task(narcissus(trace, "alone"));
  const Task<void> other = create_task(neighbour(trace));
  co_await other;
  co_await alone;
  const Task<void> cancelled = create_task(narcissus(trace, "cancelled"));
  co_await sleep(0s);
  cancelled.cancel();
  static_cast<void>(co_await wait(only(cancelled)));
}
}  // namespace await_itself_is_told_later

constexpr Script scripts[] = {
    {"await_chain_has_no_hop", await_chain_has_no_hop::main_coro},
    {"await_done_has_no_hop", await_done_has_no_hop::main_coro},
    {"await_pending_hops", await_pending_hops::main_coro},
    {"await_many_waiters", await_many_waiters::main_coro},
    {"await_many_waiters_of_task", await_many_waiters_of_task::main_coro},
    {"await_itself", await_itself::main_coro},
    {"await_itself_is_told_later", await_itself_is_told_later::main_coro},
};
}  // namespace

std::span<const Script> await_scripts() { return scripts; }

}  // namespace weft::conformance
