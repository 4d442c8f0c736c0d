// The end of run(): every task that is left is cancelled and waited for.
#include <chrono>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace shutdown_runs_finally {
Coro<void> left(Trace& trace, const char* name, double delay) {
  std::exception_ptr cancelled;
  try {
    co_await sleep(10s);
  } catch (...) {
    cancelled = std::current_exception();
  }
  co_await sleep(delay);
  trace(name, "cleaned up");
  co_await sleep(0s);
  trace(name, "ends");
  if (cancelled) std::rethrow_exception(cancelled);
}

Coro<void> main_coro(Trace& trace) {
  create_task(left(trace, "slow", 1.5));
  create_task(left(trace, "fast", 0.5));
  create_task(left(trace, "middle", 1));
  co_await sleep(1s);
  trace("main ends");
}
}  // namespace shutdown_runs_finally

namespace shutdown_before_first_step {
Coro<void> spin(Trace& trace) {
  try {
    for (;;) co_await sleep(0s);
  } catch (...) {
    trace("spin ends; last words");
    throw;
  }
}

Coro<void> body(Trace& trace) {
  trace("body has started");
  try {
    co_await sleep(5s);
  } catch (...) {
    trace("body ends");
    throw;
  }
}

void at_the_end(Trace& trace) {
  trace("last callback of the run");
  trace("tasks:", all_tasks().size());
  get_running_loop().create_task(body(trace));
  trace("tasks:", all_tasks().size());
}

Coro<void> main_coro(Trace& trace) {
  create_task(spin(trace));
  co_await sleep(0s);
  get_running_loop().call_soon([&trace] { at_the_end(trace); });
}
}  // namespace shutdown_before_first_step

namespace shutdown_reports_errors {
void report(Trace& trace, const ExceptionContext& context) {
  try {
    std::rethrow_exception(context.exception);
  } catch (const ValueError& error) {
    trace("handler got ValueError", error.what());
  }
}

Coro<void> fails(Trace& trace) {
  bool cancelled = false;
  try {
    co_await sleep(10s);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (!cancelled) co_return;
  co_await sleep(250ms);
  trace("failing during the clean-up");
  throw ValueError("clean-up failed");
}

Coro<void> refuses(Trace& trace) {
  for (;;) {
    try {
      co_await sleep(1s);
      trace("refused to be cancelled");
      co_return;
    } catch (const CancelledError&) {
      trace("refuses");
    }
  }
}

Coro<void> main_coro(Trace& trace) {
  get_running_loop().set_exception_handler([&trace](const ExceptionContext& context) { report(trace, context); });
  create_task(fails(trace));
  create_task(refuses(trace));
  co_await sleep(500ms);
  trace("main ends");
}
}  // namespace shutdown_reports_errors

namespace shutdown_waiting_chain {
Coro<void> leaf(Trace& trace) {
  try {
    co_await sleep(10s);
  } catch (...) {
    trace("leaf ends");
    throw;
  }
}

Coro<void> holder(Trace& trace, const char* name, Task<void> task) {
  try {
    co_await task;
  } catch (const CancelledError&) {
    trace(name, "ends, its task is done:", task.done());
    throw;
  }
}

Coro<void> main_coro(Trace& trace) {
  Task<void> inner = create_task(leaf(trace));
  Task<void> middle = create_task(holder(trace, "middle", inner));
  create_task(holder(trace, "outer", middle));
  co_await sleep(1s);
  trace("main ends");
}
}  // namespace shutdown_waiting_chain

namespace shutdown_last_turns {
void chain(Trace& trace, int turns) {
  trace("turn", turns);
  if (turns < 9) get_running_loop().call_soon([&trace, turns] { chain(trace, turns + 1); });
}

Coro<void> main_coro(Trace& trace) {
  get_running_loop().call_soon([&trace] { chain(trace, 1); });
  trace("main ends");
  co_return;
}
}  // namespace shutdown_last_turns

constexpr Script scripts[] = {
    {"shutdown_runs_finally", shutdown_runs_finally::main_coro},
    {"shutdown_before_first_step", shutdown_before_first_step::main_coro},
    {"shutdown_reports_errors", shutdown_reports_errors::main_coro},
    {"shutdown_waiting_chain", shutdown_waiting_chain::main_coro},
    {"shutdown_last_turns", shutdown_last_turns::main_coro},
};
}  // namespace

std::span<const Script> shutdown_scripts() { return scripts; }

}  // namespace weft::conformance
