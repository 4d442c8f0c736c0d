#include "weft/runtime/flow/sleep.h"

#include <cstdio>

#include "weft/runtime/base/clock.h"
#include "weft/runtime/base/errors.h"

namespace weft {

void SleepWait::refuse_nan() {
  throw ValueError("Invalid delay: NaN (not a number); give a length of time in seconds");
}

void SleepWait::suspend(PromiseBase& awaiting) {
  suspend_until(awaiting, deadline_after(task().runtime()->now(), when()));
}

void SleepWait::suspend_until(PromiseBase& awaiting, std::int64_t when) {
  TaskCell& task = this->task();
  Runtime& runtime = *task.runtime();
  if (!task.park_held(awaiting, *this)) [[likely]] {
    runtime.add_timer(*this, when);
    task.release_hold();
    return;
  }
  task.requeue_to_throw(awaiting);
}

void SleepWait::run() noexcept {
  if (!marked()) task().wake();
}

std::string SleepWait::describe_wait() const {
  char text[64];
  std::snprintf(text, sizeof text, "a sleep, until %.3f s on the loop's clock", static_cast<double>(when()) / 1e9);
  return text;
}

Waiter::Reply SleepWait::cancel_wait(std::vector<FutureCore*>&) noexcept {
  if (TimerQueue::remove(*this)) return Reply::cut_short;
  Runtime& runtime = *task().runtime();
  if (!runtime.asyncio_order() || runtime.own_worker() == nullptr) return Reply::too_late;
  // The loop's own thread: the timer's entry is on the run queue, ahead of where the task goes now, as in CPython.
  mark();
  return Reply::cut_short;
}

}  // namespace weft
