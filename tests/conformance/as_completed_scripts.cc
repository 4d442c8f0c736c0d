// as_completed: its two forms, timeouts, several takers, cancelled steps, and how many ticks a step takes.
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace as_completed_handles {
Coro<std::string> child(Trace& trace, std::string name, double delay) {
  co_await sleep(delay);
  trace(name, "ends");
  co_return name;
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  const Task<std::string> slow = create_task(child(trace, "slow", 3));
  const Task<std::string> fast = create_task(child(trace, "fast", 1));
  const Task<std::string> middle = create_task(child(trace, "middle", 2));
  auto tasks = as_completed(slow, fast, middle);
  while (const Task<std::string> task = co_await tasks.next()) {
    trace("slow:", task == slow, "fast:", task == fast, "middle:", task == middle, "gave", task.result());
  }
  auto of_coroutines = as_completed(child(trace, "c", 2), child(trace, "d", 1));
  while (const Task<std::string> task = co_await of_coroutines.next()) {
    trace("a task that is done:", task.done(), "gave", task.result());
  }
  const Future<int> first = loop.create_future<int>();
  const Future<int> second = loop.create_future<int>();
  loop.call_later(2s, [first] { first.set_result(1); });
  loop.call_later(1s, [second] { second.set_result(2); });
  auto futures = as_completed(first, second);
  while (const Future<int> future = co_await futures.next()) {
    trace("first:", future == first, "second:", future == second, "gave", future.result());
  }
  auto completed = as_completed(slow, fast, slow, slow, fast);
  int steps = 0;
  while (const Task<std::string> task = co_await completed.next()) steps += 1;
  while (const Task<std::string> task = co_await completed.next()) steps += 100;
  trace("steps:", steps);
}
}  // namespace as_completed_handles

namespace as_completed_results {
Coro<std::string> child(Trace& trace, std::string name, double delay) {
  trace(name, "starts");
  co_await sleep(delay);
  trace(name, "ends");
  co_return name;
}

Coro<std::string> fails(double delay) {
  co_await sleep(delay);
  throw ValueError("failed");
}

Coro<void> main_coro(Trace& trace) {
  const Task<std::string> cancelled = create_task(child(trace, "cancelled", 9));
  std::vector<Task<std::string>> tasks;
  tasks.push_back(create_task(child(trace, "a", 4)));
  tasks.push_back(create_task(child(trace, "b", 1)));
  tasks.push_back(create_task(fails(2)));
  tasks.push_back(cancelled);
  get_running_loop().call_later(3s, [cancelled] { cancelled.cancel("enough"); });
  auto completed = as_completed(tasks);
  for (Coro<std::string> step : completed) {
    try {
      const std::string result = co_await std::move(step);
      trace("got", result);
    } catch (const ValueError& error) {
      trace("caught", error.what());
    } catch (const CancelledError& error) {
      trace("cancelled with", error.message());
    }
  }
  std::vector<Coro<std::string>> steps;
  auto only = as_completed(child(trace, "only", 1));
  for (Coro<std::string> step : only) steps.push_back(std::move(step));
  trace("steps:", steps.size());
  co_await sleep(2s);
  const std::string result = co_await std::move(steps[0]);
  trace("got", result);
}
}  // namespace as_completed_results

namespace as_completed_hops {
Coro<int> yields(Trace& trace, int times) {
  for (int done = 0; done < times; ++done) co_await sleep(0s);
  trace("yields", times, "ends in tick", trace.ticks);
  co_return times;
}

std::vector<Task<int>> several(Trace& trace, std::vector<int> times) {
  std::vector<Task<int>> tasks;
  for (const int each : times) tasks.push_back(create_task(yields(trace, each)));
  return tasks;
}

Coro<void> tasks_in_ticks(Trace& trace) {
  auto of_nothing = as_completed(std::vector<Task<int>>());
  while (const Task<int> task = co_await of_nothing.next()) trace("never");
  trace("of nothing, tick", trace.ticks);
  auto of_one = as_completed(yields(trace, 0));
  while (const Task<int> task = co_await of_one.next()) trace("one coroutine, tick", trace.ticks);
  trace("its end, tick", trace.ticks);
  auto handles = as_completed(several(trace, {1, 3, 6}));
  while (const Task<int> task = co_await handles.next()) trace("gave", task.result(), "in tick", trace.ticks);
  auto results = as_completed(several(trace, {1, 3, 6}));
  for (Coro<int> step : results) {
    const int result = co_await std::move(step);
    trace("result", result, "in tick", trace.ticks);
  }
  auto completed = as_completed(several(trace, {1, 3}));
  for (int i = 0; i < 9; ++i) co_await sleep(0s);
  trace("all have ended, tick", trace.ticks);
  while (const Task<int> task = co_await completed.next()) trace("gave", task.result(), "in tick", trace.ticks);
}

Coro<void> main_coro(Trace& trace) {
  const Task<void> ticker = create_task(count_ticks(trace));
  co_await sleep(0s);
  trace("start in tick", trace.ticks);
  co_await tasks_in_ticks(trace);
  const Task<int> done = create_task(yields(trace, 0));
  co_await done;
  trace("a task is done, tick", trace.ticks);
  auto of_done = as_completed(done);
  while (const Task<int> task = co_await of_done.next()) trace("a done task, tick", trace.ticks);
  const Future<int> future = get_running_loop().create_future<int>();
  future.set_result(1);
  auto of_future = as_completed(future);
  for (Coro<int> step : of_future) {
    const int result = co_await std::move(step);
    trace("a done future gives", result, "in tick", trace.ticks);
  }
  auto of_both = as_completed(future, yields(trace, 0));
  for (Coro<int> step : of_both) {
    const int result = co_await std::move(step);
    trace("of both", result, "in tick", trace.ticks);
  }
  ticker.cancel();
}
}  // namespace as_completed_hops

