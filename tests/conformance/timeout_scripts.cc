// timeouts: expiry, nesting, blocks that resist, deadlines that move, and cancels by somebody else.
#include <chrono>
#include <iomanip>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

double seconds_until(TimePoint when) { return std::chrono::duration<double>(when - get_running_loop().time()).count(); }

namespace timeout_expires {
Coro<void> sleeper(Trace& trace) {
  bool cancelled = false;
  try {
    co_await sleep(10s);
  } catch (const CancelledError&) {
    trace("sleeper cancelled");
    cancelled = true;
  }
  if (cancelled) throw CancelledError();
}

Coro<void> main_coro(Trace& trace) {
  const AnyTask task = current_task();
  bool expired = false;
  try {
    co_await with_timeout(1s, [&](Timeout& timeout) -> Coro<void> {
      std::ostringstream left;
      left << std::fixed << std::setprecision(1) << seconds_until(*timeout.when());
      trace("when", left.str(), "expired", timeout.expired());
      try {
        co_await sleeper(trace);
      } catch (const CancelledError&) {
        expired = timeout.expired();
        throw;
      }
      trace("not reached");
    });
  } catch (const TimeoutError&) {
    trace("timed out, expired", expired, "cancelling", task.cancelling());
  }
  co_await with_timeout(1s, [&](Timeout& timeout) -> Coro<void> {
    co_await sleep(0.5);
    expired = timeout.expired();
  });
  trace("in time, expired", expired);
  co_await sleep(2s);
  trace("no cancel comes later, cancelling", task.cancelling());
  bool none = false;
  co_await with_timeout(std::nullopt, [&](Timeout& timeout) -> Coro<void> {
    co_await sleep(5s);
    none = !timeout.when().has_value();
  });
  trace("without an end, when is None:", none);
}
}  // namespace timeout_expires

namespace timeout_nested {
struct Seen {
  bool inner = false;
  bool outer = false;
};

// Notes whether a timeout has expired when its block is left.
class Note {
 public:
  Note(Timeout& timeout, bool& seen) : timeout_(timeout), seen_(seen) {}
  Note(const Note&) = delete;
  Note& operator=(const Note&) = delete;
  ~Note() { seen_ = timeout_.expired(); }

 private:
  Timeout& timeout_;
  bool& seen_;
};

Coro<void> block(Trace& trace, const char* name, double inner_delay, Seen& seen) {
  bool timed_out = false;
  try {
    co_await with_timeout(inner_delay, [&seen](Timeout& inner) -> Coro<void> {
      const Note note(inner, seen.inner);
      co_await sleep(10s);
    });
  } catch (const TimeoutError&) {
    timed_out = true;
  }
  if (!timed_out) co_return;
  trace(name, "inner timed out");
  co_await sleep(0.25);
  trace(name, "after inner");
}

Coro<void> nested(Trace& trace, const char* name, double outer_delay, double inner_delay) {
  Seen seen;
  try {
    co_await with_timeout(outer_delay, [&](Timeout& outer) -> Coro<void> {
      const Note note(outer, seen.outer);
      co_await block(trace, name, inner_delay, seen);
    });
  } catch (const TimeoutError&) {
    trace(name, "outer timed out");
  }
  trace(name, "inner", seen.inner, "outer", seen.outer, current_task().cancelling());
}

Coro<void> main_coro(Trace& trace) {
  co_await nested(trace, "inner first", 2, 1);
  co_await nested(trace, "outer first", 1, 2);
  co_await nested(trace, "both at once", 1, 1);
  co_await nested(trace, "outer in the handler", 1, 0.875);
}
}  // namespace timeout_nested

namespace timeout_swallowed {
Coro<void> swallows(Trace& trace) {
  try {
    co_await sleep(10s);
  } catch (const CancelledError&) {
    trace("swallowed");
  }
  co_await sleep(1s);
  trace("went on");
}

Coro<void> main_coro(Trace& trace) {
  bool expired = false;
  co_await with_timeout(1s, [&](Timeout& timeout) -> Coro<void> {
    co_await swallows(trace);
    expired = timeout.expired();
  });
  trace("expired", expired, "cancelling", current_task().cancelling());
  try {
    co_await with_timeout(1s, [&](Timeout& timeout) -> Coro<void> {
      try {
        co_await sleep(10s);
      } catch (const CancelledError&) {
        expired = timeout.expired();
        throw ValueError("instead");
      }
    });
  } catch (const ValueError& error) {
    trace("raised", error.what(), "expired", expired, "cancelling", current_task().cancelling());
  }
  try {
    co_await with_timeout(1s, [&]() -> Coro<void> {
      bool cancelled = false;
      try {
        co_await sleep(10s);
      } catch (const CancelledError&) {
        cancelled = true;
      }
      co_await sleep(2s);
      trace("finally is over");
      if (cancelled) throw CancelledError();
    });
  } catch (const TimeoutError&) {
    trace("timed out after its finally");
  }
  co_await sleep(0s);
  trace("still here");
}
}  // namespace timeout_swallowed

