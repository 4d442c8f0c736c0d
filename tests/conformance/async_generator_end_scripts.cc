// How async generators end: cancelled inside, dropped, and when run() ends.
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

template <class T>
std::string shown(const std::optional<T>& value) {
  std::ostringstream text;
  if (value) {
    text << *value;
  } else {
    text << "None";
  }
  return text.str();
}

std::string what_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& known) {
    return known.what();
  }
}

namespace async_generator_cancel {
AsyncGenerator<int> ticks(Trace& trace, const char* name, int swallow) {
  std::exception_ptr leaving;
  try {
    for (int i = 0;; ++i) {
      try {
        co_await sleep(1s);
      } catch (const CancelledError&) {
        trace(name, "is cancelled inside");
        if (swallow == 0) throw;
        --swallow;
      }
      co_yield i;
    }
  } catch (...) {
    leaving = std::current_exception();
  }
  trace(name, "cleans up");
  co_await sleep(0.25);
  trace(name, "is clean");
  std::rethrow_exception(leaving);
}

Coro<void> consume(Trace& trace, AsyncGenerator<int>& gen, double pause) {
  try {
    while (const auto x = co_await gen.next()) {
      trace("got", *x, current_task().get_name());
      co_await sleep(pause);
    }
    trace("the generator has ended");
  } catch (const CancelledError&) {
    trace("consumer is cancelled");
    throw;
  }
}

Coro<void> cancelled(Trace& trace, Task<void> task) {
  task.cancel();
  try {
    co_await task;
  } catch (const CancelledError&) {
    trace("task was cancelled");
  }
}

Coro<void> main_coro(Trace& trace) {
  AsyncGenerator<int> inside = ticks(trace, "inside", 0);
  Task<void> task = create_task(consume(trace, inside, 0), {.name = "first"});
  co_await sleep(1.5);
  co_await cancelled(trace, task);
  trace("ended:", shown(co_await inside.next()));

  AsyncGenerator<int> swallows = ticks(trace, "swallows", 1);
  task = create_task(consume(trace, swallows, 0), {.name = "second"});
  co_await sleep(1.5);
  task.cancel();
  co_await sleep(1s);
  co_await cancelled(trace, task);
  trace("ended:", shown(co_await swallows.next()));

  AsyncGenerator<int> outside = ticks(trace, "outside", 0);
  task = create_task(consume(trace, outside, 10), {.name = "third"});
  co_await sleep(1.5);
  co_await cancelled(trace, task);
  trace("goes on:", shown(co_await outside.next()));
  co_await outside.aclose();

  AsyncGenerator<int> timed = ticks(trace, "timed", 0);
  try {
    co_await wait_for(timed.next(), 500ms);
  } catch (const TimeoutError&) {
    trace("TimeoutError");
  }
  trace("ended:", shown(co_await timed.next()));
}
}  // namespace async_generator_cancel

namespace async_generator_dropped {
AsyncGenerator<int> resource(Trace& trace, const char* name) {
  std::exception_ptr leaving;
  try {
    co_yield 1;
    co_yield 2;
  } catch (...) {
    leaving = std::current_exception();
  }
  trace(name, "closing in", current_task().get_name(), "tick", trace.ticks);
  co_await sleep(1s);
  trace(name, "closed");
  if (leaving) std::rethrow_exception(leaving);
}

AsyncGenerator<int> fails() {
  try {
    co_yield 1;
  } catch (const GeneratorExit&) {
  }
  co_await sleep(0s);
  throw ValueError("clean-up failed");
}

Coro<void> take_one(Trace& trace, AsyncGenerator<int> gen) { trace("took", shown(co_await gen.next())); }

Coro<void> break_out(Trace& trace) {
  AsyncGenerator<int> gen = resource(trace, "broken off");
  trace("took", shown(co_await gen.next()));
}

Coro<void> main_coro(Trace& trace) {
  get_running_loop().set_exception_handler(
      [&trace](const ExceptionContext& context) { trace("handler got", context.message, what_of(context.exception)); });
  const Task<void> ticker = create_task(count_ticks(trace), {.name = "ticker"});
  co_await sleep(0s);
  trace("tick", trace.ticks);
  co_await break_out(trace);
  trace("dropped at tick", trace.ticks);
  for (int i = 0; i < 4; ++i) co_await sleep(0s);
  ticker.cancel();
  co_await sleep(1s);
  { const AsyncGenerator<int> never_began = resource(trace, "never began"); }
  {
    AsyncGenerator<int> gen = resource(trace, "ended");
    while ((co_await gen.next()).has_value()) {
    }
  }
  co_await sleep(2s);
  co_await take_one(trace, fails());
  co_await sleep(1s);
  trace("main ends");
}
}  // namespace async_generator_dropped

