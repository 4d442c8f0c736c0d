#include "weft/runtime/flow/event_loop.h"

#include <cstdlib>
#include <utility>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/sched/cpu_count.h"

namespace weft {
namespace {

SchedulerOptions scheduler_options(RunOptions options) {
  const char* environment = std::getenv("WEFT_WORKERS");
  const unsigned workers = worker_count(options.workers, environment);
  const bool asked =
      options.workers != 0 || (environment != nullptr && *environment != '\0' && std::string(environment) != "0");
  if (options.order == Order::asyncio && workers != 1) {
    throw ValueError("order asyncio needs exactly one worker, but " + std::to_string(workers) +
                     " are asked for; set RunOptions.workers or WEFT_WORKERS to 1");
  }
  SchedulerOptions result;
  result.workers = workers;
  result.asyncio_order =
      options.order == Order::asyncio || (options.order == Order::automatic && asked && workers == 1);
  result.clock = options.clock;
  result.seed = options.seed;
  result.thread_name = std::move(options.thread_name);
  result.pin_threads = options.pin_threads;
  result.on_thread_start = std::move(options.on_thread_start);
  result.on_thread_stop = std::move(options.on_thread_stop);
  result.run_fork = run_fork_item;
  return result;
}

}  // namespace

EventLoop::EventLoop(RunOptions options) {
  const bool debug = options.debug ? *options.debug : debug_by_environment();
  runtime_ = std::make_unique<Runtime>(scheduler_options(std::move(options)));
  runtime_->set_loop(this);
  runtime_->set_debug(debug);
}

EventLoop::~EventLoop() {
  // As in close(): what is destroyed with the runtime finds the loop closed.
  const std::unique_ptr<Runtime> closing = std::move(runtime_);
}

Handle EventLoop::soon(const Context* context, Callable* callable) {
  std::unique_ptr<Callable> owned(callable);
  Runtime& mine = runtime();
  auto* core = new HandleCore(mine, owned.release(), false, context);
  Handle handle(core);
  mine.schedule(core);
  return handle;
}

TimerHandle EventLoop::at(const Context* context, std::int64_t when, Callable* callable) {
  std::unique_ptr<Callable> owned(callable);
  Runtime& mine = runtime();
  if (mine.debug()) check_thread("call_at");
  auto* core = new HandleCore(mine, owned.release(), true, context);
  TimerHandle handle(core);
  mine.add_timer(*core, when);
  return handle;
}

void EventLoop::check_thread(const char* caller) const {
  const Runtime& mine = runtime();
  if (!mine.asyncio_order() || !mine.running() || Runtime::of_this_thread() == &mine) return;
  throw RuntimeError(std::string(caller) +
                     ": Non-thread-safe operation invoked on an event loop other than the current one; use "
                     "call_soon_threadsafe or run_coroutine_threadsafe");
}

void EventLoop::run_forever() {
  Runtime& mine = runtime();
  mine.run();
  mine.rethrow_escaped();
}

void EventLoop::wait_until_done(const AnyFuture& future) {
  Runtime& mine = runtime();
  const CallbackId stop_when_done = future.add_done_callback([&mine](const AnyFuture&) { mine.stop(); });
  try {
    mine.run();
    mine.rethrow_escaped();
  } catch (...) {
    future.remove_done_callback(stop_when_done);
    throw;
  }
  future.remove_done_callback(stop_when_done);
  if (!future.done()) throw RuntimeError("Event loop stopped before Future completed.");
}

void EventLoop::stop() { runtime().stop(); }

bool EventLoop::is_running() const noexcept { return runtime_ != nullptr && runtime_->running(); }

void EventLoop::close() {
  if (runtime_ == nullptr) return;
  if (runtime_->running())
    throw RuntimeError("Cannot close a running event loop; stop() it first and let run_* return");
  // Taken out first: what is destroyed with the runtime finds the loop closed.
  const std::unique_ptr<Runtime> closing = std::move(runtime_);
}

void EventLoop::refuse_closed() { throw RuntimeError("Event loop is closed"); }

EventLoop& get_running_loop() { return *static_cast<EventLoop*>(Runtime::current("get_running_loop").loop()); }

}  // namespace weft
