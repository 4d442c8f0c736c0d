// Async generators: their steps, their ends, and aclosing.
#include <chrono>
#include <optional>
#include <string>
#include <utility>

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

namespace async_generator_next {
AsyncGenerator<int> count(Trace& trace, int n, std::optional<double> delay) {
  trace("begins");
  for (int i = 0; i < n; ++i) {
    if (delay) co_await sleep(*delay);
    co_yield i;
  }
  trace("ends");
}

Coro<void> other(Trace& trace) {
  for (int i = 0; i < 4; ++i) {
    trace("other", i);
    co_await sleep(0s);
  }
}

Coro<void> values(Trace& trace) {
  AsyncGenerator<int> gen = count(trace, 3, 0.25);
  trace("made");
  while (const auto x = co_await gen.next()) trace("got", *x);
  trace("again:", shown(co_await gen.next()));
  create_task(other(trace));
  AsyncGenerator<int> ready = count(trace, 3, std::nullopt);
  while (const auto x = co_await ready.next()) trace("ready", *x);
  AsyncGenerator<int> turns = count(trace, 3, 0);
  while (const auto x = co_await turns.next()) trace("turn", *x);
}

AsyncGenerator<int> fails() {
  co_yield 1;
  throw ValueError("inside");
}

AsyncGenerator<int> outer(Trace& trace) {
  trace("outer begins");
  AsyncGenerator<int> inner = count(trace, 2, 0.5);
  while (const auto x = co_await inner.next()) co_yield *x * 10;
  co_yield 99;
}

Coro<void> main_coro(Trace& trace) {
  co_await values(trace);
  AsyncGenerator<int> failing = fails();
  trace("first", shown(co_await failing.next()));
  try {
    co_await failing.next();
  } catch (const ValueError& error) {
    trace("raised", error.what());
  }
  trace("after the error:", shown(co_await failing.next()));
  AsyncGenerator<int> gen = outer(trace);
  while (const auto x = co_await gen.next()) trace("outer gives", *x);
}
}  // namespace async_generator_next

namespace async_generator_asend {
AsyncGenerator<std::string, std::string> echo() {
  auto got = co_yield "ready";
  for (;;) {
    co_await sleep(0.25);
    got = co_yield "echo " + shown(got);
  }
}

AsyncGenerator<int, int> summer() {
  int total = 0;
  for (;;) {
    const auto got = co_yield total;
    if (!got) co_return;
    total += *got;
  }
}

Coro<void> main_coro(Trace& trace) {
  AsyncGenerator<std::string, std::string> gen = echo();
  try {
    co_await gen.asend("too early");
  } catch (const TypeError&) {
    trace("TypeError");
  }
  trace(shown(co_await gen.next()));
  trace(shown(co_await gen.asend("a")));
  trace(shown(co_await gen.asend("b")));
  trace(shown(co_await gen.next()));
  co_await gen.aclose();
  const auto after = co_await gen.asend("c");
  if (!after) trace("closed");
  AsyncGenerator<int, int> total = summer();
  co_await total.next();
  for (int i = 1; i < 5; ++i) trace("sum", shown(co_await total.asend(i)));
  trace("end:", shown(co_await total.next()));
}
}  // namespace async_generator_asend

