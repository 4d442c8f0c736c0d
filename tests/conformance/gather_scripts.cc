// gather: starts, results, duplicates, nesting, and how many ticks it takes.
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace gather_order {
Coro<std::string> child(Trace& trace, std::string name, double delay) {
  trace(name, "starts");
  co_await sleep(delay);
  trace(name, "ends");
  co_return name;
}

Coro<void> main_coro(Trace& trace) {
  Coro<std::string> first = child(trace, "a", 3);
  Coro<std::string> second = child(trace, "b", 1);
  Coro<std::string> third = child(trace, "c", 2);
  auto three = co_await gather(std::move(first), std::move(second), std::move(third));
  auto& [a, b, c] = three;
  trace("results", a, b, c);
  std::vector<Coro<std::string>> coros;
  for (char name = 'd'; name <= 'g'; ++name) coros.push_back(child(trace, std::string(1, name), 1));
  std::vector<std::string> results = co_await gather(std::move(coros));
  trace("results", results.at(0), results.at(1), results.at(2), results.at(3));
}
}  // namespace gather_order

namespace gather_empty {
Coro<void> main_coro(Trace& trace) {
  Task<void> ticker = create_task(count_ticks(trace));
  co_await sleep(0s);
  trace("ticks", trace.ticks);
  std::vector<Coro<int>> nothing;
  std::vector<int> results = co_await gather(std::move(nothing));
  trace("results", results.size(), "ticks", trace.ticks);
  std::vector<Coro<int>> still_nothing;
  std::vector<Outcome<int>> outcomes = co_await gather(return_exceptions, std::move(still_nothing));
  trace("results", outcomes.size(), "ticks", trace.ticks);
  ticker.cancel();
}
}  // namespace gather_empty

namespace gather_duplicates {
Coro<char> child(Trace& trace, char name) {
  trace(name, "runs");
  co_await sleep(1s);
  co_return name;
}

Coro<void> main_coro(Trace& trace) {
  Task<char> a = create_task(child(trace, 'a'));
  Task<char> b = create_task(child(trace, 'b'));
  auto five = co_await gather(a, b, a, b, a);
  trace("results", std::get<0>(five), std::get<1>(five), std::get<2>(five), std::get<3>(five), std::get<4>(five));
  auto two = co_await gather(a, a);
  trace("results", std::get<0>(two), std::get<1>(two));
}
}  // namespace gather_duplicates

namespace gather_nested {
Coro<std::string> leaf(Trace& trace, std::string name, double delay) {
  trace(name, "starts");
  try {
    co_await sleep(delay);
  } catch (const CancelledError&) {
    trace(name, "is cancelled");
    throw;
  }
  trace(name, "ends");
  co_return name;
}

Coro<std::string> pair(Trace& trace, std::string name, double delay) {
  trace(name, "gathers");
  Coro<std::string> one = leaf(trace, name + "1", delay);
  Coro<std::string> two = leaf(trace, name + "2", 1);
  auto both = co_await gather(std::move(one), std::move(two));
  trace(name, "has gathered");
  co_return std::get<0>(both) + std::get<1>(both);
}

Coro<void> main_coro(Trace& trace) {
  Coro<std::string> x = pair(trace, "x", 2);
  Coro<std::string> y = pair(trace, "y", 1);
  auto both = co_await gather(std::move(x), std::move(y));
  trace("results", std::get<0>(both), std::get<1>(both));
  Task<std::string> task = create_task(pair(trace, "z", 5));
  co_await sleep(2s);
  task.cancel();
  try {
    co_await task;
  } catch (const CancelledError&) {
    trace("CancelledError");
  }
}
}  // namespace gather_nested

namespace gather_hops {
Coro<int> yields(Trace& trace, int times) {
  for (int done = 0; done < times; ++done) co_await sleep(0s);
  trace("yields", times, "ends in tick", trace.ticks);
  co_return times;
}

Coro<void> nested(Trace& trace) {
  co_await gather(yields(trace, 0), yields(trace, 0));
  trace("nested ends in tick", trace.ticks);
}

Coro<int> fails() {
  throw ValueError("at once");
  co_return 0;
}

Coro<void> main_coro(Trace& trace) {
  Task<void> ticker = create_task(count_ticks(trace));
  co_await sleep(0s);
  trace("start in tick", trace.ticks);
  co_await gather(yields(trace, 0));
  trace("one child, tick", trace.ticks);
  co_await gather(yields(trace, 0), yields(trace, 0), yields(trace, 0));
  trace("three children, tick", trace.ticks);
  co_await gather(yields(trace, 1), yields(trace, 4), yields(trace, 2));
  trace("yielding children, tick", trace.ticks);
  co_await gather(nested(trace), nested(trace));
  trace("nested gathers, tick", trace.ticks);
  try {
    co_await gather(yields(trace, 3), fails());
  } catch (const ValueError&) {
    trace("failed gather, tick", trace.ticks);
  }
  co_await gather(return_exceptions, fails(), yields(trace, 0));
  trace("returned exceptions, tick", trace.ticks);
  co_await sleep(0s);
  co_await sleep(0s);
  Task<int> done = create_task(yields(trace, 0));
  co_await done;
  trace("a task is done, tick", trace.ticks);
  co_await gather(done);
  trace("gather of a done task, tick", trace.ticks);
  Future<int> future = get_running_loop().create_future<int>();
  future.set_result(1);
  co_await gather(future, done);
  trace("gather of a done future, tick", trace.ticks);
  ticker.cancel();
}
}  // namespace gather_hops

