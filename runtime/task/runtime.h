#pragma once
// runtime: what tasks need of the loop they belong to: its scheduler, task numbers, the exception handler, the debug flag.
//
//   threads   every member from any thread, unless it says otherwise.

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "weft/runtime/base/stored_error.h"
#include "weft/runtime/sched/scheduler.h"
#include "weft/runtime/task/generator_registry.h"

namespace weft {

// asyncio's exception handler context: what went wrong where nobody awaits.
struct ExceptionContext {
  std::string message;
  std::exception_ptr exception;  // may be null
  std::string task_name;         // empty: no task is concerned
};
using ExceptionHandler = std::function<void(const ExceptionContext&)>;

class Runtime : public Scheduler {
 public:
  explicit Runtime(SchedulerOptions options);
  // Destroys the tasks that are still pending, each from its innermost coroutine out, and reports them; drops what is queued.
  ~Runtime();

  // The runtime whose worker this thread is, or null.
  static Runtime* of_this_thread() noexcept {
    Worker* worker = this_worker();
    return worker != nullptr ? static_cast<Runtime*>(&worker->scheduler()) : nullptr;
  }
  // As of_this_thread; throws RuntimeError naming `caller` when there is none.
  static Runtime& current(const char* caller) {
    Runtime* runtime = of_this_thread();
    if (runtime == nullptr) [[unlikely]]
      refuse_no_loop(caller);
    return *runtime;
  }

  // The number in the next default task name: consecutive with one worker, unique with several.
  std::uint64_t next_task_number() noexcept {
    Worker* worker = own_worker();
    if (worker == nullptr || asyncio_order()) return numbers_.fetch_add(1, std::memory_order_relaxed) + 1;
    return worker->take_number(numbers_, kNumbersPerBlock);
  }
  // Not above any number given out later.
  std::uint64_t last_task_number() const noexcept { return numbers_.load(std::memory_order_relaxed); }

  // KeyboardInterrupt left a task or a callback: the loop stops at once, and rethrow_escaped() throws it out of run_*.
  void escape(const StoredError& error) noexcept;
  void rethrow_escaped();

  // Null: the default handler, which writes to stderr.
  void set_exception_handler(ExceptionHandler handler);
  // Calls the handler; one that throws is reported by the default handler together with the original context.
  void report(const ExceptionContext& context) noexcept;
  // For objects that may outlive their runtime: the default handler when `runtime` is gone.
  static void report_to(const Runtime* runtime, const ExceptionContext& context) noexcept;
  static void default_report(const ExceptionContext& context) noexcept;

  // For objects that may outlive their runtime: drops the work when `runtime` is gone.
  static void schedule_in(Runtime* runtime, Work* work);
  // For listeners: runs the work at once on a worker of `runtime` in order depth first. Order asyncio takes its hop through the queue, and so
  // does whoever is told on another thread.
  static void run_or_schedule_in(Runtime* runtime, Work* work);

  // The loop that users know this runtime by; opaque here. Set once, before anything runs.
  void* loop() const noexcept { return loop_; }
  void set_loop(void* loop) noexcept { loop_ = loop; }

  // The async generators that were first iterated here.
  GeneratorRegistry& generators() noexcept { return generators_; }

  bool debug() const noexcept { return debug_.load(std::memory_order_relaxed); }
  void set_debug(bool debug) noexcept { debug_.store(debug, std::memory_order_relaxed); }

 private:
  static constexpr std::uint64_t kNumbersPerBlock = 64;
  [[noreturn]] static void refuse_no_loop(const char* caller);

  void* loop_ = nullptr;
  GeneratorRegistry generators_;
  std::mutex mutex_;  // handler_, escaped_
  std::shared_ptr<const ExceptionHandler> handler_;
  StoredError escaped_;
  // numbers_: task numbers given out. Written by whoever creates a task, or takes a block of them; relaxed: only uniqueness counts.
  std::atomic<std::uint64_t> numbers_{0};
  // debug_: written by set_debug, read anywhere. relaxed: a switch that orders nothing.
  std::atomic<bool> debug_{false};
};

// A description of the exception: its type and what(); a tree of them for an exception group.
std::string describe(const std::exception_ptr& error);

}  // namespace weft