namespace as_completed_timeout {
Coro<std::string> child(Trace& trace, std::string name, double delay) {
  try {
    co_await sleep(delay);
  } catch (const CancelledError&) {
    trace(name, "is cancelled");
    throw;
  }
  trace(name, "ends");
  co_return name;
}

Coro<void> steps_after_the_timeout(Trace& trace) {
  std::vector<Task<std::string>> tasks;
  tasks.push_back(create_task(child(trace, "a", 1)));
  tasks.push_back(create_task(child(trace, "b", 2)));
  tasks.push_back(create_task(child(trace, "c", 4)));
  tasks.push_back(create_task(child(trace, "d", 5)));
  auto completed = as_completed(tasks, {.timeout = 3s});
  for (Coro<std::string> step : completed) {
    try {
      const std::string result = co_await std::move(step);
      trace("got", result);
    } catch (const TimeoutError&) {
      trace("TimeoutError, tasks:", all_tasks().size());
    }
  }
  const std::string c = co_await tasks[2];
  trace("c gives", c);
}

Coro<void> handles_after_the_timeout(Trace& trace) {
  std::vector<Task<std::string>> late;
  late.push_back(create_task(child(trace, "e", 1)));
  late.push_back(create_task(child(trace, "f", 2)));
  late.push_back(create_task(child(trace, "g", 6)));
  auto completed = as_completed(late, {.timeout = 3.0});
  co_await sleep(4s);
  for (bool more = true; more;) {
    try {
      while (const Task<std::string> task = co_await completed.next()) trace("gave", task.result());
      more = false;
    } catch (const TimeoutError&) {
      trace("TimeoutError");
    }
  }
  const std::string g = co_await late[2];
  trace("g gives", g);
}

Coro<void> main_coro(Trace& trace) {
  co_await steps_after_the_timeout(trace);
  co_await handles_after_the_timeout(trace);
  auto quick = as_completed(AsCompletedOptions{.timeout = 10s}, child(trace, "h", 1));
  while (const Task<std::string> task = co_await quick.next()) trace("gave", task.result());
  const Task<std::string> none = create_task(child(trace, "i", 1));
  auto at_once = as_completed(AsCompletedOptions{.timeout = 0s}, none);
  for (Coro<std::string> step : at_once) {
    try {
      const std::string result = co_await std::move(step);
      trace("got", result);
    } catch (const TimeoutError&) {
      trace("TimeoutError at once");
    }
  }
  co_await none;
  auto negative = as_completed(AsCompletedOptions{.timeout = -1s}, none);
  for (Coro<std::string> step : negative) {
    const std::string result = co_await std::move(step);
    trace("done already, negative timeout:", result);
  }
}
}  // namespace as_completed_timeout

