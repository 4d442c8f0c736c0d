// gather: children that fail or are cancelled, and errors as values.
#include <chrono>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace gather_first_failure {
Coro<void> child(Trace& trace, const char* name, double delay) {
  co_await sleep(delay);
  trace(name, "ends");
}

Coro<void> fails(Trace& trace, const char* text, double delay) {
  co_await sleep(delay);
  trace("failing", text);
  throw ValueError(text);
}

Coro<void> main_coro(Trace& trace) {
  get_running_loop().set_exception_handler(
      [&trace](const ExceptionContext& context) { trace("handler got", context.message); });
  try {
    co_await gather(child(trace, "a", 3), fails(trace, "early", 1), child(trace, "b", 0.5), fails(trace, "late", 2));
  } catch (const ValueError& error) {
    trace("caught", error.what());
  }
  trace("tasks:", all_tasks().size());
  co_await sleep(4s);
  trace("tasks:", all_tasks().size());
}
}  // namespace gather_first_failure

namespace gather_failures_in_one_tick {
Coro<void> fails(const char* name, int yields) {
  for (int done = 0; done < yields; ++done) co_await sleep(0s);
  throw ValueError(name);
}

Coro<void> fails_after(const char* name, double delay) {
  co_await sleep(delay);
  throw ValueError(name);
}

Coro<void> main_coro(Trace& trace) {
  try {
    co_await gather(fails("slow", 3), fails("fast", 1));
  } catch (const ValueError& error) {
    trace("caught", error.what());
  }
  try {
    co_await gather(fails_after("first argument", 1), fails_after("second argument", 1));
  } catch (const ValueError& error) {
    trace("caught", error.what());
  }
}
}  // namespace gather_failures_in_one_tick

namespace gather_child_cancelled {
Coro<void> child(Trace& trace, const char* name, double delay) {
  try {
    co_await sleep(delay);
    trace(name, "ends");
  } catch (const CancelledError&) {
    trace(name, "is cancelled");
    throw;
  }
}

Coro<void> canceller(Trace& trace, Task<void> task) {
  co_await sleep(1s);
  trace("cancel gives", task.cancel("only you"));
}

Coro<void> main_coro(Trace& trace) {
  Task<void> victim = create_task(child(trace, "victim", 5));
  create_task(canceller(trace, victim));
  try {
    co_await gather(child(trace, "a", 2), victim, child(trace, "b", 3));
  } catch (const CancelledError&) {
    trace("CancelledError, main's requests", current_task().cancelling());
  }
  trace("victim cancelled:", victim.cancelled());
  co_await sleep(2500ms);
  trace("tasks:", all_tasks().size());
}
}  // namespace gather_child_cancelled

namespace gather_return_exceptions {
Coro<std::string> child(std::string name, double delay) {
  co_await sleep(delay);
  co_return name;
}

Coro<std::string> fails(std::string text, double delay) {
  co_await sleep(delay);
  throw ValueError(text);
}

Coro<std::string> gives_up() {
  throw CancelledError();
  co_return "";
}

void show(Trace& trace, const Outcome<std::string>& outcome) {
  if (outcome.cancelled()) {
    trace("cancelled");
  } else if (!outcome.ok()) {
    try {
      std::rethrow_exception(outcome.exception());
    } catch (const ValueError& error) {
      trace("error", "ValueError", error.what());
    }
  } else {
    trace("value", outcome.value());
  }
}

Coro<void> main_coro(Trace& trace) {
  Task<std::string> victim = create_task(child("victim", 9));
  get_running_loop().call_later(1s, [victim]() mutable { victim.cancel(); });
  Coro<std::string> a = child("a", 2);
  Coro<std::string> b = fails("b", 1);
  Coro<std::string> e = fails("e", 3);
  auto five = co_await gather(return_exceptions, std::move(a), std::move(b), victim, gives_up(), std::move(e));
  show(trace, std::get<0>(five));
  show(trace, std::get<1>(five));
  show(trace, std::get<2>(five));
  show(trace, std::get<3>(five));
  show(trace, std::get<4>(five));
  std::vector<Coro<std::string>> coros;
  for (char name = 'x'; name <= 'y'; ++name) coros.push_back(fails(std::string(1, name), 0));
  std::vector<Outcome<std::string>> outcomes = co_await gather(return_exceptions, std::move(coros));
  for (const Outcome<std::string>& outcome : outcomes) show(trace, outcome);
}
}  // namespace gather_return_exceptions

constexpr Script scripts[] = {
    {"gather_first_failure", gather_first_failure::main_coro},
    {"gather_failures_in_one_tick", gather_failures_in_one_tick::main_coro},
    {"gather_child_cancelled", gather_child_cancelled::main_coro},
    {"gather_return_exceptions", gather_return_exceptions::main_coro},
};
}  // namespace

std::span<const Script> gather_failure_scripts() { return scripts; }

}  // namespace weft::conformance
