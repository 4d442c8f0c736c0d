// Task.cancel(): where it is delivered, what the task may do about it, and how requests are counted.
#include <chrono>
#include <string>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace cancel_while_sleeping {
Coro<void> sleeper(Trace& trace, const char* name) {
  try {
    co_await sleep(10s);
    trace(name, "never");
  } catch (const CancelledError&) {
    trace(name, "is cancelled");
    trace(name, "finally");
    throw;
  }
}

Coro<void> see(Trace& trace, const char* name, Task<void> task) {
  try {
    co_await task;
  } catch (const CancelledError&) {
    trace("main saw CancelledError of", name);
  }
}

template <class Ask>
void asking(Trace& trace, Ask ask) {
  try {
    ask();
  } catch (const CancelledError&) {
    trace("asking a raises CancelledError");
  }
}

Coro<void> main_coro(Trace& trace) {
  Task<void> a = create_task(sleeper(trace, "a"));
  Task<void> b = create_task(sleeper(trace, "b"));
  co_await sleep(1s);
  trace("cancel b gives", b.cancel());
  trace("cancel a gives", a.cancel());
  trace("done:", a.done(), b.done(), "cancelled:", a.cancelled(), b.cancelled());
  co_await see(trace, "a", a);
  co_await see(trace, "b", b);
  trace("done:", a.done(), b.done(), "cancelled:", a.cancelled(), b.cancelled());
  trace("cancel a gives", a.cancel());
  asking(trace, [&a] { a.result(); });
  asking(trace, [&a] { static_cast<void>(a.exception()); });
  trace("nothing is left to wait for");
}
}  // namespace cancel_while_sleeping

namespace cancel_before_first_step {
Coro<void> body(Trace& trace, const char* name) {
  trace(name, "runs");
  co_await sleep(0s);
  trace(name, "second step");
}

Coro<void> main_coro(Trace& trace) {
  Task<void> first = create_task(body(trace, "first"));
  Task<void> victim = create_task(body(trace, "victim"));
  victim.add_done_callback([&trace](const AnyFuture& task) { trace("victim ended, cancelled:", task.cancelled()); });
  Task<void> last = create_task(body(trace, "last"));
  trace("cancel gives", victim.cancel());
  const bool again = victim.cancel();
  trace("cancel gives", again, "requests", victim.cancelling());
  co_await sleep(0s);
  trace("main after one tick, done:", victim.done());
  try {
    co_await victim;
  } catch (const CancelledError&) {
    trace("CancelledError");
  }
  co_await first;
  co_await last;
}
}  // namespace cancel_before_first_step

namespace cancel_self {
Coro<std::string> awaits_again(Trace& trace) {
  trace("cancel gives", current_task().cancel());
  trace("goes on to the next await");
  try {
    co_await sleep(0s);
    trace("never");
  } catch (const CancelledError&) {
    trace("cancelled at the await");
  }
  co_await sleep(500ms);
  co_return "goes on";
}

Coro<std::string> sleeps_long(Trace& trace) {
  current_task().cancel();
  try {
    co_await sleep(5s);
  } catch (...) {
    trace("the sleep was cut short");
    throw;
  }
  co_return "";
}

Coro<std::string> ends_at_once(Trace& trace) {
  current_task().cancel();
  trace("no further await");
  co_return "lost";
}

Coro<std::string> fails_at_once(Trace&) {
  current_task().cancel();
  throw ValueError("an error wins over the request");
  co_return "";
}

Coro<void> main_coro(Trace& trace) {
  static constexpr Coro<std::string> (*bodies[])(Trace&) = {awaits_again, sleeps_long, ends_at_once, fails_at_once};
  for (const auto body : bodies) {
    Task<std::string> task = create_task(body(trace));
    try {
      const std::string value = co_await task;
      trace("value", value);
    } catch (const CancelledError&) {
      trace("CancelledError");
    } catch (const ValueError& error) {
      trace("ValueError", error.what());
    }
    trace("cancelled:", task.cancelled());
  }
}
}  // namespace cancel_self

