// Tasks that start at once, and the loop's task factory.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

std::string text_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& known) {
    return known.what();
  }
}

namespace eager_first_step {
AnyTask creator;

Coro<std::string> child(Trace& trace, std::string name, bool suspends) {
  trace(name, "begins", !(current_task() == creator));
  if (suspends) {
    co_await sleep(0s);
    trace(name, "goes on in", current_task().get_name());
  }
  co_return name;
}
Coro<void> fails() {
  throw ValueError("at once");
  co_return;
}
Coro<void> cancels_itself(Trace& trace) {
  current_task().cancel("itself");
  trace("cancelling", current_task().cancelling());
  co_await sleep(0s);
}

Coro<void> main_coro(Trace& trace) {
  creator = current_task();
  EventLoop& loop = get_running_loop();
  loop.set_task_factory(eager_task_factory);
  loop.call_soon([&trace] { trace("callback"); });
  const Task<std::string> done = create_task(child(trace, "done", false), {.name = "first"});
  trace("created", done.done(), done.result(), done.cancel(), current_task() == creator);
  done.add_done_callback([&trace, done](const AnyFuture&) { trace("told", done.result()); });
  const Task<std::string> waits = create_task(child(trace, "waits", true), {.name = "second"});
  trace("created", waits.done());
  const Task<void> failed = create_task(fails());
  trace("failed", failed.done(), type_name(failed.exception()) + "('" + text_of(failed.exception()) + "')");
  const Task<void> cancelled = create_task(cancels_itself(trace));
  trace("cancels itself", cancelled.done());
  std::string all;
  for (const AnyTask& task : all_tasks()) {
    if (task.get_name() == "second") all += "['" + task.get_name() + "']";
  }
  trace("all", all);
  const std::string waited = co_await waits;
  const std::string ended = co_await done;
  trace("awaits", waited, ended);
  try {
    co_await cancelled;
  } catch (const CancelledError& error) {
    trace("cancelled", error.message());
  }
  loop.set_task_factory(nullptr);
  const Task<std::string> lazy = create_task(child(trace, "lazy", false), {.name = "third"});
  trace("created", lazy.done(), loop.get_task_factory() ? "a factory" : "None");
  co_await lazy;
}
}  // namespace eager_first_step

namespace eager_gather {
Coro<int> fib(Trace& trace, int n, bool suspends) {
  if (n < 2) {
    if (suspends) co_await sleep(0s);
    co_return n;
  }
  trace("fib", n);
  const auto both = co_await gather(fib(trace, n - 1, suspends), fib(trace, n - 2, suspends));
  co_return std::get<0>(both) + std::get<1>(both);
}
Coro<int> fails(int delay) {
  if (delay != 0) co_await sleep(static_cast<double>(delay));
  throw ValueError(std::to_string(delay));
}

Coro<void> main_coro(Trace& trace) {
  get_running_loop().set_task_factory(eager_task_factory);
  const Task<void> ticks = create_task(count_ticks(trace));
  const auto at_once = co_await gather(fib(trace, 1, false), fib(trace, 0, false));
  trace("at once", "[" + std::to_string(std::get<0>(at_once)) + ", " + std::to_string(std::get<1>(at_once)) + "]",
        "ticks", trace.ticks);
  int sum = co_await fib(trace, 4, false);
  trace("fib", sum, "ticks", trace.ticks);
  sum = co_await fib(trace, 3, true);
  trace("fib", sum, "ticks", trace.ticks);
  try {
    co_await gather(fails(0), fib(trace, 2, true), fails(1));
  } catch (const ValueError& error) {
    trace("failed", error.what(), "ticks", trace.ticks);
  }
  const auto outcomes = co_await gather(return_exceptions, fails(0), fib(trace, 2, false));
  trace("[ValueError(" + text_of(std::get<0>(outcomes).exception()) + "), " +
            std::to_string(std::get<1>(outcomes).value()) + "]",
        "ticks", trace.ticks);
  ticks.cancel();
  co_await sleep(2s);
}
}  // namespace eager_gather

namespace eager_groups_and_timeouts {
Coro<std::string> child(Trace& trace, std::string name, double delay, bool fails = false) {
  trace(name, "begins");
  try {
    co_await sleep(delay);
  } catch (const CancelledError&) {
    trace(name, "cancelled");
    throw;
  }
  trace(name, "ends");
  if (fails) throw ValueError(name);
  co_return name;
}
Coro<void> nested(Trace& trace, std::string name) {
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    trace(name, "in its group");
    group.create_task(child(trace, name + ".a", 1));
    group.create_task(child(trace, name + ".b", 2));
    trace(name, "has created");
    co_return;
  };
  co_await with_task_group(block);
  trace(name, "ends");
}
Coro<void> times_out(Trace& trace) {
  const auto block = [&trace]() -> Coro<void> { co_await child(trace, "late", 5); };
  co_await with_timeout(1s, block);
}

