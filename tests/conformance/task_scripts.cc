// Tasks: start order, turns, sleep, names, counts, errors.
#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace create_task_start_order {
Coro<void> child(Trace& trace, std::string name) {
  trace(name, "starts");
  if (name == "b") create_task(child(trace, "b's child"));
  co_await sleep(0s);
  trace(name, "second step");
}

Coro<void> main_coro(Trace& trace) {
  std::vector<Task<void>> tasks;
  for (char name = 'a'; name <= 'c'; ++name) {
    tasks.push_back(create_task(child(trace, std::string(1, name))));
    trace("created", name);
  }
  trace("nothing has started");
  co_await sleep(0s);
  trace("main after one tick");
  for (Task<void>& task : tasks) co_await task;
  trace("all ended");
}
}  // namespace create_task_start_order

namespace sleep_zero_interleaves {
Coro<void> turn(Trace& trace, const char* name, int rounds) {
  for (int number = 0; number < rounds; ++number) {
    trace(name, number);
    co_await sleep(0s);
  }
  trace(name, "ends");
}

Coro<void> main_coro(Trace& trace) {
  Task<void> a = create_task(turn(trace, "a", 3));
  Task<void> b = create_task(turn(trace, "b", 2));
  Task<void> c = create_task(turn(trace, "c", 4));
  co_await a;
  trace("a was awaited");
  co_await b;
  trace("b was awaited");
  co_await c;
  trace("c was awaited");
}
}  // namespace sleep_zero_interleaves

namespace sleep_order {
Coro<void> sleeper(Trace& trace, const char* name, double delay) {
  co_await sleep(delay);
  trace(name, "woke");
}

Coro<void> main_coro(Trace& trace) {
  std::vector<Task<void>> tasks;
  tasks.push_back(create_task(sleeper(trace, "A 3", 3)));
  tasks.push_back(create_task(sleeper(trace, "B 1", 1)));
  tasks.push_back(create_task(sleeper(trace, "C 2", 2)));
  tasks.push_back(create_task(sleeper(trace, "D 1", 1)));
  co_await sleep(1s);
  trace("main went to sleep before they did");
  tasks.push_back(create_task(sleeper(trace, "E 1 from now", 1)));
  co_await sleep(1s);
  trace("main again");
  for (Task<void>& task : tasks) co_await task;
  trace("all awake");
}
}  // namespace sleep_order

namespace sleep_values {
Coro<void> main_coro(Trace& trace) {
  Task<void> ticker = create_task(count_ticks(trace));
  trace("ticks", trace.ticks);
  const char* words = co_await sleep(0s, "zero");
  trace("result", words, "ticks", trace.ticks);
  words = co_await sleep(-1s, "negative");
  trace("result", words, "ticks", trace.ticks);
  co_await sleep(0.0);
  trace("ticks", trace.ticks);
  co_await sleep(-5.0);
  trace("ticks", trace.ticks);
  try {
    co_await sleep(std::numeric_limits<double>::quiet_NaN());
  } catch (const ValueError&) {
    trace("ValueError, ticks", trace.ticks);
  }
  ticker.cancel();
  const int seven = co_await sleep(1s, 7);
  trace("result", seven);
  words = co_await sleep(125ms, "an eighth");
  trace("result", words);
}
}  // namespace sleep_values

namespace task_exception {
Coro<void> fails(double delay) {
  co_await sleep(delay);
  throw ValueError("failed");
}

Coro<int> three() {
  const int result = co_await sleep(0s, 3);
  co_return result;
}

Coro<void> main_coro(Trace& trace) {
  Task<void> task = create_task(fails(1));
  try {
    task.result();
  } catch (const InvalidStateError&) {
    trace("InvalidStateError from result, too early");
  }
  try {
    static_cast<void>(task.exception());
  } catch (const InvalidStateError&) {
    trace("InvalidStateError from exception, too early");
  }
  for (int attempt = 0; attempt < 2; ++attempt) {
    try {
      co_await task;
    } catch (const ValueError& error) {
      trace("caught", error.what(), "attempt", attempt);
    }
  }
  try {
    task.result();
  } catch (const ValueError& error) {
    trace("caught", error.what(), "from result");
  }
  trace("exception is", type_name(task.exception()));
  trace("done:", task.done(), "cancelled:", task.cancelled());
  Task<int> good = create_task(three());
  co_await good;
  trace("result", good.result(), "exception is none:", good.exception() == nullptr);
}
}  // namespace task_exception