namespace cancel_self_then_await {
Coro<int> child(Trace& trace) {
  try {
    co_await sleep(5s);
  } catch (const CancelledError&) {
    trace("child is cancelled");
    throw;
  }
  co_return 0;
}

template <class On>
Coro<void> blocks(Trace& trace, On on) {
  current_task().cancel();
  try {
    co_await on;
  } catch (const CancelledError&) {
    trace("blocks is cancelled");
    throw;
  }
}

template <class On>
Coro<void> try_blocking(Trace& trace, const char* name, On on) {
  Task<void> task = create_task(blocks(trace, on));
  try {
    co_await task;
    trace("no error");
  } catch (const CancelledError&) {
    trace("CancelledError");
  }
  trace(name, "cancelled:", on.cancelled(), "task cancelled:", task.cancelled());
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  Future<int> pending = loop.create_future<int>();
  Future<int> done = loop.create_future<int>();
  done.set_result(1);
  Task<int> running = create_task(child(trace));
  co_await sleep(1s);
  co_await try_blocking(trace, "future", pending);
  co_await try_blocking(trace, "done future", done);
  co_await try_blocking(trace, "task", running);
}
}  // namespace cancel_self_then_await

namespace cancel_caught {
Coro<std::string> returns(Trace&) {
  try {
    co_await sleep(5s);
  } catch (const CancelledError&) {
    co_return "a value";
  }
  co_return "";
}

Coro<std::string> raises(Trace&) {
  try {
    co_await sleep(5s);
  } catch (const CancelledError&) {
    throw ValueError("another error");
  }
  co_return "";
}

Coro<std::string> goes_on(Trace& trace) {
  try {
    co_await sleep(5s);
  } catch (const CancelledError&) {
    trace("goes on");
  }
  co_await sleep(1s);
  co_return "after a second";
}

Coro<void> main_coro(Trace& trace) {
  static constexpr Coro<std::string> (*bodies[])(Trace&) = {returns, raises, goes_on};
  for (const auto body : bodies) {
    Task<std::string> task = create_task(body(trace));
    co_await sleep(500ms);
    trace("cancel gives", task.cancel());
    try {
      const std::string value = co_await task;
      trace("value", value);
    } catch (const ValueError& error) {
      trace("ValueError", error.what());
    }
    trace("cancelled:", task.cancelled(), "requests", task.cancelling());
  }
}
}  // namespace cancel_caught

namespace cancel_message {
Coro<void> leaf(Trace& trace) {
  try {
    co_await sleep(5s);
  } catch (const CancelledError& error) {
    trace("leaf sees", error.message());
    throw;
  }
}

Coro<void> awaits(Trace& trace, Task<void> task) {
  try {
    co_await task;
  } catch (const CancelledError& error) {
    trace("middle sees", error.message());
    throw;
  }
}

Coro<void> see(Trace& trace, Task<void> task) {
  try {
    co_await task;
  } catch (const CancelledError& error) {
    trace("main sees", error.message());
  }
}

Coro<void> main_coro(Trace& trace) {
  Task<void> inner = create_task(leaf(trace));
  Task<void> outer = create_task(awaits(trace, inner));
  co_await sleep(1s);
  outer.cancel("the reason");
  co_await see(trace, outer);

  Task<void> early = create_task(leaf(trace));
  early.cancel("before the first step");
  co_await see(trace, early);

  Task<void> both = create_task(leaf(trace));
  co_await sleep(0s);
  both.cancel("first");
  both.cancel("second");
  co_await see(trace, both);
}
}  // namespace cancel_message

namespace cancel_raised_by_hand {
Coro<void> gives_up() {
  co_await sleep(1s);
  throw CancelledError("gave up");
}

Coro<void> main_coro(Trace& trace) {
  Task<void> task = create_task(gives_up());
  try {
    co_await task;
  } catch (const CancelledError& error) {
    trace("CancelledError", error.message());
  }
  trace("cancelled:", task.cancelled(), "requests", task.cancelling());
  trace("main's requests", current_task().cancelling());
}
}  // namespace cancel_raised_by_hand

namespace cancel_main {
Coro<void> canceller(Trace& trace, AnyTask victim) {
  co_await sleep(1s);
  trace("cancel gives", victim.cancel());
}

Coro<void> main_coro(Trace& trace) {
  create_task(canceller(trace, current_task()));
  try {
    co_await sleep(5s);
  } catch (...) {
    trace("main's finally");
    throw;
  }
}
}  // namespace cancel_main

constexpr Script scripts[] = {
    {"cancel_while_sleeping", cancel_while_sleeping::main_coro},
    {"cancel_before_first_step", cancel_before_first_step::main_coro},
    {"cancel_self", cancel_self::main_coro},
    {"cancel_self_then_await", cancel_self_then_await::main_coro},
    {"cancel_caught", cancel_caught::main_coro},
    {"cancel_message", cancel_message::main_coro},
    {"cancel_raised_by_hand", cancel_raised_by_hand::main_coro},
    {"cancel_main", cancel_main::main_coro},
};
}  // namespace

std::span<const Script> cancel_scripts() { return scripts; }

}  // namespace weft::conformance