Coro<void> groups(Trace& trace) {
  const auto two = [&trace](TaskGroup& group) -> Coro<void> {
    group.create_task(nested(trace, "x"));
    group.create_task(nested(trace, "y"));
    trace("main has created");
    co_return;
  };
  co_await with_task_group(two);
  const auto failing = [&trace](TaskGroup& group) -> Coro<void> {
    group.create_task(child(trace, "fails", 1, true));
    group.create_task(child(trace, "victim", 3));
    trace("block waits");
    co_await sleep(10s);
  };
  try {
    co_await with_task_group(failing);
  } catch (const ExceptionGroup& errors) {
    trace("(" + type_name(errors.exceptions()[0]) + "('" + text_of(errors.exceptions()[0]) + "'),)");
  }
}

Coro<void> main_coro(Trace& trace) {
  get_running_loop().set_task_factory(eager_task_factory);
  co_await groups(trace);
  const Task<void> task = create_task(times_out(trace));
  trace("created");
  try {
    co_await task;
  } catch (const TimeoutError&) {
    trace("timed out");
  }
  const std::string in_time = co_await wait_for(child(trace, "in time", 1), 2s);
  trace(in_time);
  try {
    co_await wait_for(child(trace, "no time", 1), 0s);
  } catch (const TimeoutError&) {
    trace("no time");
  }
  const Future<std::string> shielded = shield(child(trace, "shielded", 1));
  trace("shield");
  const std::string kept = co_await shielded;
  trace(kept);
  std::vector<Task<std::string>> tasks;
  tasks.push_back(create_task(child(trace, "slow", 2)));
  tasks.push_back(create_task(child(trace, "fast", 1)));
  const auto ended = co_await wait(tasks, {.return_when = FIRST_COMPLETED});
  trace("['" + ended.done.front().result() + "']", ended.pending.size());
  for (const Task<std::string>& pending : ended.pending) pending.cancel();
  std::vector<Task<std::string>> last;
  last.push_back(create_task(child(trace, "p", 2)));
  last.push_back(create_task(child(trace, "q", 1)));
  for (auto&& step : as_completed(last)) {
    const std::string name = co_await std::move(step);
    trace(name);
  }
}
}  // namespace eager_groups_and_timeouts

namespace eager_contexts_and_factories {
const ContextVar<std::string> variable("variable", "unset");

Coro<void> child(Trace& trace, std::string name) {
  trace(name, "sees", variable.get());
  variable.set(name);
  co_await sleep(0s);
  trace(name, "still sees", variable.get());
}
void callback(Trace& trace) {
  variable.set("callback");
  const Task<void> task = get_running_loop().create_task(child(trace, "from callback"));
  trace("callback goes on with", variable.get(), task.done());
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  trace("main is eager?", current_task().get_name());
  loop.set_task_factory(eager_task_factory);
  variable.set("main");
  Task<void> task = create_task(child(trace, "child"));
  trace("main goes on with", variable.get());
  co_await task;
  const Context context = copy_context();
  context.run([] { variable.set("given"); });
  task = create_task(child(trace, "in given"), {.context = &context});
  trace("main goes on with", variable.get(), "given holds", context[variable]);
  co_await task;
  loop.call_soon([&trace] { callback(trace); });
  co_await sleep(1s);
  loop.set_task_factory([&trace](TaskMaker& make, const TaskOptions& options) {
    trace("factory");
    return make(options);
  });
  task = create_task(child(trace, "by factory"));
  trace("created");
  co_await task;
  loop.set_task_factory(create_eager_task_factory([&trace](TaskMaker& make, const TaskOptions& options) {
    trace("eager", options.eager_start.value_or(false));
    return make(options);
  }));
  task = create_task(child(trace, "by eager factory"));
  trace("created");
  co_await task;
  loop.set_task_factory([](TaskMaker&, const TaskOptions&) -> AnyTask { throw ValueError("no more tasks"); });
  try {
    co_await create_task(child(trace, "never"));
  } catch (const ValueError& error) {
    trace("create_task", error.what());
  }
  try {
    co_await gather(child(trace, "never"));
  } catch (const ValueError& error) {
    trace("gather", error.what());
  }
  loop.set_task_factory(nullptr);
}
}  // namespace eager_contexts_and_factories

}  // namespace

std::span<const Script> eager_scripts() {
  static constexpr Script scripts[] = {
      {"eager_first_step", eager_first_step::main_coro},
      {"eager_gather", eager_gather::main_coro},
      {"eager_groups_and_timeouts", eager_groups_and_timeouts::main_coro},
      {"eager_contexts_and_factories", eager_contexts_and_factories::main_coro},
  };
  return scripts;
}

}  // namespace weft::conformance
