#pragma once
// future_wait: how a task waits for a future; the awaiter of Future, Task and gather.
//
//   resumes   through the run queue after the future is done; at once, without a tick, when it is done already.
//   cancel    a cancelled wait cancels the future that is waited for, as in asyncio: awaiting a task propagates into it.

#include <coroutine>
#include <type_traits>

#include "weft/runtime/task/future_core.h"
#include "weft/runtime/task/task_cell.h"

namespace weft {

class FutureWait : public DoneListener {
 public:
  // Owns one reference to the future.
  explicit FutureWait(FutureCore* future) noexcept : future_(future) {}
  FutureWait(const FutureWait&) = delete;
  FutureWait& operator=(const FutureWait&) = delete;
  ~FutureWait();

  bool await_ready() const noexcept { return future_->done(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    static_assert(std::is_base_of_v<PromiseBase, Promise>, "weft futures are awaited in weft coroutines only");
    return suspend(awaiting.promise());
  }

  // The task `awaiting` belongs to suspends until the future is done. False: it is done already.
  bool suspend(PromiseBase& awaiting);

  void future_done(FutureCore&) noexcept override { task_->wake(); }
  Reply cancel_wait(std::vector<FutureCore*>& futures) noexcept override;
  void abandon_wait() noexcept override { future_->waiter_abandoned(); }

 protected:
  // In await_resume: throws what the wait ended with, unless the future has a result.
  void check(const char* caller);
  FutureCore& future() const noexcept { return *future_; }

 private:
  FutureCore* future_;
  TaskCell* task_ = nullptr;
};

}  // namespace weft
