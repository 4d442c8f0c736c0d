#pragma once
// event_loop: the running runtime as asyncio's users know it.
//
//   asyncio   asyncio.AbstractEventLoop, the part without I/O
//   threads   every scheduling member from any thread; run_* and close from the thread that owns the loop. In debug mode order asyncio is as
//             strict as CPython: RuntimeError for all but call_soon_threadsafe, while the loop runs in another thread.
//   debug     set_debug, RunOptions.debug or WEFT_DEBUG=1: slow steps and callbacks, coroutines that were never awaited, where a task was
//             created, children that a failed gather leaves to run longer than their parent; all through the exception handler.
//   order     with one worker in order asyncio: CPython's. Otherwise callbacks run on any worker, each exactly once.

#include <chrono>
#include <memory>
#include <source_location>
#include <string>
#include <type_traits>
#include <utility>

#include "weft/runtime/flow/duration.h"
#include "weft/runtime/flow/generator_shutdown.h"
#include "weft/runtime/flow/handle.h"
#include "weft/runtime/flow/run_options.h"
#include "weft/runtime/task/task.h"

namespace weft {

// What a callback may begin with; a Context before it says where it runs.
template <class Function>
concept CallbackFunction = !std::is_same_v<std::remove_cvref_t<Function>, Context>;

class EventLoop {
 public:
  // Throws ValueError for options that make no sense (worker counts, order asyncio with several workers).
  explicit EventLoop(RunOptions options = {});
  // Closes the loop.
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Schedules function(args...) for the next turn, in a copy of the current context. What it throws goes to the exception handler.
  template <CallbackFunction Function, class... Args>
  Handle call_soon(Function&& function, Args&&... args) {
    if (get_debug()) check_thread("call_soon");
    return soon(nullptr, make_callable(std::forward<Function>(function), std::forward<Args>(args)...));
  }
  // This form, and those below: in the given context itself.
  template <class Function, class... Args>
  Handle call_soon(const Context& context, Function&& function, Args&&... args) {
    if (get_debug()) check_thread("call_soon");
    return soon(&context, make_callable(std::forward<Function>(function), std::forward<Args>(args)...));
  }
  template <CallbackFunction Function, class... Args>
  Handle call_soon_threadsafe(Function&& function, Args&&... args) {
    return soon(nullptr, make_callable(std::forward<Function>(function), std::forward<Args>(args)...));
  }
  template <class Function, class... Args>
  Handle call_soon_threadsafe(const Context& context, Function&& function, Args&&... args) {
    return soon(&context, make_callable(std::forward<Function>(function), std::forward<Args>(args)...));
  }
  // After `delay`; a delay that is not positive: in the next turn. ValueError for NaN.
  template <class Rep, class Period, CallbackFunction Function, class... Args>
  TimerHandle call_later(std::chrono::duration<Rep, Period> delay, Function&& function, Args&&... args) {
    const std::int64_t when =
        deadline_after(runtime().now(), nanoseconds_of(delay));  // may throw: before the allocation
    return at(nullptr, when, make_callable(std::forward<Function>(function), std::forward<Args>(args)...));
  }
  template <class Rep, class Period, class Function, class... Args>
  TimerHandle call_later(std::chrono::duration<Rep, Period> delay, const Context& context, Function&& function,
                         Args&&... args) {
    const std::int64_t when = deadline_after(runtime().now(), nanoseconds_of(delay));
    return at(&context, when, make_callable(std::forward<Function>(function), std::forward<Args>(args)...));
  }
  template <CallbackFunction Function, class... Args>
  TimerHandle call_at(TimePoint when, Function&& function, Args&&... args) {
    return at(nullptr, when.time_since_epoch().count(),
              make_callable(std::forward<Function>(function), std::forward<Args>(args)...));
  }
  template <class Function, class... Args>
  TimerHandle call_at(TimePoint when, const Context& context, Function&& function, Args&&... args) {
    return at(&context, when.time_since_epoch().count(),
              make_callable(std::forward<Function>(function), std::forward<Args>(args)...));
  }
  TimePoint time() const { return TimePoint(std::chrono::nanoseconds(runtime().now())); }

  template <class T = void>
  Future<T> create_future(const std::source_location& created_at = std::source_location::current()) {
    return Future<T>::make(runtime(), created_at);
  }
  template <class T>
  Task<T> create_task(Coro<T> coro, const TaskOptions& options = {}) {
    if (get_debug()) check_thread("create_task");
    return create_task_in(runtime(), std::move(coro), options);
  }

