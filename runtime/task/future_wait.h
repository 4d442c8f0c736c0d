#pragma once
// future_wait: how a task waits for a future; the awaiter of Future, Task and gather.
//
//   resumes   through the run queue after the future is done; at once, without a tick, when it is done already.
//   cancel    a cancelled wait cancels the future that is waited for, as in asyncio: awaiting a task propagates into it.

#include <coroutine>
#include <cstdint>
#include <type_traits>

#include "weft/runtime/task/future_core.h"
#include "weft/runtime/task/task_cell.h"

namespace weft {

class FutureWait : public DoneListener {
 public:
  // Takes over one reference to the future.
  explicit FutureWait(FutureCore* future) noexcept : future_(reinterpret_cast<std::uintptr_t>(future) | kOwns) {}
  // The future of a handle that is there when the wait begins; the handle may go while the task is suspended.
  explicit FutureWait(FutureCore& future) noexcept : future_(reinterpret_cast<std::uintptr_t>(&future)) {}
  FutureWait(const FutureWait&) = delete;
  FutureWait& operator=(const FutureWait&) = delete;
  ~FutureWait() {
    if ((future_ & kOwns) != 0) let_go();
  }

  bool await_ready() const noexcept { return future().done(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    static_assert(std::is_base_of_v<PromiseBase, Promise>, "weft futures are awaited in weft coroutines only");
    return suspend(awaiting.promise());
  }

  // The task `awaiting` belongs to suspends until the future is done. False: it is done already.
  bool suspend(PromiseBase& awaiting);

  void future_done(FutureCore&) noexcept override { task_->wake(); }
  Reply cancel_wait(std::vector<FutureCore*>& futures) noexcept override;
  bool cut_circle() noexcept override {
    if (!future().unlisten(*this)) return false;
    future().mark_retrieved();  // nobody else will ask a gather
    return true;
  }
  std::string describe_wait() const override { return future().describe_self(); }
  FutureCore* dependent() noexcept override { return task_; }
  void abandon_wait() noexcept override { future().waiter_abandoned(); }

 protected:
  // In await_resume: the coroutine that awaits; null when the future was done before.
  PromiseBase* awaiting() const noexcept { return task_ == nullptr ? nullptr : task_->innermost_while_held(); }
  // In await_resume: throws what the wait ended with, unless the future has a result.
  void check(const char* caller) {
    if (task_ == nullptr && future().has_result()) [[likely]]
      return;
    check_slowly(caller);
  }
  FutureCore& future() const noexcept { return *reinterpret_cast<FutureCore*>(future_ & ~kOwns); }

 private:
  static constexpr std::uintptr_t kOwns = 1;
  void let_go() noexcept;
  void check_slowly(const char* caller);

  std::uintptr_t future_;  // and kOwns, when a reference to it is ours
  TaskCell* task_ = nullptr;
};

}  // namespace weft
