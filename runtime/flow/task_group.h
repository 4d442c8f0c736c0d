#pragma once
// task_group: tasks that belong together; none outlives the block that made them.
//
//   asyncio   asyncio.TaskGroup; `async with TaskGroup() as tg:` is
//             `co_await with_task_group([&](weft::TaskGroup& tg) -> weft::Coro<int> { tg.create_task(...); co_return 5; });`
//   ends      when the block and every task have ended. So tasks may borrow what the block's coroutine borrows: what outlives the await.
//   errors    the first task that fails cancels the others and the block; all failures, the block's too, are thrown as one ExceptionGroup.
//             A KeyboardInterrupt is thrown bare. A task that was cancelled is no failure.
//   cancel    from outside cancels the tasks, waits for them, and throws CancelledError, or the ExceptionGroup when tasks failed; then the
//             next await throws CancelledError. cancel() of the group ends it without an error.
//   threads   create_task() and cancel() from any task of the runtime, as long as the group has not ended.
//   cost      a task and a pooled block for each child.

#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/runtime/base/stored_error.h"
#include "weft/runtime/flow/group_state.h"
#include "weft/runtime/flow/in_frame.h"
#include "weft/runtime/task/task.h"

namespace weft {

class TaskGroup {
 public:
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // A task of the group. RuntimeError when the group has ended, and in order asyncio when it is being cancelled; the coroutine is destroyed
  // then. In order depth first a task that comes while the group is being cancelled is cancelled too, before it starts.
  template <class T>
  Task<T> create_task(Coro<T> coro, TaskOptions options = {}) {
    if (const Openness openness = state_.openness(); !takes(openness)) [[unlikely]] {
      coro.close();
      refuse(openness);
    }
    NewbornTask<T> newborn = create_newborn_task(runtime(), std::move(coro), options);
    add(newborn.task, newborn.started);
    return std::move(newborn.task);
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

  // asyncio's TaskGroup.cancel() of 3.15: cancels the tasks and the block, and the group ends without an error. Idempotent; nothing
  // happens when it has ended.
  void cancel();

  // --- for with_task_group: on the task that the group belongs to -----------------------------------------------------
  // RuntimeError outside a task.
  TaskGroup();
  ~TaskGroup();
  // The block has ended, with `error` or, when that is null, by itself.
  void block_ended(std::exception_ptr error);
  // Done when no task is left; empty when none is left now.
  Future<void> tasks_ended();
  // The wait for tasks_ended() was cancelled.
  void cancelled_meanwhile(std::exception_ptr cancellation);
  // When no task is left: throws what the group ends with, if it is an error.
  void finish();

 private:
  class Child;
  struct Link;
  Runtime& runtime() const noexcept { return *parent_.runtime(); }
  bool takes(Openness openness) const noexcept;
  [[noreturn]] static void refuse(Openness openness);
  void add(const AnyTask& task, bool started);
  void child_done(Child& child) noexcept;
  static void cancel_all(const std::vector<AnyTask>& tasks);

  TaskCell& parent_;
  Interruption interruption_;
  GroupState<Link, Future<void>> state_;
  // Written under the state's lock.
  std::vector<StoredError> errors_;
  StoredError interrupt_;  // the first KeyboardInterrupt
  std::exception_ptr cancellation_;
  std::exception_ptr block_error_;
};

template <class Function>
using TaskGroupResult = typename std::invoke_result_t<Function&, TaskGroup&>::value_type;

template <class Function>
Coro<TaskGroupResult<Function>> run_in_task_group(Function function) {
  using T = TaskGroupResult<Function>;
  TaskGroup group;
  std::optional<Stored<T>> result;
  std::exception_ptr error;
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::invoke(function, group);
    } else {
      result.emplace(co_await std::invoke(function, group));
    }
  } catch (...) {
    error = std::current_exception();
  }
  group.block_ended(std::move(error));
  for (Future<void> ended = group.tasks_ended(); ended; ended = group.tasks_ended()) {
    try {
      co_await ended;
    } catch (const CancelledError&) {
      group.cancelled_meanwhile(std::current_exception());
    }
  }
  group.finish();
  if constexpr (std::is_reference_v<T>) {
    co_return result->get();
  } else if constexpr (!std::is_void_v<T>) {
    co_return std::move(*result);
  }
}

// The callable moves into the frame.
template <class Function>
requires std::is_invocable_v < std::decay_t<Function>
&, TaskGroup& > Coro<TaskGroupResult<std::decay_t<Function>>> with_task_group(Function&& function) {
  check_in_frame<Function>();
  return run_in_task_group(std::decay_t<Function>(std::forward<Function>(function)));
}

}  // namespace weft
