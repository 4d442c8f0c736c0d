#pragma once
// lock: one task at a time.
//
//   asyncio   asyncio.Lock; `async with lock:` is `auto held = co_await lock.scoped();`
//   order     first come, first served; nobody overtakes one who waits. It belongs to no task: another one may release it. Not re-entrant.
//   cancel    of one who waits: it leaves the line; what it was woken for goes to the next one.
//   errors    RuntimeError: release() of a lock that is not held; a wait for one that tasks of another loop have waited for.
//   threads   every member from any task of the loop; release() and locked() from any thread.
//   cost      acquire and release are one compare-exchange each while nobody waits. Nothing is allocated.
//   life      outlives those that wait.

#include <coroutine>
#include <string>
#include <utility>

#include "weft/primitives/holder.h"
#include "weft/primitives/lock_state.h"
#include "weft/primitives/name.h"
#include "weft/primitives/scoped.h"
#include "weft/primitives/waiting_task.h"

namespace weft {

class Lock {
 public:
  class Acquire;
  static constexpr const char* kGuardRefused = "a guard of a lock found it released already";

  // The name is for describe() and call graphs.
  Lock() = default;
  explicit Lock(Name name) noexcept : name_(std::move(name)) {}
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  // Awaited: true, and the lock is held.
  Acquire acquire() noexcept;
  // Awaited: a guard that releases the lock when it goes.
  Scoped<Lock> scoped() noexcept;
  void release();
  // A snapshot. False also while the lock is on its way from one task to the next.
  bool locked() const noexcept { return state_.locked(); }
  // The task that has acquired it. Empty: it is free, or that task has ended, or is a child of a join that nobody has seen. For diagnostics:
  // it looks at each pending task of the process.
  AnyTask holder() const { return locked() ? holder_.task() : AnyTask(); }
  // "<Lock locked, 2 waiting>"
  std::string describe() const;

 private:
  using State = LockState<WaitingTask>;
  mutable State state_;
  Holder holder_;
  const Name name_;
};

class [[nodiscard("co_await lock.acquire()")]] Lock::Acquire : public WaitingTask {
 public:
  explicit Acquire(Lock & lock) noexcept : lock_(lock) {}
  Acquire(Acquire &&) noexcept = default;
  ~Acquire();

  bool await_ready() noexcept { return lock_.state_.try_acquire(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    return suspend(
        awaiting, "Lock.acquire", [this] { return lock_.state_.acquire_or_queue(*this); },
        [this] { return lock_.state_.cancel(*this); });
  }
  bool await_resume();

  Reply cancel_wait(std::vector<FutureCore*> & futures) noexcept override;
  std::string describe_wait() const override;
  Identity holder() const noexcept override;

 private:
  Lock& lock_;
};

inline Lock::Acquire Lock::acquire() noexcept { return Acquire(*this); }
inline Scoped<Lock> Lock::scoped() noexcept { return Scoped<Lock>(*this); }

}  // namespace weft
