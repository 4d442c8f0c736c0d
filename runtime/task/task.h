#pragma once
// task: Task<T>, a coroutine that runs by itself.
//
//   asyncio   asyncio.Task. Different: the runtime owns a pending task; a Task is a view that may be dropped at any time.
//   threads   every member from any thread; cancel() is linearised with the task's steps.
//   resumes   those who await it, in order, through the run queue.
//   memory    the coroutine frame dies when the coroutine has ended; the result lives as long as a handle.

#include <cstdio>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/runtime/task/call_frame.h"
#include "weft/runtime/task/context.h"
#include "weft/runtime/task/coro.h"
#include "weft/runtime/task/future.h"
#include "weft/runtime/task/task_cell.h"

namespace weft {

struct TaskOptions {
  std::string_view name = {};        // empty: "Task-N"
  const Context* context = nullptr;  // null: a copy of the creator's; else the task runs in that context itself
  // True: the first step runs at once, inside the call that creates the task, if the loop runs on this thread; a task that never suspends is
  // done when the call returns. Nothing: as the loop's task factory says. (asyncio 3.14's create_task(eager_start=).)
  std::optional<bool> eager_start = {};
  // For debug mode: by itself the place where the options, or the call without options, are written.
  std::source_location created_at = std::source_location::current();
};
// For tasks that the library creates.
inline TaskOptions options_without_place() noexcept { return {.created_at = {}}; }

// A task whose result type is not known.
class AnyTask : public AnyFuture {
 public:
  AnyTask() = default;
  // Takes over one reference.
  explicit AnyTask(TaskCell* cell) noexcept : AnyFuture(cell) {}

  std::string get_name() const { return cell().name(); }
  void set_name(std::string_view name) const { cell().set_name(name); }
  // The context in which the task runs, itself.
  Context get_context() const { return Context(Ref<ContextCore>::sharing(&cell().context().core())); }
  // How many cancel requests are pending; uncancel() takes one back and returns what remains.
  unsigned cancelling() const { return cell().cancelling(); }
  unsigned uncancel() const { return cell().uncancel(); }
  // Where the task waits, the innermost coroutine first; empty when it runs or is done. See call_graph.h, also for `limit`.
  std::vector<CallFrame> get_stack(std::optional<int> limit = {}) const;
  void print_stack(std::optional<int> limit = {}, std::FILE* file = stderr) const;
  // Throws what the task ended with; nothing when it has a result.
  void check() const { core().check_result("Task::result()"); }

  class [[nodiscard]] Awaiter : public FutureWait {
   public:
    using FutureWait::FutureWait;
    void await_resume() { check("co_await"); }
  };
  // Waits for the end; throws what the task threw.
  Awaiter operator co_await() const { return Awaiter(awaited_core()); }

  TaskCell& cell() const { return static_cast<TaskCell&>(core()); }

 protected:
  using AnyFuture::AnyFuture;
};

// The pending task of any loop that it names; empty when there is none. Looks at each pending task of the process.
AnyTask find_pending_task(Identity identity);

template <class T>
class TypedTaskCell final : public ResultCore<T, TaskCell> {
 public:
  // Takes over the frame of a Coro<T>. One reference of the runtime, one of the caller.
  static TypedTaskCell* create(Runtime& runtime, const TaskOptions& options, void* frame) {
    void* memory = FramePool::allocate<BlockKind::cell>(sizeof(TypedTaskCell));
    auto& root = Coro<T>::promise_of(frame);
    auto* cell = new (memory) TypedTaskCell(&runtime, options.name, &root);
    root.set_completion(Completion(cell, false));
    cell->begin_context(options.context);
    cell->live(2);
    return cell;
  }

  void ended(PromiseBase& root) noexcept override {
    auto& promise = static_cast<CoroPromise<T>&>(root);
    if (promise.holds() == PromiseBase::Holds::value && try_put_value(promise)) [[likely]] {
      promise.frame().destroy();
      if (!this->try_end_with_result()) end_with_result();
    } else {
      end_with_error(promise);
    }
  }
  std::string cancel_message() const override {
    if (this->cancelled() && this->error()) {
      try {
        this->error().rethrow();
      } catch (const CancelledError& cancelled) {
        return cancelled.message();
      } catch (...) {
        return {};
      }
    }
    return TaskCell::cancel_message();
  }

