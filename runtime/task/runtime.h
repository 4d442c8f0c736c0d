#pragma once
// runtime: what tasks need of the loop they belong to: its scheduler, task numbers, the exception handler, the debug flag.
//
//   threads   every member from any thread, unless it says otherwise.

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <typeinfo>

#include "weft/runtime/base/stored_error.h"
#include "weft/runtime/sched/scheduler.h"
#include "weft/runtime/task/generator_registry.h"

namespace weft {

// asyncio's exception handler context: what went wrong where nobody awaits.
struct ExceptionContext {
  std::string message;
  std::exception_ptr exception;  // may be null
  std::string task_name;         // empty: no task is concerned
  std::string created_at = {};   // in debug mode: where the task was created, "server.cc:12"
};
using ExceptionHandler = std::function<void(const ExceptionContext&)>;

class AnyTask;
class TaskMaker;
struct TaskOptions;
// Makes a task with the maker it is given: task_factory.h.
using TaskFactory = std::function<AnyTask(TaskMaker&, const TaskOptions&)>;

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

  // A number from 1 on that no other runtime of the process has, not even after the end of this one.
  std::uint64_t serial() const noexcept { return serial_; }

  // The number in the next default task name: consecutive with one worker, unique with several.
  std::uint64_t next_task_number() noexcept {
    Worker* worker = own_worker();
    if (worker == nullptr || asyncio_order()) return numbers_.fetch_add(1, std::memory_order_relaxed) + 1;
    return worker->take_number(numbers_, kNumbersPerBlock);
  }
  // For tasks that are named when they are created: from 1 on.
  std::uint64_t next_named_task() noexcept { return named_.fetch_add(1, std::memory_order_relaxed) + 1; }
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
  // For objects that may outlive their runtime: RuntimeError when `runtime` is gone.
  static void* loop_of(const Runtime* runtime);

  // Null or empty: none. Who creates a task at the same time uses either.
  void set_task_factory(std::shared_ptr<const TaskFactory> factory);
  std::shared_ptr<const TaskFactory> task_factory();
  bool has_task_factory() const noexcept { return (special_.load(std::memory_order_relaxed) & kTaskFactory) != 0; }

  bool debug() const noexcept { return (special_.load(std::memory_order_relaxed) & kDebug) != 0; }
  void set_debug(bool debug) noexcept { set_special(kDebug, debug); }
  // Is there anything to be done beyond making a task when one is created?
  bool creates_specially() const noexcept { return special_.load(std::memory_order_relaxed) != 0; }
  // From which length on, in nanoseconds, a step is reported in debug mode.
  std::int64_t slow_step() const noexcept { return slow_step_.load(std::memory_order_relaxed); }
  void set_slow_step(std::int64_t nanoseconds) noexcept { slow_step_.store(nanoseconds, std::memory_order_relaxed); }

  // The async generators that were first iterated here.
  GeneratorRegistry& generators() noexcept { return generators_; }

 private:
  static constexpr std::uint64_t kNumbersPerBlock = 64;
  [[noreturn]] static void refuse_no_loop(const char* caller);

  const std::uint64_t serial_;
  void* loop_ = nullptr;
  GeneratorRegistry generators_;
  std::mutex mutex_;  // handler_, task_factory_, escaped_
  std::shared_ptr<const ExceptionHandler> handler_;
  std::shared_ptr<const TaskFactory> task_factory_;
  StoredError escaped_;
  // numbers_: task numbers given out. Written by whoever creates a task, or takes a block of them; relaxed: only uniqueness counts.
  std::atomic<std::uint64_t> numbers_{0};
  // named_: the same for named tasks.
  std::atomic<std::uint64_t> named_{0};
  static constexpr std::uint8_t kTaskFactory = 1;
  static constexpr std::uint8_t kDebug = 2;
  void set_special(std::uint8_t flag, bool on) noexcept {
    if (on) {
      special_.fetch_or(flag, std::memory_order_relaxed);
    } else {
      special_.fetch_and(static_cast<std::uint8_t>(~flag), std::memory_order_relaxed);
    }
  }
  // special_: written by set_debug and set_task_factory, read by every step and whoever creates a task. relaxed: a switch that orders
  // nothing; the factory itself is under the mutex.
  std::atomic<std::uint8_t> special_{0};
  // slow_step_: written by set_slow_step, read by watched steps. relaxed, as above.
  std::atomic<std::int64_t> slow_step_{100'000'000};
};

// WEFT_DEBUG is set, and not to 0.
bool debug_by_environment() noexcept;

// The type's name as it is written.
std::string describe_type(const std::type_info& type);
// A description of the exception: its type and what(); a tree of them for an exception group.
std::string describe(const std::exception_ptr& error);

}  // namespace weft