namespace async_generator_dropped_context {
ContextVar<std::string>& var() {
  static ContextVar<std::string> of_script("var", "nothing");
  return of_script;
}

AsyncGenerator<int> resource(Trace& trace) {
  trace("begins in", var().get());
  try {
    co_yield 1;
    trace("goes on in", var().get());
    co_yield 2;
  } catch (const GeneratorExit&) {
    trace("closes in", var().get());
    var().set("closed");
    throw;
  }
}

Coro<void> drops(std::vector<AsyncGenerator<int>>& gens) {
  var().set("dropper");
  gens.pop_back();
  co_return;
}

Coro<void> main_coro(Trace& trace) {
  var().set("first");
  std::vector<AsyncGenerator<int>> gens;
  gens.push_back(resource(trace));
  co_await gens[0].next();
  var().set("second");
  co_await gens[0].next();
  co_await create_task(drops(gens));
  co_await sleep(1s);
  trace("main is in", var().get());
}
}  // namespace async_generator_dropped_context

namespace async_generator_dropped_cancelled {
AsyncGenerator<int> resource(Trace& trace, const char* name) {
  std::exception_ptr leaving;
  try {
    co_yield 1;
  } catch (const GeneratorExit&) {
    trace(name, "got GeneratorExit");
    leaving = std::current_exception();
  } catch (const CancelledError&) {
    trace(name, "got CancelledError");
    leaving = std::current_exception();
  }
  co_await sleep(1s);
  trace(name, "is closed");
  if (leaving) std::rethrow_exception(leaving);
}

Coro<void> drop_one(Trace& trace, const char* name) {
  AsyncGenerator<int> gen = resource(trace, name);
  co_await gen.next();
}

void cancel_closers(Trace& trace) {
  for (const AnyTask& task : all_tasks()) {
    if (task.get_name() == "main") continue;
    trace("cancels");
    task.cancel();
  }
}

Coro<void> main_coro(Trace& trace) {
  current_task().set_name("main");
  co_await drop_one(trace, "early");
  co_await sleep(0s);
  cancel_closers(trace);
  co_await sleep(2s);
  co_await drop_one(trace, "late");
  co_await sleep(500ms);
  cancel_closers(trace);
  co_await sleep(2s);
  trace("main ends");
}
}  // namespace async_generator_dropped_cancelled

namespace async_generator_shutdown {
AsyncGenerator<std::string> resource(Trace& trace, std::string name, double delay) {
  std::exception_ptr leaving;
  try {
    co_yield name;
  } catch (...) {
    leaving = std::current_exception();
  }
  trace("closing one");
  co_await sleep(delay);
  trace(name, "closed");
  if (leaving) std::rethrow_exception(leaving);
}

AsyncGenerator<std::string> fails() {
  try {
    co_yield "fails";
  } catch (const GeneratorExit&) {
  }
  co_await sleep(0.25);
  throw ValueError("clean-up failed");
}

Coro<void> holds(Trace& trace, AsyncGenerator<std::string>& gen) {
  trace("holds", shown(co_await gen.next()));
  std::exception_ptr leaving;
  try {
    co_await sleep(10s);
  } catch (...) {
    leaving = std::current_exception();
  }
  trace("holder ends");
  co_await sleep(500ms);
  if (leaving) std::rethrow_exception(leaving);
}

Coro<void> main_coro(Trace& trace, std::vector<AsyncGenerator<std::string>>& kept) {
  get_running_loop().set_exception_handler([&trace](const ExceptionContext& context) {
    trace("handler got", context.message.substr(0, 59), what_of(context.exception));
  });
  kept.push_back(resource(trace, "kept", 1));
  trace(shown(co_await kept[0].next()));
  kept.push_back(fails());
  trace(shown(co_await kept[1].next()));
  kept.push_back(resource(trace, "never began", 1));
  kept.push_back(resource(trace, "held", 0.5));
  create_task(holds(trace, kept[3]));
  co_await sleep(0.25);
  trace("main ends");
}

void drive(Trace& trace, Runner& runner) {
  std::vector<AsyncGenerator<std::string>> kept;
  runner.run(main_coro(trace, kept));
  trace("run returned");
  runner.close();
}
}  // namespace async_generator_shutdown