  void abandon() noexcept override {
    this->abandon_waiter();
    if (this->started() || this->cancelling() == 0) this->report_pending();
    destroy_from(this->innermost(), true);
    this->put_error({});
    this->publish_and_release(FutureCore::kCancelled);
  }

 protected:
  void cancelled_before_start() noexcept override {
    this->innermost()->frame().destroy();
    this->put_error({});
    this->publish_and_release(FutureCore::kCancelled);
  }
  void destroy() noexcept override {
    if (this->has_unretrieved_error()) [[unlikely]]
      this->report_lost_error();
    this->~TypedTaskCell();
    FramePool::deallocate<BlockKind::cell>(this, sizeof(TypedTaskCell));
  }

 private:
  using ResultCore<T, TaskCell>::ResultCore;
  // False when moving the value threw: the promise holds that error now.
  bool try_put_value(CoroPromise<T>& promise) noexcept {
    if constexpr (std::is_nothrow_move_constructible_v<Stored<T>>) {
      this->put_value(std::move(promise.value()));
    } else {
      try {
        this->put_value(std::move(promise.value()));
      } catch (...) {
        promise.replace_value_by_error(std::current_exception());
        return false;
      }
    }
    return true;
  }
  // The value is in place, but somebody waits for it or a cancel request is undelivered.
  [[gnu::noinline]] void end_with_result() noexcept {
    const bool asked = this->end_steps(this->keeps_result() ? Ending::error : Ending::result);
    if (!asked || this->keeps_result()) {
      this->publish_and_release(FutureCore::kResult);
      return;
    }
    this->drop_value();
    this->put_error(StoredError::cancelled(TaskCell::cancel_message()));
    this->publish_and_release(FutureCore::kCancelled);
  }
  [[gnu::noinline]] void end_with_error(CoroPromise<T>& promise) noexcept {
    StoredError error(std::move(promise.stored_error()));
    const bool cancelled = error.is_cancelled();
    static_cast<void>(this->end_steps(cancelled ? Ending::cancellation : Ending::error));
    promise.frame().destroy();
    const std::uint32_t outcome = cancelled ? FutureCore::kCancelled : FutureCore::kError;
    const StoredError escaping = error.is_keyboard_interrupt() ? error : StoredError();
    this->put_error(std::move(error));
    Runtime& runtime = *this->runtime();
    this->publish_and_release(outcome);
    if (escaping) runtime.escape(escaping);
  }
};

template <class T = void>
class Task : public AnyTask {
 public:
  using value_type = T;
  Task() = default;
  // Takes over one reference.
  explicit Task(TypedTaskCell<T>* cell) noexcept : AnyTask(cell) {}

  // Throws InvalidStateError while pending, CancelledError, or the exception that the coroutine threw.
  Shared<T> result() const {
    core().check_result("Task::result()");
    return shared_result(typed());
  }

  class [[nodiscard]] Awaiter : public FutureWait {
   public:
    using FutureWait::FutureWait;
    Shared<T> await_resume() {
      check("co_await");
      return shared_result(static_cast<TypedTaskCell<T>&>(future()));
    }
  };
  Awaiter operator co_await() const& { return Awaiter(awaited_core()); }
  Awaiter operator co_await() && {
    static_cast<void>(core());
    return Awaiter(release_core());
  }

 private:
  TypedTaskCell<T>& typed() const { return static_cast<TypedTaskCell<T>&>(core()); }
};

// What a task factory makes its task with.
class TaskMaker {
 public:
  TaskMaker(const TaskMaker&) = delete;
  TaskMaker& operator=(const TaskMaker&) = delete;
  // Makes the task and starts it as the options say. Once: RuntimeError for a second time.
  AnyTask operator()(const TaskOptions& options);
  // Asks the runtime's factory, which must have made the task then.
  void run_factory(Runtime& runtime, const TaskOptions& options);

 protected:
  TaskMaker() = default;
  ~TaskMaker() = default;
  virtual AnyTask make(const TaskOptions& options) = 0;

