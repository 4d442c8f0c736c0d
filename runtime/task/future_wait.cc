#include "weft/runtime/task/future_wait.h"

#include <utility>

#include "weft/runtime/base/errors.h"

namespace weft {

void FutureWait::let_go() noexcept {
  if (linked()) future().unlisten(*this);
  future().release();
}

bool FutureWait::suspend(PromiseBase& awaiting) {
  TaskCell& task = current_cell("co_await");
  FutureCore* future = &this->future();
  if (future == &task) {  // as CPython: it is told in its next step
    task_ = &task;
    task.requeue(awaiting);
    return true;
  }
  if (future->runtime() != task.runtime()) {
    throw RuntimeError(task.describe_self() + " got " + future->describe_self() +
                       " attached to a different loop; await it in the loop that made it");
  }
  if ((std::exchange(future_, future_ | kOwns) & kOwns) == 0) future->retain();
  task_ = &task;
  // A request that is pending cancels what the task is about to wait for, before the wait can be seen: afterwards the task may run, and
  // end, at any moment. If the future cannot be cancelled the request stays, for the step that follows the wait.
  bool delivered = false;
  bool refused = false;
  while (task.park(awaiting, *this) && !refused) {
    task.unpark();
    if (future->cancel(task.cancel_message())) {
      delivered = task.take_request() || delivered;
    } else {
      refused = true;
    }
  }
  if (future->listen(*this)) return true;
  task.unpark();
  if (!delivered) return false;
  task.requeue(awaiting);  // as CPython: the cancelled future wakes the task through the queue
  return true;
}

Waiter::Reply FutureWait::cancel_wait(std::vector<FutureCore*>& futures) noexcept {
  future().retain();
  futures.push_back(&future());
  return Reply::forwarded;
}

void FutureWait::check_slowly(const char* caller) {
  if (task_ == &future()) {
    if (task_->take_throw()) task_->throw_cancelled();
    throw RuntimeError("Task cannot await on itself: " + task_->describe_self());
  }
  // A future that was cancelled on the task's behalf carries the message of that request; and so, by its error, does a gather.
  const bool cancelled = future().cancelled() || (future().has_error() && future().error().is_cancelled());
  if (task_ != nullptr && task_->take_throw() && !cancelled) {
    if (future().done()) future().mark_retrieved();  // as in CPython, the step that throws has been told how it ended
    task_->throw_cancelled();
  }
  future().check_result(caller);
}

}  // namespace weft
