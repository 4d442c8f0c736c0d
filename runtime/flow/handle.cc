#include "weft/runtime/flow/handle.h"

#include "weft/runtime/task/context_scope.h"
#include "weft/runtime/task/step_watch.h"

namespace weft {

bool HandleCore::leave_waiting() noexcept {
  Stage waiting = Stage::waiting;
  return stage_.compare_exchange_strong(waiting, Stage::over, std::memory_order_acq_rel, std::memory_order_relaxed);
}

void HandleCore::run() noexcept {
  if (timed_ && !due_ && !runtime_->asyncio_order()) {
    // Called by the timer queue: the callback itself takes its turn in a run queue.
    due_ = true;
    runtime_->schedule(this);
    return;
  }
  if (leave_waiting()) {
    const ContextScope scope(context_);
    if (runtime_->debug()) [[unlikely]] {
      StepWatch watch(*runtime_);
      call_reporting(*callable_, *runtime_, "Exception in callback");
      if (watch.was_slow()) watch.report("<Handle " + describe_type(callable_->function_type()) + ">");
    } else {
      call_reporting(*callable_, *runtime_, "Exception in callback");
    }
    delete callable_;
  }
  release();
}

void HandleCore::drop() noexcept {
  if (leave_waiting()) delete callable_;
  release();
}

void HandleCore::cancel() noexcept {
  cancelled_.store(true, std::memory_order_relaxed);
  if (!leave_waiting()) return;
  delete callable_;
  if (timed_ && TimerQueue::remove(*this)) release();
}

void HandleCore::release() noexcept {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

}  // namespace weft