namespace gather_mixed {
Coro<std::string> child(Trace& trace, std::string name, double delay) {
  trace(name, "starts");
  co_await sleep(delay);
  co_return name;
}

Coro<void> two_seconds() { co_await sleep(2s); }

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  Future<int> future = loop.create_future<int>();
  loop.call_later(1500ms, [future]() mutable { future.set_result(7); });
  Task<std::string> task = create_task(child(trace, "task", 1));
  loop.call_soon([&trace] { trace("callback"); });
  Coro<std::string> coroutine = child(trace, "coroutine", 0.5);
  auto results = co_await gather(future, two_seconds(), task, std::move(coroutine));
  trace("results", std::get<0>(results), std::get<2>(results), std::get<3>(results));
  Future<int> failing = loop.create_future<int>();
  loop.call_later(1s, [failing]() mutable { failing.set_exception(ValueError("of the future")); });
  Coro<std::string> last = child(trace, "last", 3);
  try {
    co_await gather(std::move(last), failing);
  } catch (const ValueError& error) {
    trace("caught", error.what());
  }
}
}  // namespace gather_mixed

namespace gather_children_are_tasks {
Coro<std::string> child(Trace& trace, std::string name, AnyTask main_task, std::vector<AnyTask>& seen) {
  AnyTask task = current_task();
  const bool is_neighbour = std::find(seen.begin(), seen.end(), task) != seen.end();
  trace(name, "is main:", task == main_task, "is its neighbour:", is_neighbour);
  seen.push_back(task);
  trace("tasks:", all_tasks().size());
  co_await sleep(1s);
  trace(name, "is the same task:", current_task() == task);
  co_return name;
}

Coro<std::string> long_child(Trace& trace) {
  try {
    co_await sleep(9s);
  } catch (const CancelledError&) {
    trace("long child is cancelled");
    co_return "cut short";
  }
  co_return "";
}

Coro<std::string> cancels(Trace& trace) {
  co_await sleep(2s);
  for (AnyTask& task : all_tasks()) {
    if (task.get_name() == "long") trace("cancel gives", task.cancel());
  }
  co_return "cancelled it";
}

Coro<std::string> named_child(Trace& trace) {
  current_task().set_name("long");
  std::string value = co_await long_child(trace);
  co_return value;
}

Coro<void> main_coro(Trace& trace) {
  std::vector<AnyTask> seen;
  AnyTask main_task = current_task();
  Coro<std::string> one = child(trace, "a", main_task, seen);
  Coro<std::string> two = child(trace, "b", main_task, seen);
  auto both = co_await gather(std::move(one), std::move(two));
  trace("results", std::get<0>(both), std::get<1>(both), "tasks:", all_tasks().size());
  trace("done:", seen.at(0).done(), seen.at(1).done());
  auto others = co_await gather(named_child(trace), cancels(trace));
  trace("results", std::get<0>(others), std::get<1>(others));
}
}  // namespace gather_children_are_tasks

namespace gather_start_order {
Coro<void> step(Trace& trace, const char* name) {
  trace(name);
  co_return;
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  Task<void> before = create_task(step(trace, "task before"));
  loop.call_soon([&trace] { trace("callback before"); });
  co_await gather(step(trace, "child 1"), step(trace, "child 2"));
  trace("gathered, task before is done:", before.done());
  loop.call_soon([&trace] { trace("callback after"); });
  co_await sleep(0s);
}
}  // namespace gather_start_order

constexpr Script scripts[] = {
    {"gather_order", gather_order::main_coro},
    {"gather_empty", gather_empty::main_coro},
    {"gather_duplicates", gather_duplicates::main_coro},
    {"gather_nested", gather_nested::main_coro},
    {"gather_hops", gather_hops::main_coro},
    {"gather_mixed", gather_mixed::main_coro},
    {"gather_children_are_tasks", gather_children_are_tasks::main_coro},
    {"gather_start_order", gather_start_order::main_coro},
};
}  // namespace

std::span<const Script> gather_scripts() { return scripts; }

}  // namespace weft::conformance
