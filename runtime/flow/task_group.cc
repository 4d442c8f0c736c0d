#include "weft/runtime/flow/task_group.h"

#include <mutex>
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
    if (group_ != nullptr) group_->children_.remove(link);
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
  while (Link* link = children_.pop_front()) link->child.abandon();
  parent_.end_block(interruption_);
}

void TaskGroup::refuse(Openness openness) {
  throw RuntimeError(
      openness == Openness::ended
          ? "TaskGroup is finished: its block and its tasks have ended; create the task before"
          : "TaskGroup is shutting down: a task has failed or the group was cancelled; no task can be added");
}

TaskGroup::Openness TaskGroup::openness() {
  const std::lock_guard guard(lock_);
  return exiting_ && children_.empty() ? Openness::ended : aborting_ ? Openness::aborting : Openness::open;
}

void TaskGroup::add(const AnyTask& task, bool started) {
  Child* child = Child::create(*this, task);
  Openness now = Openness::open;
  {
    const std::lock_guard guard(lock_);
    now = exiting_ && children_.empty() ? Openness::ended : aborting_ ? Openness::aborting : Openness::open;
    if (now == Openness::open) children_.push_back(child->link);
  }
  if (now != Openness::open) {  // another thread was faster
    child->destroy();
    task.cancel();
  } else if (!task.core().listen(*child)) {
    Runtime::schedule_in(&runtime(), child);  // it has started and ended: that is told as always, not inside this call
  }
  if (!started) runtime().schedule(&task.cell());
  if (now != Openness::open) refuse(now);
}

// Under the lock: the tasks that the caller is to cancel without it.
std::vector<AnyTask> TaskGroup::start_abort() {
  std::vector<AnyTask> tasks;
  aborting_ = true;
  children_.for_each([&tasks](Link& link) { tasks.push_back(link.child.task); });
  return tasks;
}

void TaskGroup::cancel_all(const std::vector<AnyTask>& tasks) {
  for (const AnyTask& task : tasks) task.cancel();
}

void TaskGroup::cancel() {
  std::vector<AnyTask> tasks;
  bool parent_too = false;
  {
    const std::lock_guard guard(lock_);
    if (finished_ || (exiting_ && children_.empty())) return;
    if (!aborting_) tasks = start_abort();
    parent_too = !std::exchange(parent_cancel_requested_, true);
    ++cancels_;
  }
  cancel_all(tasks);
  if (parent_too) parent_.interrupt(interruption_);
  tell_when_empty([this] { --cancels_; });
}

// Changes the group and, when nothing is left that it waits for, tells its task. Then the group may end, and be gone.
template <class Change>
void TaskGroup::tell_when_empty(Change change) {
  Future<void> ended;
  {
    const std::lock_guard guard(lock_);
    change();
    if (children_.empty() && cancels_ == 0) ended = std::move(ended_);
  }
  if (ended) ended.try_set_result();
}

void TaskGroup::child_done(Child& child) noexcept {
  FutureCore& core = child.task.core();
  if (core.has_error()) {
    core.mark_retrieved();
    std::vector<AnyTask> tasks;
    bool first = false;
    {
      const std::lock_guard guard(lock_);
      errors_.push_back(core.error());
      if (!interrupt_ && core.error().is_keyboard_interrupt()) interrupt_ = core.error();
      first = !aborting_ && !parent_cancel_requested_;
      if (first) {
        parent_cancel_requested_ = true;
        tasks = start_abort();
      }
    }
    cancel_all(tasks);
    if (first) parent_.interrupt(interruption_);
  }
  tell_when_empty([&] { children_.remove(child.link); });
}

void TaskGroup::block_ended(std::exception_ptr error) {
  std::vector<AnyTask> tasks;
  StoredError kept = error == nullptr ? StoredError() : StoredError(error);
  {
    const std::lock_guard guard(lock_);
    exiting_ = true;
    if (error == nullptr) return;
    if (kept.is_keyboard_interrupt() && !interrupt_) interrupt_ = kept;
    if (kept.is_cancelled()) {
      cancellation_ = std::move(error);
    } else {
      block_error_ = std::move(error);
    }
    if (!aborting_) tasks = start_abort();
  }
  cancel_all(tasks);
}

Future<void> TaskGroup::tasks_ended() {
  Future<void> fresh = Future<void>::make(runtime());
  const std::lock_guard guard(lock_);
  if (children_.empty() && cancels_ == 0) {
    finished_ = true;
    return {};
  }
  ended_ = fresh;
  return fresh;
}

void TaskGroup::cancelled_meanwhile(std::exception_ptr cancellation) {
  std::vector<AnyTask> tasks;
  {
    const std::lock_guard guard(lock_);
    if (aborting_) return;
    cancellation_ = std::move(cancellation);
    tasks = start_abort();
  }
  cancel_all(tasks);
}

void TaskGroup::finish() {
  if (interrupt_) interrupt_.rethrow();
  if (parent_cancel_requested_ && parent_.uncancel() == 0) cancellation_ = nullptr;
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