namespace as_completed_timeout_races {
Coro<std::string> child(Trace& trace, std::string name, double delay) {
  co_await sleep(delay);
  trace(name, "ends");
  co_return name;
}

template <class Handle>
Coro<void> take(Trace& trace, AsCompleted<std::string, Handle> completed) {
  try {
    const Handle next = co_await completed.next();
    trace("gave", next.result());
  } catch (const TimeoutError&) {
    trace("TimeoutError");
  }
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  const AsCompletedOptions one_second{.timeout = 1s};
  const Task<std::string> early = create_task(child(trace, "early", 1));
  co_await sleep(0s);
  auto of_early = as_completed(one_second, early);
  co_await take(trace, of_early);
  trace("early is done:", early.done());
  co_await early;
  const auto future = loop.create_future<std::string>();
  loop.call_later(1s, [future] { future.set_result("set"); });
  auto of_future = as_completed(one_second, future);
  co_await take(trace, of_future);
  trace("future is done:", future.done());
  auto of_late = as_completed(one_second, child(trace, "late", 1));
  co_await take(trace, of_late);
  co_await sleep(1s);
  const auto sooner = loop.create_future<std::string>();
  loop.call_later(1s, [&loop, sooner] { loop.call_soon([sooner] { sooner.set_result("sooner"); }); });
  auto of_sooner = as_completed(AsCompletedOptions{.timeout = 1.125}, sooner);
  co_await take(trace, of_sooner);
  std::vector<Future<std::string>> several;
  for (int i = 0; i < 3; ++i) several.push_back(loop.create_future<std::string>());
  auto completed = as_completed(several, one_second);
  std::vector<Task<void>> takers;
  for (int i = 0; i < 3; ++i) takers.push_back(create_task(take(trace, completed)));
  loop.call_later(500ms, [future = several[1]] { future.set_result("one of three"); });
  co_await gather(takers);
}
}  // namespace as_completed_timeout_races

namespace as_completed_takers {
template <class T>
Coro<void> taker(Trace& trace, const char* name, AsCompleted<T, Future<T>> completed) {
  while (const Future<T> future = co_await completed.next()) trace(name, "takes", future.result());
  trace(name, "sees the end");
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  std::vector<Future<int>> numbers;
  for (int number = 0; number < 6; ++number) {
    numbers.push_back(loop.create_future<int>());
    loop.call_later(std::chrono::seconds(1 + number), [future = numbers.back(), number] { future.set_result(number); });
  }
  auto of_numbers = as_completed(numbers);
  co_await gather(taker(trace, "x", of_numbers), taker(trace, "y", of_numbers), taker(trace, "z", of_numbers));

  std::vector<Future<std::string>> texts;
  for (int i = 0; i < 3; ++i) texts.push_back(loop.create_future<std::string>());
  auto of_texts = as_completed(texts);
  const Task<void> p = create_task(taker(trace, "p", of_texts));
  const Task<void> q = create_task(taker(trace, "q", of_texts));
  co_await sleep(0s);
  texts[2].set_result("two");
  co_await sleep(0s);
  const Future<std::string> late = co_await of_texts.next();
  trace("main takes", late.result(), "ahead of who was woken");
  co_await sleep(1s);
  texts[0].set_result("zero");
  texts[1].set_result("one");
  co_await gather(p, q);
}
}  // namespace as_completed_takers

namespace as_completed_cancelled_step {
using Futures = AsCompleted<int, Future<int>>;

Coro<void> step(Trace& trace, const char* name, Futures completed) {
  try {
    const Future<int> future = co_await completed.next();
    trace(name, "takes", future.result());
  } catch (const CancelledError& error) {
    trace(name, "is cancelled:", error.message());
  }
}

Coro<void> main_coro(Trace& trace) {
  std::vector<Future<int>> futures;
  for (int i = 0; i < 6; ++i) futures.push_back(get_running_loop().create_future<int>());
  auto completed = as_completed(futures);
  const Task<void> a = create_task(step(trace, "a", completed));
  const Task<void> b = create_task(step(trace, "b", completed));
  co_await sleep(1s);
  a.cancel("while it waits");
  futures[0].set_result(0);
  co_await gather(a, b);
  const Task<void> c = create_task(step(trace, "c", completed));
  const Task<void> d = create_task(step(trace, "d", completed));
  co_await sleep(1s);
  futures[1].set_result(1);
  co_await sleep(0s);
  c.cancel("after it was woken");
  co_await gather(c, d);
  const Task<void> e = create_task(step(trace, "e", completed));
  co_await sleep(0s);
  e.cancel("in the tick of the end");
  futures[2].set_result(2);
  co_await e;
  const Future<int> third = co_await completed.next();
  trace("main takes", third.result());
  const bool any = std::any_of(futures.begin(), futures.end(), [](const auto& future) { return future.cancelled(); });
  trace("nothing else is cancelled:", !any);
}
}  // namespace as_completed_cancelled_step

constexpr Script scripts[] = {
    {"as_completed_cancelled_step", as_completed_cancelled_step::main_coro},
    {"as_completed_handles", as_completed_handles::main_coro},
    {"as_completed_hops", as_completed_hops::main_coro},
    {"as_completed_results", as_completed_results::main_coro},
    {"as_completed_takers", as_completed_takers::main_coro},
    {"as_completed_timeout", as_completed_timeout::main_coro},
    {"as_completed_timeout_races", as_completed_timeout_races::main_coro},
};

}  // namespace

std::span<const Script> as_completed_scripts() { return scripts; }

}  // namespace weft::conformance