namespace async_generator_athrow {
AsyncGenerator<std::string> stubborn(Trace& trace) {
  for (;;) {
    bool caught = false;
    try {
      co_yield "value";
    } catch (const ValueError& error) {
      trace("caught", error.what());
      caught = true;
    } catch (const LookupError&) {
      trace("gives up");
      co_return;
    }
    if (!caught) continue;
    co_await sleep(500ms);
    co_yield "answer";
  }
}

AsyncGenerator<int> translates() {
  bool caught = false;
  try {
    co_yield 1;
  } catch (const ValueError&) {
    caught = true;
  }
  if (!caught) co_return;
  co_await sleep(0s);
  throw RuntimeError("instead");
}

Coro<void> answered(Trace& trace) {
  AsyncGenerator<std::string> gen = stubborn(trace);
  trace(shown(co_await gen.next()));
  trace(shown(co_await gen.athrow(ValueError("one"))));
  trace(shown(co_await gen.next()));
  trace(shown(co_await gen.athrow(ValueError("two"))));
  trace(shown(co_await gen.next()));
  const auto none = co_await gen.athrow(LookupError("enough"));
  if (!none) trace("StopAsyncIteration");
  trace("ended:", shown(co_await gen.athrow(ValueError("late"))));
}

Coro<void> main_coro(Trace& trace) {
  co_await answered(trace);
  AsyncGenerator<int> translated = translates();
  trace(shown(co_await translated.next()));
  try {
    co_await translated.athrow(ValueError("x"));
  } catch (const RuntimeError& error) {
    trace("raised", error.what());
  }
  trace("ended:", shown(co_await translated.next()));
  AsyncGenerator<std::string> gen = stubborn(trace);
  try {
    co_await gen.athrow(ValueError("at once"));
  } catch (const ValueError& error) {
    trace("raised", error.what());
  }
  trace("ended:", shown(co_await gen.next()));
  gen = stubborn(trace);
  co_await gen.next();
  try {
    co_await gen.athrow(CancelledError("by hand"));
  } catch (const CancelledError&) {
    trace("CancelledError");
  }
  trace("ended:", shown(co_await gen.next()));
}
}  // namespace async_generator_athrow

namespace async_generator_aclose {
AsyncGenerator<int> resource(Trace& trace, const char* name) {
  trace(name, "opened");
  std::exception_ptr leaving;
  try {
    for (int i = 0;; ++i) co_yield i;
  } catch (...) {
    leaving = std::current_exception();
  }
  trace(name, "closing");
  co_await sleep(500ms);
  trace(name, "closed");
  std::rethrow_exception(leaving);
}

AsyncGenerator<int> fails() {
  try {
    co_yield 1;
  } catch (const GeneratorExit&) {
  }
  co_await sleep(0s);
  throw ValueError("clean-up failed");
}

AsyncGenerator<int> returns(Trace& trace) {
  try {
    co_yield 1;
  } catch (const GeneratorExit&) {
    trace("returns instead");
    co_return;
  }
}

AsyncGenerator<int> ignores(Trace& trace) {
  for (int i = 0; i < 2; ++i) {
    try {
      co_yield i;
    } catch (const GeneratorExit&) {
      trace("ignored");
    }
  }
  trace("falls off its end");
}

Coro<void> failures(Trace& trace) {
  AsyncGenerator<int> gen = fails();
  co_await gen.next();
  try {
    co_await gen.aclose();
  } catch (const ValueError& error) {
    trace("raised", error.what());
  }
  co_await gen.aclose();
  gen = returns(trace);
  co_await gen.next();
  co_await gen.aclose();
  gen = ignores(trace);
  co_await gen.next();
  try {
    co_await gen.aclose();
  } catch (const RuntimeError&) {
    trace("RuntimeError");
  }
  trace("goes on:", shown(co_await gen.next()));
}

Coro<void> main_coro(Trace& trace) {
  AsyncGenerator<int> gen = resource(trace, "a");
  const auto first = co_await gen.next();
  const auto second = co_await gen.next();
  trace(*first, *second);
  co_await gen.aclose();
  trace("after aclose:", shown(co_await gen.next()));
  co_await gen.aclose();
  gen = resource(trace, "never");
  co_await gen.aclose();
  trace("never began:", shown(co_await gen.next()));
  co_await failures(trace);
  gen = resource(trace, "b");
  co_await gen.next();
  GeneratorClose step = gen.aclose();
  co_await step;
  try {
    co_await step;
  } catch (const RuntimeError&) {
    trace("cannot reuse");
  }
}
}  // namespace async_generator_aclose

