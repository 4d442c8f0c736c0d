// Timers: deadlines, ties, cancelled ones, and their place beside what is ready.
#include <chrono>
#include <vector>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

namespace timers_order {
Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  const TimePoint start = loop.time();
  loop.call_later(1s, [&trace] { trace("A 1.0"); });
  loop.call_later(500ms, [&trace] { trace("B 0.5"); });
  loop.call_at(start + 1s, [&trace] { trace("C 1.0"); });
  loop.call_later(250ms, [&trace] { trace("D 0.25"); });
  loop.call_at(start + 500ms, [&trace] { trace("E 0.5"); });
  loop.call_later(1s, [&trace] { trace("F 1.0"); });
  loop.call_later(125ms, [&trace, &loop] { loop.call_later(875ms, [&trace] { trace("G 1.0, made later"); }); });
  co_await sleep(1s);
  trace("main after 1.0: its timer is older than G's");
  co_await sleep(0s);
  trace("main one tick on");
  co_await sleep(1s);
}
}  // namespace timers_order

namespace timers_not_in_the_future {
Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  co_await sleep(2s);
  loop.call_later(0s, [&trace] { trace("later 0"); });
  loop.call_later(-1s, [&trace] { trace("later -1"); });
  loop.call_at(loop.time() - 500ms, [&trace] { trace("at -0.5"); });
  loop.call_at(TimePoint(), [&trace] { trace("at 0"); });
  loop.call_later(-1s, [&trace] { trace("later -1 again"); });
  loop.call_soon([&trace] { trace("soon"); });
  trace("main yields");
  co_await sleep(0s);
  trace("main after one tick");
  co_await sleep(0s);
  trace("main after two ticks");
}
}  // namespace timers_not_in_the_future

namespace timers_cancel {
std::int64_t eighths(std::chrono::nanoseconds duration) { return duration / 125ms; }

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  const TimePoint start = loop.time();
  TimerHandle early = loop.call_later(500ms, [&trace] { trace("never: cancelled at once"); });
  trace("when", eighths(early.when() - start));
  early.cancel();
  trace("cancelled:", early.cancelled());
  std::vector<TimerHandle> victims;
  loop.call_later(1s, [&victims] { victims[0].cancel(); });
  victims.push_back(loop.call_later(1s, [&trace] { trace("never: cancelled by its neighbour"); }));
  TimerHandle kept = loop.call_later(1s, [&trace] { trace("fires"); });
  co_await sleep(2s);
  trace("cancelled:", victims[0].cancelled(), kept.cancelled());
  TimerHandle late = loop.call_at(start + 8s, [&trace] { trace("never: the last timer, cancelled"); });
  late.cancel();
  co_await sleep(500ms);
  trace("when", eighths(kept.when() - start), eighths(late.when() - start));
}
}  // namespace timers_cancel

namespace timers_mass_cancel {
Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  std::vector<TimerHandle> timers;
  for (int number = 0; number < 200; ++number) {
    const auto delay = (1 + number * 7 % 8) * 125ms;
    timers.push_back(loop.call_later(delay, [&trace, number] { trace("timer", number); }));
  }
  for (int number = 0; number < 200; ++number) {
    if (number % 10 != 3) timers[static_cast<std::size_t>(number)].cancel();
  }
  co_await sleep(0s);
  trace("one tick on");
  co_await sleep(500ms);
  trace("half of the time");
  co_await sleep(750ms);
  trace("all of the time");
}
}  // namespace timers_mass_cancel

namespace timers_and_ready {
Coro<void> spin(Trace& trace, const char* name, int steps) {
  for (int step = 0; step < steps; ++step) {
    trace(name, "step", step);
    co_await sleep(0s);
  }
}

void fire(Trace& trace, const char* name) {
  trace("timer", name);
  get_running_loop().call_soon([&trace, name] { trace("soon from timer", name); });
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  co_await sleep(500ms);
  Task<void> a = create_task(spin(trace, "a", 3));
  Task<void> b = create_task(spin(trace, "b", 3));
  loop.call_later(0s, [&trace] { fire(trace, "due now"); });
  loop.call_later(500ms, [&trace] { fire(trace, "due later"); });
  loop.call_later(500ms, [&trace] { fire(trace, "due later as well"); });
  co_await a;
  co_await b;
  trace("both spun");
  co_await sleep(500ms);
  trace("main's own timer was the last of three");
  co_await sleep(0s);
}
}  // namespace timers_and_ready

constexpr Script scripts[] = {
    {"timers_order", timers_order::main_coro},
    {"timers_not_in_the_future", timers_not_in_the_future::main_coro},
    {"timers_cancel", timers_cancel::main_coro},
    {"timers_mass_cancel", timers_mass_cancel::main_coro},
    {"timers_and_ready", timers_and_ready::main_coro},
};
}  // namespace

std::span<const Script> timer_scripts() { return scripts; }

}  // namespace weft::conformance
