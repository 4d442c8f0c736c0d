// The loop's ready queue: call_soon, its batches, its errors, its handles.
#include <chrono>
#include <vector>

#include "conformance/script.h"

namespace weft::conformance {
namespace {
using namespace std::chrono_literals;

void report(Trace& trace, const ExceptionContext& context) {
  try {
    std::rethrow_exception(context.exception);
  } catch (const ValueError& error) {
    trace("handler got ValueError", error.what());
  }
}

namespace call_soon_order {
Coro<void> step(Trace& trace, const char* name) {
  trace("task", name);
  co_return;
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  loop.call_soon([&trace] { trace("callback 1"); });
  Task<void> first = create_task(step(trace, "a"));
  loop.call_soon([&trace](int number) { trace("callback", number); }, 2);
  Task<void> second = create_task(step(trace, "b"));
  loop.call_soon([&trace] { trace("callback 3"); });
  trace("main goes on");
  co_await first;
  trace("first is done:", first.done(), "second is done:", second.done());
  co_await second;
}
}  // namespace call_soon_order

namespace call_soon_next_tick {
void chain(Trace& trace, int depth) {
  trace("depth", depth, "in tick", trace.ticks);
  if (depth < 4) get_running_loop().call_soon([&trace, depth] { chain(trace, depth + 1); });
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  loop.call_soon([&trace] { chain(trace, 1); });
  loop.call_soon([&trace] { trace("same batch as depth 1"); });
  for (int tick = 0; tick < 6; ++tick) {
    ++trace.ticks;
    trace("main in tick", trace.ticks);
    co_await sleep(0s);
  }
}
}  // namespace call_soon_next_tick

namespace call_soon_exception {
void fail(Trace& trace, const char* text) {
  trace("about to raise", text);
  throw ValueError(text);
}

Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  loop.set_exception_handler([&trace](const ExceptionContext& context) { report(trace, context); });
  loop.call_soon([&trace] { trace("before"); });
  loop.call_soon([&trace] { fail(trace, "from call_soon"); });
  loop.call_soon([&trace] { trace("after"); });
  loop.call_later(500ms, [&trace] { fail(trace, "from call_later"); });
  loop.call_later(500ms, [&trace] { trace("the other timer"); });
  co_await sleep(1s);
  trace("main ends");
}
}  // namespace call_soon_exception

namespace call_soon_cancel {
Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  Handle first = loop.call_soon([&trace] { trace("never: cancelled at once"); });
  first.cancel();
  trace("cancelled:", first.cancelled());
  std::vector<Handle> victims;
  loop.call_soon([&victims] { victims[0].cancel(); });
  victims.push_back(loop.call_soon([&trace] { trace("never: cancelled by its neighbour"); }));
  Handle last = loop.call_soon([&trace] { trace("runs"); });
  trace("cancelled:", victims[0].cancelled(), last.cancelled());
  co_await sleep(0s);
  trace("cancelled:", victims[0].cancelled(), last.cancelled());
  last.cancel();
  last.cancel();
  trace("cancel after the run is no error, cancelled:", last.cancelled());
}
}  // namespace call_soon_cancel

namespace call_soon_threadsafe_order {
Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  loop.call_soon([&trace] { trace("soon 1"); });
  loop.call_soon_threadsafe([&trace] { trace("threadsafe 2"); });
  loop.call_soon([&trace] { trace("soon 3"); });
  Handle cancelled = loop.call_soon_threadsafe([&trace] { trace("never"); });
  cancelled.cancel();
  loop.call_soon_threadsafe([&trace](int number) { trace("threadsafe", number); }, 4);
  co_await sleep(0s);
  trace("main after one tick");
  co_await sleep(250ms);
  trace("main after the sleep");
}
}  // namespace call_soon_threadsafe_order

namespace call_exception_handler {
Coro<void> main_coro(Trace& trace) {
  EventLoop& loop = get_running_loop();
  loop.set_exception_handler([&trace](const ExceptionContext& context) { trace("handler got", context.message); });
  trace("before");
  ExceptionContext context;
  context.message = "something to look at";
  loop.call_exception_handler(context);
  trace("after");
  co_return;
}
}  // namespace call_exception_handler

constexpr Script scripts[] = {
    {"call_soon_order", call_soon_order::main_coro},
    {"call_soon_next_tick", call_soon_next_tick::main_coro},
    {"call_soon_exception", call_soon_exception::main_coro},
    {"call_soon_cancel", call_soon_cancel::main_coro},
    {"call_soon_threadsafe_order", call_soon_threadsafe_order::main_coro},
    {"call_exception_handler", call_exception_handler::main_coro},
};
}  // namespace

std::span<const Script> loop_scripts() { return scripts; }

}  // namespace weft::conformance