namespace async_generator_running {
AsyncGenerator<int, int> slow(Trace& trace) {
  std::exception_ptr leaving;
  try {
    for (int i = 0; i < 3; ++i) {
      co_await sleep(1s);
      co_yield i;
    }
  } catch (...) {
    leaving = std::current_exception();
  }
  co_await sleep(1s);
  trace("cleaned up");
  if (leaving) std::rethrow_exception(leaving);
}

template <class Step>
Coro<void> attempt(Trace& trace, const char* name, Step step) {
  try {
    co_await step;
    trace(name, "went through");
  } catch (const RuntimeError& error) {
    const std::string text = error.what();
    trace(name, "refused:", text.substr(0, text.find(';')));
  }
}

Coro<void> consume(Trace& trace, AsyncGenerator<int, int>& gen) {
  trace("consumer got", shown(co_await gen.next()));
  co_await sleep(1s);
  co_await gen.aclose();
  trace("consumer closed it");
}

Coro<void> main_coro(Trace& trace) {
  AsyncGenerator<int, int> gen = slow(trace);
  const Task<void> task = create_task(consume(trace, gen));
  co_await sleep(500ms);
  co_await attempt(trace, "next", gen.next());
  co_await attempt(trace, "asend", gen.asend(1));
  co_await attempt(trace, "athrow", gen.athrow(ValueError("")));
  co_await attempt(trace, "aclose", gen.aclose());
  co_await sleep(2s);
  co_await attempt(trace, "next", gen.next());
  co_await attempt(trace, "aclose", gen.aclose());
  co_await task;
  co_await attempt(trace, "next of one that has ended", gen.next());
}
}  // namespace async_generator_running

namespace async_generator_aclosing {
AsyncGenerator<int> resource(Trace& trace, const char* name) {
  std::exception_ptr leaving;
  try {
    for (int i = 0;; ++i) {
      co_await sleep(0.25);
      co_yield i;
    }
  } catch (...) {
    leaving = std::current_exception();
  }
  trace(name, "closing");
  co_await sleep(500ms);
  trace(name, "closed");
  std::rethrow_exception(leaving);
}

AsyncGenerator<int> fails() {
  try {
    co_yield 1;
  } catch (const GeneratorExit&) {
    throw ValueError("of the closing");
  }
}

Coro<void> cancelled(Trace& trace) {
  const auto block = [&trace](AsyncGenerator<int>& gen) -> Coro<void> {
    trace("cancelled got", shown(co_await gen.next()));
    co_await sleep(10s);
  };
  co_await aclosing(resource(trace, "cancelled"), block);
}

Coro<void> main_coro(Trace& trace) {
  const auto breaks_off = [&trace](AsyncGenerator<int>& gen) -> Coro<void> {
    while (const auto x = co_await gen.next()) {
      trace("got", *x);
      if (*x == 2) break;
    }
  };
  co_await aclosing(resource(trace, "broken off"), breaks_off);
  const auto throws = [](AsyncGenerator<int>& gen) -> Coro<void> {
    co_await gen.next();
    throw LookupError("of the block");
  };
  try {
    co_await aclosing(resource(trace, "thrown out of"), throws);
  } catch (const LookupError& error) {
    trace("raised", error.what());
  }
  try {
    co_await aclosing(fails(), throws);
  } catch (const ValueError& error) {
    trace("raised", error.what());
  }
  const auto no_step = [&trace](AsyncGenerator<int>&) -> Coro<void> {
    trace("does not iterate");
    co_return;
  };
  co_await aclosing(resource(trace, "never began"), no_step);
  const Task<void> task = create_task(cancelled(trace));
  co_await sleep(1s);
  task.cancel();
  try {
    co_await task;
  } catch (const CancelledError&) {
    trace("task was cancelled");
  }
}
}  // namespace async_generator_aclosing

constexpr Script scripts[] = {
    {"async_generator_next", async_generator_next::main_coro},
    {"async_generator_asend", async_generator_asend::main_coro},
    {"async_generator_athrow", async_generator_athrow::main_coro},
    {"async_generator_aclose", async_generator_aclose::main_coro},
    {"async_generator_running", async_generator_running::main_coro},
    {"async_generator_aclosing", async_generator_aclosing::main_coro},
};
}  // namespace

std::span<const Script> async_generator_scripts() { return scripts; }

}  // namespace weft::conformance
