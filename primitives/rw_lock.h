#pragma once
// rw_lock: many tasks that read, or one that writes.
//
//   asyncio   none: a Lock that those who only read share. `auto held = co_await lock.read_scoped();`, `co_await lock.write_scoped()`.
//   order     first come, first served: a reader that comes behind a writer that waits, waits too; readers that are next to each other in the
//             line come in together. It belongs to no task: another one may release it. Not re-entrant, also for readers: a task that reads
//             and reads again waits for ever when a writer came in between.
//   cancel    of one who waits: it leaves the line, and those behind it come in if they may; what it was given goes to the next ones.
//   errors    RuntimeError: a release or downgrade() of what is not held; then nothing changes.
//   threads   every member from any task of the loop; releases, downgrade(), readers() and write_locked() from any thread.
//   memory    who reads sees what was written, and who writes is seen to come behind those that read.
//   cost      acquire and release are one compare-exchange each while nobody waits. Nothing is allocated.
//   life      outlives those that wait and its guards.

#include <coroutine>
#include <cstdint>
#include <string>
#include <utility>

#include "weft/primitives/holder.h"
#include "weft/primitives/name.h"
#include "weft/primitives/rw_lock_state.h"
#include "weft/primitives/scoped.h"
#include "weft/primitives/waiting_task.h"

namespace weft {

class RwLock;

// In the line of a RwLock.
class RwPlace : public WaitingTask {
 public:
  explicit RwPlace(RwAccess access) noexcept : access_(access) {}
  RwAccess access() const noexcept { return access_; }

 protected:
  RwPlace(RwPlace&&) noexcept = default;
  ~RwPlace() = default;

 private:
  const RwAccess access_;
};

// A RwLock for those who want one kind of access, as its guards see it.
template <RwAccess kAccess>
class RwSide {
 public:
  class Acquire;
  static constexpr const char* kGuardRefused = "a guard of a readers-writer lock found it released already";

  RwSide(const RwSide&) = delete;
  RwSide& operator=(const RwSide&) = delete;
  void release();

 private:
  friend class RwLock;
  RwSide() = default;
  RwLock& lock() noexcept;
};

class RwLock : private RwSide<RwAccess::read>, private RwSide<RwAccess::write> {
 public:
  using Reading = RwSide<RwAccess::read>;
  using Writing = RwSide<RwAccess::write>;

  // The name is for describe() and call graphs.
  RwLock() = default;
  explicit RwLock(Name name) noexcept : name_(std::move(name)) {}

  // Awaited: true, and the lock is held.
  Reading::Acquire acquire_read() noexcept;
  Writing::Acquire acquire_write() noexcept;
  // Awaited: a guard that releases the lock when it goes.
  Scoped<Reading> read_scoped() noexcept;
  Scoped<Writing> write_scoped() noexcept;
  void release_read() { release(RwAccess::read); }
  void release_write() { release(RwAccess::write); }
  // Who writes goes on as a reader: nobody writes in between, and the readers that are first in the line come in.
  void downgrade();
  static Held<Reading> downgrade(Held<Writing> held);

  // Snapshots: how many read, and does somebody write?
  std::uint64_t readers() const noexcept { return state_.readers(); }
  bool write_locked() const noexcept { return state_.write_locked(); }
  // The task that writes, as Lock::holder(). Empty also while others read.
  AnyTask writer() const { return write_locked() ? writer_.task() : AnyTask(); }
  // "<RwLock 3 readers, 2 waiting>", "<RwLock write-locked>", "<RwLock unlocked>"
  std::string describe() const;

 private:
  template <RwAccess kAccess>
  friend class RwSide;
  void release(RwAccess access);
  void withdraw(RwPlace& place) noexcept;

  mutable RwLockState<RwPlace> state_;
  Holder writer_;
  const Name name_;
};

template <RwAccess kAccess>
RwLock& RwSide<kAccess>::lock() noexcept {
  return static_cast<RwLock&>(*this);
}
template <RwAccess kAccess>
void RwSide<kAccess>::release() {
  lock().release(kAccess);
}

template <RwAccess kAccess>
class [[nodiscard("co_await lock.acquire_read() or lock.acquire_write()")]] RwSide<kAccess>::Acquire : public RwPlace {
 public:
  explicit Acquire(RwSide & side) noexcept : RwPlace(kAccess), lock_(side.lock()) {}
  Acquire(Acquire &&) noexcept = default;
  ~Acquire() {
    if (was_queued()) lock_.withdraw(*this);
  }

  bool await_ready() noexcept { return lock_.state_.try_acquire(kAccess); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    const char* const caller = kAccess == RwAccess::read ? "RwLock.acquire_read" : "RwLock.acquire_write";
    return suspend(
        awaiting, caller, [this] { return lock_.state_.acquire_or_queue(*this); },
        [this] { return lock_.state_.cancel(*this); });
  }
  bool await_resume() {
    const bool queued = was_queued();
    if (take_throw()) [[unlikely]] {
      if (queued) lock_.withdraw(*this);
      throw_cancelled();
    }
    if constexpr (kAccess == RwAccess::write) lock_.writer_.is_current();
    return true;
  }

  Reply cancel_wait(std::vector<FutureCore*>&) noexcept override {
    return lock_.state_.cancel(*this) ? Reply::cut_short : Reply::too_late;
  }
  std::string describe_wait() const override { return lock_.describe(); }
  Identity holder() const noexcept override { return lock_.write_locked() ? lock_.writer_.identity() : Identity(); }

 private:
  RwLock& lock_;
};

inline RwLock::Reading::Acquire RwLock::acquire_read() noexcept { return Reading::Acquire(*this); }
inline RwLock::Writing::Acquire RwLock::acquire_write() noexcept { return Writing::Acquire(*this); }
inline Scoped<RwLock::Reading> RwLock::read_scoped() noexcept { return Scoped<Reading>(*this); }
inline Scoped<RwLock::Writing> RwLock::write_scoped() noexcept { return Scoped<Writing>(*this); }

}  // namespace weft