namespace task_names {
int number(const AnyTask& task) {
  return std::stoi(std::string(task.get_name()).substr(std::string_view("Task-").size()));
}

Coro<void> child(Trace& trace, int main_number) {
  trace("Task-N, N - main's:", number(current_task()) - main_number);
  co_await sleep(0s);
  trace("Task-N, N - main's:", number(current_task()) - main_number);
}

Coro<void> inline_in(Trace& trace, AnyTask main_task) {
  trace("inline in main:", current_task() == main_task);
  co_return;
}

Coro<void> named(Trace& trace) {
  trace("named", current_task().get_name());
  current_task().set_name("renamed");
  co_await sleep(0s);
  trace("named", current_task().get_name());
}

Coro<void> main_coro(Trace& trace) {
  const int main_number = number(current_task());
  Task<void> first = create_task(child(trace, main_number));
  Task<void> special = create_task(named(trace), {.name = "special"});
  Task<void> second = create_task(child(trace, main_number));
  AnyTask main_task = current_task();
  co_await inline_in(trace, main_task);
  co_await first;
  co_await second;
  co_await special;
  trace("name of a done task", special.get_name());
  co_await gather(child(trace, main_number), child(trace, main_number));
}
}  // namespace task_names

namespace task_counts {
void count(Trace& trace, const char* where) { trace(where, all_tasks().size()); }

bool in_all_tasks(const AnyTask& task) {
  const std::vector<AnyTask> all = all_tasks();
  return std::find(all.begin(), all.end(), task) != all.end();
}

Coro<void> child(Trace& trace, double delay) {
  count(trace, "in child");
  co_await sleep(delay);
  count(trace, "child's last step");
}

Coro<void> main_coro(Trace& trace) {
  count(trace, "at first");
  Task<void> first = create_task(child(trace, 0));
  count(trace, "one created");
  Task<void> second = create_task(child(trace, 1));
  count(trace, "two created");
  trace("they are in it:", in_all_tasks(first), in_all_tasks(second));
  co_await first;
  count(trace, "first has ended");
  trace("they are in it:", in_all_tasks(first), in_all_tasks(second));
  second.cancel();
  count(trace, "second is cancelled, not done");
  try {
    co_await second;
  } catch (const CancelledError&) {
    count(trace, "second has ended");
  }
  co_await gather(child(trace, 0), child(trace, 0), child(trace, 0));
  count(trace, "after gather");
}
}  // namespace task_counts

namespace tasks_end_in_one_tick {
Coro<char> child(Trace& trace, char name, Future<int> gate) {
  co_await gate;
  trace(name, "ends in tick", trace.ticks);
  co_return name;
}

Coro<void> awaiter(Trace& trace, Task<char> task) {
  const char name = co_await task;
  trace(name, "was awaited, tick", trace.ticks);
}

Coro<void> main_coro(Trace& trace) {
  Future<int> gate = get_running_loop().create_future<int>();
  Task<void> ticker = create_task(count_ticks(trace));
  std::vector<Task<char>> children;
  for (char name = 'a'; name <= 'c'; ++name) children.push_back(create_task(child(trace, name, gate)));
  std::vector<Task<void>> awaiters;
  for (std::size_t last = children.size(); last > 0; --last) {
    awaiters.push_back(create_task(awaiter(trace, children[last - 1])));
  }
  co_await sleep(0s);
  co_await sleep(0s);
  gate.set_result(0);
  trace("gate opened in tick", trace.ticks);
  for (Task<void>& task : awaiters) {
    co_await task;
    trace("main resumes in tick", trace.ticks);
  }
  ticker.cancel();
}
}  // namespace tasks_end_in_one_tick

constexpr Script scripts[] = {
    {"create_task_start_order", create_task_start_order::main_coro},
    {"sleep_zero_interleaves", sleep_zero_interleaves::main_coro},
    {"sleep_order", sleep_order::main_coro},
    {"sleep_values", sleep_values::main_coro},
    {"task_exception", task_exception::main_coro},
    {"task_names", task_names::main_coro},
    {"task_counts", task_counts::main_coro},
    {"tasks_end_in_one_tick", tasks_end_in_one_tick::main_coro},
};
}  // namespace

std::span<const Script> task_scripts() { return scripts; }

}  // namespace weft::conformance
