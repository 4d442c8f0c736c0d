#include "weft/runtime/flow/task_group.h"

#include <new>
#include <string>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/base/exception_group.h"

namespace weft {

struct TaskGroup::Link : ListNode {
  explicit Link(Child& of) noexcept : child(of) {}
  Child& child;
};

// Hears of the end of one task, in order asyncio through the run queue. In the group's list until the group has dealt with it.
class TaskGroup::Child final : public DoneListener, public Work {
 public:
  static Child* create(TaskGroup& group, const AnyTask& task) {
    return new (FramePool::allocate<BlockKind::frame>(sizeof(Child))) Child(group, task);
  }
  void destroy() noexcept {
    this->~Child();
    FramePool::deallocate<BlockKind::frame>(this, sizeof(Child));
  }

  FutureCore* dependent() noexcept override { return &group_->parent_; }
  void future_done(FutureCore& future) noexcept override { Runtime::run_or_schedule_in(future.runtime(), this); }
  void run() noexcept override {
    group_->child_done(*this);
    destroy();
  }
  // The loop is closed. The group is there still, unless it was abandoned before.
  void drop() noexcept override {
    if (group_ != nullptr) group_->state_.forget(link);
    destroy();
  }
  // The group's frame dies with the loop. The task has told, or it never will.
  void abandon() noexcept {
    if (task.core().unlisten(*this)) {
      destroy();
    } else {
      group_ = nullptr;
    }
  }

  const AnyTask task;
  Link link{*this};

 private:
  Child(TaskGroup& group, const AnyTask& of) noexcept : task(of), group_(&group) {}
  ~Child() = default;
  TaskGroup* group_;
};

TaskGroup::TaskGroup() : parent_(current_cell("TaskGroup")) { parent_.begin_block(interruption_); }

TaskGroup::~TaskGroup() {
  while (Link* link = state_.pop_front()) link->child.abandon();
  parent_.end_block(interruption_);
}

void TaskGroup::refuse(Openness openness) {
  throw RuntimeError(
      openness == Openness::ended
          ? "TaskGroup is finished: its block and its tasks have ended; create the task before"
          : "TaskGroup is shutting down: a task has failed or the group was cancelled; no task can be added");
}

// In order depth first nobody can know that a group is open still when a task comes to it: one that comes too late is taken as if it had come
// just before, and is cancelled with the others.
bool TaskGroup::takes(Openness openness) const noexcept {
  return openness == Openness::open || (openness == Openness::aborting && !runtime().asyncio_order());
}

void TaskGroup::add(const AnyTask& task, bool started) {
  Child* child = Child::create(*this, task);
  const Openness now = state_.add(child->link, takes(Openness::aborting));
  if (now != Openness::open) task.cancel();
  if (!takes(now)) {  // another thread was faster
    child->destroy();
  } else if (!task.core().listen(*child)) {
    Runtime::schedule_in(&runtime(), child);  // it has started and ended: that is told as always, not inside this call
  }
  if (!started) runtime().schedule(&task.cell());
  if (!takes(now)) refuse(now);
}

void TaskGroup::cancel_all(const std::vector<AnyTask>& tasks) {
  for (const AnyTask& task : tasks) task.cancel();
}

void TaskGroup::cancel() {
  using Cancel = decltype(state_)::Cancel;
  std::vector<AnyTask> tasks;
  const Cancel cancel = state_.begin_cancel([&tasks](Link& link) { tasks.push_back(link.child.task); });
  if (cancel == Cancel::too_late) return;
  cancel_all(tasks);
  if (cancel == Cancel::of_tasks_and_parent) parent_.interrupt(interruption_);
  if (const Future<void> ended = state_.end_cancel(); ended) ended.try_set_result();
}

void TaskGroup::child_done(Child& child) noexcept {
  FutureCore& core = child.task.core();
  if (core.has_error()) {
    core.mark_retrieved();
    std::vector<AnyTask> tasks;
    const auto keep = [this, &core] {
      errors_.push_back(core.error());
      if (!interrupt_ && core.error().is_keyboard_interrupt()) interrupt_ = core.error();
    };
    const bool first = state_.child_failed(keep, [&tasks](Link& link) { tasks.push_back(link.child.task); });
    cancel_all(tasks);
    if (first) parent_.interrupt(interruption_);
  }
  if (const Future<void> ended = state_.remove(child.link); ended) ended.try_set_result();
}

void TaskGroup::block_ended(std::exception_ptr error) {
  std::vector<AnyTask> tasks;
  const StoredError kept = error == nullptr ? StoredError() : StoredError(error);
  const auto keep = [&] {
    if (kept.is_keyboard_interrupt() && !interrupt_) interrupt_ = kept;
    (kept.is_cancelled() ? cancellation_ : block_error_) = std::move(error);
  };
  state_.block_ended(error != nullptr, keep, [&tasks](Link& link) { tasks.push_back(link.child.task); });
  cancel_all(tasks);
}

Future<void> TaskGroup::tasks_ended() {
  Future<void> fresh = Future<void>::make(runtime());
  return state_.wait(fresh) ? fresh : Future<void>();
}

void TaskGroup::cancelled_meanwhile(std::exception_ptr cancellation) {
  std::vector<AnyTask> tasks;
  state_.wait_cancelled([&] { cancellation_ = std::move(cancellation); },
                        [&tasks](Link& link) { tasks.push_back(link.child.task); });
  cancel_all(tasks);
}

void TaskGroup::finish() {
  if (interrupt_) interrupt_.rethrow();
  if (state_.parent_cancelled() && parent_.uncancel() == 0) cancellation_ = nullptr;
  if (cancellation_ != nullptr && errors_.empty()) std::rethrow_exception(cancellation_);
  if (block_error_ != nullptr) errors_.emplace_back(block_error_);
  if (errors_.empty()) return;
  // Cancelled from outside: the count stays, and the next await throws.
  if (parent_.cancelling() > 0) {
    parent_.uncancel();
    parent_.cancel({});
  }
  BaseExceptionGroup("unhandled errors in a TaskGroup", std::move(errors_)).raise();
}

}  // namespace weft