namespace timeout_reschedule {
Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  try {
    co_await with_timeout(1s, [&](Timeout& timeout) -> Coro<void> {
      timeout.reschedule(loop.time() + 3s);
      co_await sleep(2s);
      trace("later");
      timeout.reschedule(loop.time() + 500ms);
      co_await sleep(2s);
    });
  } catch (const TimeoutError&) {
    trace("sooner");
  }
  co_await with_timeout(1s, [&](Timeout& timeout) -> Coro<void> {
    timeout.reschedule(std::nullopt);
    co_await sleep(3s);
  });
  trace("away");
  try {
    co_await with_timeout(std::nullopt, [&](Timeout& timeout) -> Coro<void> {
      timeout.reschedule(loop.time() - 1s);
      trace("in the past");
      co_await sleep(1s);
      trace("not reached");
    });
  } catch (const TimeoutError&) {
    trace("at once");
  }
  {
    Timeout timeout{Delay()};  // with_timeout's own dies with its block, so that nobody can reschedule it
    timeout.exit();
    try {
      timeout.reschedule(std::nullopt);
    } catch (const RuntimeError&) {
      trace("refused after the end");
    }
  }
  try {
    co_await with_timeout(1s, [&](Timeout& timeout) -> Coro<void> {
      try {
        co_await sleep(3s);
      } catch (const CancelledError&) {
        try {
          timeout.reschedule(std::nullopt);
        } catch (const RuntimeError&) {
          trace("refused while it expires");
        }
        throw;
      }
    });
  } catch (const TimeoutError&) {
    trace("timed out all the same");
  }
}
}  // namespace timeout_reschedule

namespace timeout_zero {
Coro<void> main_coro(Trace& trace) {
  const Task<void> ticks = create_task(count_ticks(trace));
  co_await sleep(0s);
  for (const double delay : {0.0, -1.0}) {
    bool expired = false;
    co_await with_timeout(delay, [&](Timeout& timeout) -> Coro<void> {
      trace("never suspends");
      expired = timeout.expired();
      co_return;
    });
    trace("expired", expired);
    int start = trace.ticks;
    try {
      co_await with_timeout(delay, []() -> Coro<void> { co_await sleep(10s); });
    } catch (const TimeoutError&) {
      trace("timed out after ticks:", trace.ticks - start);
    }
    start = trace.ticks;
    try {
      co_await with_timeout(delay, [&trace]() -> Coro<void> {
        co_await sleep(0s);
        trace("one turn");
        co_await sleep(0s);
        trace("two turns");
      });
    } catch (const TimeoutError&) {
      trace("timed out after ticks:", trace.ticks - start);
    }
  }
  ticks.cancel();
}
}  // namespace timeout_zero

namespace timeout_foreign_cancel {
// Notes whether a timeout has expired after its block was left.
Coro<void> waits(Trace& trace, const char* name, double delay) {
  bool expired = false;
  try {
    Timeout timeout{Delay(delay)};
    try {
      const TimeoutBlock block(timeout);
      co_await sleep(10s);
    } catch (const CancelledError&) {
      expired = timeout.expired();
      rethrow_cancelled_by(timeout);
    }
  } catch (const TimeoutError&) {
    trace(name, "timed out");
  } catch (const CancelledError& error) {
    if (error.message().empty()) {
      trace(name, "cancelled", "expired", expired, current_task().cancelling());
    } else {
      trace(name, "cancelled", error.message(), "expired", expired, current_task().cancelling());
    }
    throw;
  }
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  const Task<void> early = create_task(waits(trace, "early", 2));
  co_await sleep(1s);
  early.cancel("by hand");
  co_await wait(only(early));
  trace("early is cancelled", early.cancelled());
  const Task<void> together = create_task(waits(trace, "together", 1));
  loop.call_later(1s, [together] { together.cancel("in the same turn"); });
  co_await wait(only(together));
  trace("together is cancelled", together.cancelled());
  const Task<void> later = create_task(waits(trace, "later", 1));
  co_await sleep(0s);
  loop.call_later(1s, [later] { later.cancel("in the same turn"); });
  co_await wait(only(later));
  trace("later is cancelled", later.cancelled());
}
}  // namespace timeout_foreign_cancel

constexpr Script scripts[] = {
    {"timeout_expires", timeout_expires::main_coro},     {"timeout_nested", timeout_nested::main_coro},
    {"timeout_swallowed", timeout_swallowed::main_coro}, {"timeout_reschedule", timeout_reschedule::main_coro},
    {"timeout_zero", timeout_zero::main_coro},           {"timeout_foreign_cancel", timeout_foreign_cancel::main_coro},
};
}  // namespace

std::span<const Script> timeout_scripts() { return scripts; }

}  // namespace weft::conformance