namespace async_generator_shutdown_by_hand {
AsyncGenerator<std::string> resource(Trace& trace, std::string name) {
  std::exception_ptr leaving;
  try {
    co_yield name;
    co_await sleep(1s);
    co_yield name;
  } catch (...) {
    leaving = std::current_exception();
  }
  trace(name, "closing");
  co_await sleep(0.25);
  trace(name, "closed");
  if (leaving) std::rethrow_exception(leaving);
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  loop.set_exception_handler([&trace](const ExceptionContext& context) {
    trace("handler got", context.message.substr(0, 59), what_of(context.exception).substr(0, 50));
  });
  AsyncGenerator<std::string> idle = resource(trace, "idle");
  co_await idle.next();
  AsyncGenerator<std::string> running = resource(trace, "running");
  co_await running.next();
  const Task<std::optional<std::string>> task = create_task(running.next());
  co_await sleep(500ms);
  co_await loop.shutdown_asyncgens();
  trace("shut down");
  trace("idle has ended:", shown(co_await idle.next()));
  trace("running goes on:", shown(co_await task));
  co_await loop.shutdown_asyncgens();
  trace("nothing to do");
  co_await running.aclose();
  AsyncGenerator<std::string> late = resource(trace, "late");
  std::vector<std::string> warnings;
  loop.set_exception_handler([&](const ExceptionContext& context) { warnings.push_back(context.message); });
  co_await late.next();
  const bool says_so = warnings.at(0).find("scheduled after loop.shutdown_asyncgens() call") != std::string::npos;
  trace("warnings:", warnings.size(), says_so);
  co_await late.aclose();
}
}  // namespace async_generator_shutdown_by_hand

namespace async_generator_shutdown_drops {
AsyncGenerator<std::string> resource(Trace& trace, std::string name, int turns) {
  std::exception_ptr leaving;
  try {
    co_yield name;
  } catch (...) {
    leaving = std::current_exception();
  }
  trace(name, "closing");
  for (int i = 0; i < turns; ++i) {
    co_await sleep(0s);
    trace(name, "turn", i);
  }
  if (leaving) std::rethrow_exception(leaving);
}

Coro<void> holds(Trace& trace, AsyncGenerator<std::string> gen) {
  co_await gen.next();
  try {
    co_await sleep(10s);
  } catch (...) {
    trace("holder ends");
    gen = {};
    throw;
  }
}

Coro<void> main_coro(Trace& trace, AsyncGenerator<std::string>& kept) {
  create_task(holds(trace, resource(trace, "dropped", 10)));
  kept = resource(trace, "kept", 3);
  trace(shown(co_await kept.next()));
  co_await sleep(0.25);
  trace("main ends");
}

void drive(Trace& trace, Runner& runner) {
  AsyncGenerator<std::string> kept;
  runner.run(main_coro(trace, kept));
  trace("run returned");
  runner.close();
}
}  // namespace async_generator_shutdown_drops

constexpr Script scripts[] = {
    {"async_generator_cancel", async_generator_cancel::main_coro},
    {"async_generator_dropped", async_generator_dropped::main_coro},
    {"async_generator_dropped_context", async_generator_dropped_context::main_coro},
    {"async_generator_dropped_cancelled", async_generator_dropped_cancelled::main_coro},
    {"async_generator_shutdown", nullptr, async_generator_shutdown::drive},
    {"async_generator_shutdown_by_hand", async_generator_shutdown_by_hand::main_coro},
    {"async_generator_shutdown_drops", nullptr, async_generator_shutdown_drops::drive},
};
}  // namespace

std::span<const Script> async_generator_end_scripts() { return scripts; }

}  // namespace weft::conformance
