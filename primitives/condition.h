#pragma once
// condition: tasks that hold a lock wait until another one has changed what they wait for.
//
//   asyncio   asyncio.Condition; `async with condition:` is `auto held = co_await condition.scoped();`
//   order     notify() wakes those that have waited longest; they go on when they have the lock again: in that order on one worker, as they
//             come to it on several.
//   cancel    a wait that is cancelled takes the lock again first, however often it is cancelled meanwhile, and then throws the last
//             CancelledError. Since it may have been notified it notifies another one: so a wait may return without a reason.
//   errors    RuntimeError: wait() and notify() without the lock; wait() where tasks of another loop have waited.
//   threads   every member from any task of the loop.
//   life      outlives those that wait; so does a lock that is given.

#include <coroutine>
#include <cstddef>
#include <exception>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "weft/primitives/condition_state.h"
#include "weft/primitives/lock.h"
#include "weft/primitives/name.h"
#include "weft/runtime/task/coro.h"

namespace weft {

class Condition {
 public:
  // With a lock of its own, or one that others use too. The name is for describe() and call graphs.
  Condition() noexcept : lock_(own_lock_) {}
  explicit Condition(Name name) noexcept : lock_(own_lock_), name_(std::move(name)) {}
  explicit Condition(Lock& lock, Name name = {}) noexcept : lock_(lock), name_(std::move(name)) {}
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  // Those of the lock.
  Lock::Acquire acquire() noexcept { return lock_.acquire(); }
  Scoped<Lock> scoped() noexcept { return lock_.scoped(); }
  void release() { lock_.release(); }
  bool locked() const noexcept { return lock_.locked(); }

  // Lets go of the lock until it is notified. True.
  Coro<bool> wait();
  // Until predicate() is true, which is called with the lock held; gives what it gave last.
  template <class Predicate>
  Coro<std::invoke_result_t<Predicate&>> wait_for(Predicate predicate);
  // Wakes n of those that wait, or all when they are fewer.
  void notify(std::size_t n = 1);
  void notify_all() { notify(std::numeric_limits<std::size_t>::max()); }
  // "<Condition locked, 2 waiting>"
  std::string describe() const;

 private:
  class Notified;
  [[noreturn]] static void refuse(const char* what);
  void wake(std::size_t n) noexcept;

  Lock own_lock_;
  Lock& lock_;
  mutable ConditionState<WaitingTask> state_;
  const Name name_;
};

class Condition::Notified final : public WaitingTask {
 public:
  explicit Notified(Condition& condition) noexcept : condition_(condition) {}
  ~Notified() {
    if (was_queued()) condition_.state_.cancel(*this);
  }

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    const auto queue = [this] {
      condition_.state_.queue(*this);
      if (!turned_away()) release();  // asyncio's order: nothing of the task runs in between
      return refused_;
    };
    return suspend(awaiting, "Condition.wait", queue, [this] { return condition_.state_.cancel(*this); });
  }
  void await_resume() {
    was_queued();
    if (take_throw()) throw_cancelled();
    if (refused_) refuse("wait on");
  }

  Reply cancel_wait(std::vector<FutureCore*>&) noexcept override {
    return condition_.state_.cancel(*this) ? Reply::cut_short : Reply::too_late;
  }
  std::string describe_wait() const override { return condition_.describe(); }

 private:
  void release() noexcept;

  Condition& condition_;
  bool refused_ = false;
};

inline Coro<bool> Condition::wait() {
  if (!locked()) refuse("wait on");
  std::exception_ptr error;
  try {
    co_await Notified(*this);
  } catch (const CancelledError&) {
    error = std::current_exception();
  }
  for (bool held = false; !held;) {
    try {
      held = co_await lock_.acquire();
    } catch (const CancelledError&) {
      error = std::current_exception();
    } catch (
        const RuntimeError&) {  // the lock is another loop's: as asyncio, without it, and the notification is not lost
      wake(1);
      throw;
    }
  }
  if (error != nullptr) {
    wake(1);
    std::rethrow_exception(error);
  }
  co_return true;
}

template <class Predicate>
Coro<std::invoke_result_t<Predicate&>> Condition::wait_for(Predicate predicate) {
  auto result = predicate();
  while (!result) {
    co_await wait();
    result = predicate();
  }
  co_return result;
}

}  // namespace weft
