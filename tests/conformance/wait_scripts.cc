// wait and shield.
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace wait_modes {
struct Child {
  std::string name;
  double delay;
  std::string then = "value";
};

Coro<std::string> child(Child child) {
  co_await sleep(child.delay);
  if (child.then == "error") throw ValueError(child.name);
  if (child.then == "cancel") throw CancelledError();
  co_return child.name;
}

std::string names(const std::vector<Task<std::string>>& tasks) {
  std::vector<std::string> sorted;
  for (const auto& task : tasks) sorted.push_back(task.get_name());
  std::sort(sorted.begin(), sorted.end());
  std::string text;
  for (const std::string& name : sorted) text += (text.empty() ? "" : " ") + name;
  return text;
}

Coro<void> attempt(Trace& trace, const char* title, std::vector<Child> children, WaitOptions options = {}) {
  std::vector<Task<std::string>> tasks;
  for (const Child& one : children) tasks.push_back(create_task(child(one), {.name = one.name}));
  const Waited<Task<std::string>> waited = co_await wait(tasks, options);
  trace(title, "done:", names(waited.done), "pending:", names(waited.pending));
  for (const auto& task : tasks) task.cancel();
  static_cast<void>(co_await gather(return_exceptions, tasks));
}

Coro<void> main_coro(Trace& trace) {
  const std::vector<Child> three = {{"a", 3}, {"b", 1}, {"c", 2}};
  const std::vector<Child> mixed = {{"a", 3}, {"b", 1, "cancel"}, {"c", 2, "error"}};
  const std::vector<Child> two_at_once = {{"a", 1}, {"b", 1}, {"c", 2}};
  co_await attempt(trace, "all", three);
  co_await attempt(trace, "first", three, {.return_when = FIRST_COMPLETED});
  co_await attempt(trace, "first exception of none", three, {.return_when = FIRST_EXCEPTION});
  co_await attempt(trace, "first exception", mixed, {.return_when = FIRST_EXCEPTION});
  co_await attempt(trace, "all, mixed", mixed);
  co_await attempt(trace, "two at once", two_at_once, {.return_when = FIRST_COMPLETED});
  co_await attempt(trace, "timeout", three, {.timeout = 1.5});
  co_await attempt(trace, "timeout with one", three, {.timeout = 1s});
  co_await attempt(trace, "timeout of nothing", three, {.timeout = 0s});
  co_await attempt(trace, "timeout after all", three, {.timeout = 5s});
}
}  // namespace wait_modes

namespace wait_cancel {
Coro<void> main_coro(Trace& trace) {
  const Task<std::string> inner = create_task(sleep_in_task(sleep(3s, std::string("slept"))));
  const Task<Waited<Task<std::string>>> outer = create_task(wait(only(inner)));
  co_await sleep(1s);
  outer.cancel();
  co_await sleep(0s);
  trace("outer", outer.cancelled(), "inner", inner.done());
  trace("inner gave", co_await inner);
  const Task<void> ticks = create_task(count_ticks(trace));
  co_await sleep(0s);
  int start = trace.ticks;
  const std::vector<Task<std::string>> twice = {inner, inner};
  const Waited<Task<std::string>> waited = co_await wait(twice);
  trace("done", waited.done.size(), "pending", waited.pending.size(), "ticks:", trace.ticks - start);
  start = trace.ticks;
  const std::vector<Task<void>> fresh = {create_task(sleep_in_task(sleep(0s)))};
  const Waited<Task<void>> first = co_await wait(fresh, {.return_when = FIRST_COMPLETED});
  trace("done", first.done.size(), "pending", first.pending.size(), "ticks:", trace.ticks - start);
  ticks.cancel();
  try {
    static_cast<void>(co_await wait(std::vector<AnyTask>()));
  } catch (const ValueError&) {
    trace("empty is refused");
  }
}
}  // namespace wait_cancel

namespace shield_cancel {
Coro<std::string> inner(Trace& trace, std::string name, double delay, bool fails = false) {
  co_await sleep(delay);
  trace(name, "ends");
  if (fails) throw ValueError(name);
  co_return name;
}

Coro<void> guarded(Trace& trace, Task<std::string> task) {
  try {
    trace("gave", co_await shield(task));
  } catch (const CancelledError&) {
    trace("outer cancelled, inner done:", task.done());
    throw;
  } catch (const ValueError& error) {
    trace("raised", error.what());
  }
}

Coro<void> main_coro(Trace& trace) {
  get_running_loop().set_exception_handler(
      [&trace](const ExceptionContext& context) { trace("handler:", context.message); });
  Task<std::string> task = create_task(inner(trace, "goes on", 2));
  Task<void> outer = create_task(guarded(trace, task));
  co_await sleep(1s);
  outer.cancel();
  co_await wait(only(outer));
  const bool cancelled = outer.cancelled();
  const std::string gave = co_await task;
  trace("outer", cancelled, "inner gave", gave);
  co_await guarded(trace, create_task(inner(trace, "in time", 1)));
  co_await guarded(trace, create_task(inner(trace, "fails", 1, true)));
  task = create_task(inner(trace, "cancelled", 2));
  outer = create_task(guarded(trace, task));
  co_await sleep(1s);
  task.cancel();
  co_await wait(only(outer));
  trace("outer", outer.cancelled());
  task = create_task(inner(trace, "fails unheard", 2, true));
  outer = create_task(guarded(trace, task));
  co_await sleep(1s);
  outer.cancel();
  co_await sleep(2s);
  trace("task failed:", type_name(task.exception()));
}
}  // namespace shield_cancel

namespace shield_hops {
Coro<int> value(int number) { co_return number; }

Coro<void> main_coro(Trace& trace) {
  const Task<void> ticks = create_task(count_ticks(trace));
  co_await sleep(0s);
  int start = trace.ticks;
  trace(co_await shield(value(1)));
  trace("ticks of a coroutine:", trace.ticks - start);
  const Task<int> done = create_task(value(2));
  static_cast<void>(co_await done);
  start = trace.ticks;
  trace(co_await shield(done));
  trace("ticks of what is done:", trace.ticks - start);
  start = trace.ticks;
  trace(co_await wait_for(shield(value(3)), 1s));
  trace("ticks with a timeout:", trace.ticks - start);
  ticks.cancel();
  const Task<std::string> slow = create_task(sleep_in_task(sleep(2s, std::string("slept"))));
  try {
    static_cast<void>(co_await wait_for(shield(slow), 1s));
  } catch (const TimeoutError&) {
    trace("timed out, inner done:", slow.done());
  }
  trace(co_await slow);
}
}  // namespace shield_hops

constexpr Script scripts[] = {
    {"wait_modes", wait_modes::main_coro},
    {"wait_cancel", wait_cancel::main_coro},
    {"shield_cancel", shield_cancel::main_coro},
    {"shield_hops", shield_hops::main_coro},
};
}  // namespace

std::span<const Script> wait_scripts() { return scripts; }

}  // namespace weft::conformance