  // Until stop(). RuntimeError when a loop runs in this thread, when this loop runs, or when it is closed.
  void run_forever();
  // Until the future is done; returns its result or throws what it ended with.
  template <class T>
  T run_until_complete(Task<T> task) {
    wait_until_done(task);
    return take_result(task);
  }
  template <class T>
  T run_until_complete(Coro<T> coro) {
    return run_until_complete(create_task(std::move(coro)));
  }
  template <class T>
  Shared<T> run_until_complete(Future<T> future) {
    wait_until_done(future);
    return future.result();
  }
  // The entries that are ready end their turn, then run_* returns. Any thread.
  void stop();
  bool is_running() const noexcept;
  // Drops what is queued and destroys pending tasks. Idempotent; RuntimeError while the loop runs.
  void close();
  bool is_closed() const noexcept { return runtime_ == nullptr; }
  // Closes the async generators that have begun and not ended, all at once, and reports what goes wrong. One that begins later is reported.
  // In order depth first it waits, other than asyncio, also for those that were dropped and are being closed.
  Coro<void> shutdown_asyncgens() { return close_generators(runtime()); }

  // asyncio's set_task_factory; an empty one: back to the default. Any thread. See task_factory.h.
  void set_task_factory(TaskFactory factory) {
    runtime().set_task_factory(factory ? std::make_shared<const TaskFactory>(std::move(factory)) : nullptr);
  }
  // Empty: the default.
  TaskFactory get_task_factory() const {
    const std::shared_ptr<const TaskFactory> factory = runtime().task_factory();
    return factory == nullptr ? TaskFactory() : *factory;
  }

  // Null: back to the default, which writes to stderr.
  void set_exception_handler(ExceptionHandler handler) { runtime().set_exception_handler(std::move(handler)); }
  void call_exception_handler(const ExceptionContext& context) { runtime().report(context); }
  static void default_exception_handler(const ExceptionContext& context) { Runtime::default_report(context); }
  void set_debug(bool debug) { runtime().set_debug(debug); }
  bool get_debug() const { return runtime().debug(); }
  // asyncio's slow_callback_duration: in debug mode a step or callback that takes this long is reported. 100 ms at first.
  template <class Rep, class Period>
  void set_slow_callback_duration(std::chrono::duration<Rep, Period> duration) {
    runtime().set_slow_step(nanoseconds_of(duration));
  }
  std::chrono::nanoseconds slow_callback_duration() const { return std::chrono::nanoseconds(runtime().slow_step()); }

  // How many workers the loop has, and whether it interleaves as CPython does.
  unsigned workers() const { return runtime().worker_count(); }
  Order order() const { return runtime().asyncio_order() ? Order::asyncio : Order::depth_first; }

  // For combinators. RuntimeError "Event loop is closed" afterwards.
  Runtime& runtime() const {
    if (runtime_ == nullptr) refuse_closed();
    return *runtime_;
  }

 private:
  friend class Runner;
  // RuntimeError when the loop runs in another thread, in order asyncio.
  void check_thread(const char* caller) const;
  // `context` null: a copy of the current one.
  Handle soon(const Context* context, Callable* callable);
  TimerHandle at(const Context* context, std::int64_t when, Callable* callable);
  void wait_until_done(const AnyFuture& future);
  [[noreturn]] static void refuse_closed();
  template <class T>
  static T take_result(const Task<T>& task) {
    task.check();
    if constexpr (std::is_void_v<T>) {
      return;
    } else if constexpr (std::is_reference_v<T>) {
      return task.result();
    } else {
      return std::move(static_cast<TypedTaskCell<T>&>(task.core()).value());
    }
  }

  static Coro<void> close_generators(Runtime& runtime) {
    const GeneratorShutdown shutdown(runtime);
    if (shutdown.empty()) co_return;
    co_await shutdown.closed();
    shutdown.report();
  }

  std::unique_ptr<Runtime> runtime_;
};

// asyncio.get_running_loop: RuntimeError when no loop runs in this thread.
EventLoop& get_running_loop();
// asyncio.get_event_loop as of 3.14: the same.
inline EventLoop& get_event_loop() { return get_running_loop(); }

}  // namespace weft