 private:
  bool used_ = false;
};

// A task of `runtime` that somebody must schedule. No factory is asked.
template <class T>
Task<T> create_unscheduled_task(Runtime& runtime, Coro<T> coro, const TaskOptions& options = {}) {
  if (!coro) [[unlikely]]
    throw RuntimeError("create_task: the coroutine was awaited already or moved from; make another one");
  return Task<T>(TypedTaskCell<T>::create(runtime, options, coro.release()));
}

// A task for somebody who does something with it before it starts.
template <class T>
struct NewbornTask {
  Task<T> task;
  bool started = false;  // at once: it is not to be scheduled, and may be done
};

template <class T>
class TypedTaskMaker final : public TaskMaker {
 public:
  TypedTaskMaker(Runtime& runtime, Coro<T> coro) noexcept : runtime_(runtime), coro_(std::move(coro)) {}
  TypedTaskMaker(const TypedTaskMaker&) = delete;
  TypedTaskMaker& operator=(const TypedTaskMaker&) = delete;
  // When the factory has thrown behind the task's back.
  ~TypedTaskMaker() {
    if (made_.task && !made_.started) runtime_.schedule(&made_.task.cell());
  }
  NewbornTask<T> take() noexcept { return std::exchange(made_, {}); }

 private:
  AnyTask make(const TaskOptions& options) override {
    made_.task = create_unscheduled_task(runtime_, std::move(coro_), options);
    if (runtime_.debug()) made_.task.cell().set_created_at(options.created_at);
    made_.started = options.eager_start.value_or(false) && made_.task.cell().start_at_once();
    return made_.task;
  }
  Runtime& runtime_;
  Coro<T> coro_;
  NewbornTask<T> made_;
};

template <class T>
[[gnu::noinline]] NewbornTask<T> create_task_specially(Runtime& runtime, Coro<T> coro, const TaskOptions& options) {
  TypedTaskMaker<T> maker(runtime, std::move(coro));
  if (runtime.has_task_factory()) {
    maker.run_factory(runtime, options);
  } else {
    static_cast<void>(maker(options));
  }
  return maker.take();
}
template <class T>
NewbornTask<T> create_newborn_task(Runtime& runtime, Coro<T> coro, const TaskOptions& options = {}) {
  if (runtime.creates_specially() || options.eager_start.value_or(false)) [[unlikely]]
    return create_task_specially(runtime, std::move(coro), options);
  return {create_unscheduled_task(runtime, std::move(coro), options)};
}

// Schedules the coroutine as a task of `runtime`; its first step runs in a later turn of the loop, unless it is to start at once.
template <class T>
Task<T> create_task_in(Runtime& runtime, Coro<T> coro, const TaskOptions& options = {}) {
  NewbornTask<T> newborn = create_newborn_task(runtime, std::move(coro), options);
  if (!newborn.started) [[likely]]
    runtime.schedule(&newborn.task.cell());
  return std::move(newborn.task);
}

// asyncio.create_task. Throws RuntimeError when no loop runs in this thread; the coroutine is destroyed then.
template <class T>
Task<T> create_task(Coro<T> coro, const TaskOptions& options = {}) {
  return create_task_in(Runtime::current("create_task"), std::move(coro), options);
}

// The callable and its arguments are parameters of this coroutine: they live in its frame, so that a capturing lambda is safe.
template <class Function, class... Args>
auto call_in_frame(Function function, Args... args) -> std::invoke_result_t<Function&, Args...> {
  co_return co_await std::invoke(function, std::move(args)...);
}

template <class Function, class... Args>
requires std::is_invocable_v < std::decay_t<Function>
&, std::decay_t<Args>... > auto create_task(TaskOptions options, Function&& function, Args&&... args) {
  return create_task(call_in_frame<std::decay_t<Function>, std::decay_t<Args>...>(std::forward<Function>(function),
                                                                                  std::forward<Args>(args)...),
                     options);
}

template <class Function, class... Args>
requires std::is_invocable_v < std::decay_t<Function>
&, std::decay_t<Args>... > auto create_task(Function&& function, Args&&... args) {
  return create_task(options_without_place(), std::forward<Function>(function), std::forward<Args>(args)...);
}

// asyncio.current_task: the task that runs here; an empty handle in a callback. RuntimeError when no loop runs in this thread.
AnyTask current_task();
// asyncio.all_tasks: a snapshot of the running loop's pending tasks, in the order of creation with one worker.
std::vector<AnyTask> all_tasks();

}  // namespace weft
