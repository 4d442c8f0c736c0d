#pragma once
// semaphore: so many tasks at a time.
//
//   asyncio   asyncio.Semaphore, asyncio.BoundedSemaphore; `async with semaphore:` is `auto held = co_await semaphore.scoped();`
//   order     first come, first served; a release gives its permit to the first that waits.
//   cancel    of one who waits: it leaves the line; a permit that it was given goes to the next one.
//   errors    ValueError: a negative number; release() above the first number of a BoundedSemaphore, or above 2^62 - 1. RuntimeError: as Lock.
//   threads   every member from any task of the loop; release(), locked() and value() from any thread.
//   cost      acquire and release are one compare-exchange each while nobody waits. Nothing is allocated.
//   life      outlives those that wait.

#include <coroutine>
#include <cstdint>
#include <string>
#include <utility>

#include "weft/primitives/name.h"
#include "weft/primitives/scoped.h"
#include "weft/primitives/semaphore_state.h"
#include "weft/primitives/waiting_task.h"

namespace weft {

class Semaphore {
 public:
  class Acquire;
  static constexpr const char* kGuardRefused = "a guard of a semaphore could not release it";

  // The name is for describe() and call graphs.
  explicit Semaphore(std::int64_t value = 1, Name name = {})
      : Semaphore(value, State::kMost, "Semaphore", std::move(name)) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  // Awaited: true, and a permit is taken.
  Acquire acquire() noexcept;
  // Awaited: a guard that releases the permit when it goes.
  Scoped<Semaphore> scoped() noexcept;
  void release();
  // Snapshots. Would acquire() wait?
  bool locked() const noexcept { return state_.locked(); }
  std::int64_t value() const noexcept { return static_cast<std::int64_t>(state_.permits()); }
  // "<Semaphore locked, 2 waiting>", "<Semaphore unlocked, value 3>"
  std::string describe() const;

 protected:
  Semaphore(std::int64_t value, std::uint64_t bound, const char* what, Name name);

 private:
  using State = SemaphoreState<WaitingTask>;
  mutable State state_;
  const std::uint64_t bound_;
  const char* const what_;
  const Name name_;
};

// Refuses a release() above the number that it began with.
class BoundedSemaphore : public Semaphore {
 public:
  explicit BoundedSemaphore(std::int64_t value = 1, Name name = {})
      : Semaphore(value, value < 0 ? 0 : static_cast<std::uint64_t>(value), "BoundedSemaphore", std::move(name)) {}
};

class [[nodiscard("co_await semaphore.acquire()")]] Semaphore::Acquire : public WaitingTask {
 public:
  explicit Acquire(Semaphore & semaphore) noexcept : semaphore_(semaphore) {}
  Acquire(Acquire &&) noexcept = default;
  ~Acquire();

  bool await_ready() noexcept { return semaphore_.state_.try_acquire(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    return suspend(
        awaiting, "Semaphore.acquire", [this] { return semaphore_.state_.acquire_or_queue(*this); },
        [this] { return semaphore_.state_.cancel(*this); });
  }
  bool await_resume();

  Reply cancel_wait(std::vector<FutureCore*> & futures) noexcept override;
  std::string describe_wait() const override;

 private:
  Semaphore& semaphore_;
};

inline Semaphore::Acquire Semaphore::acquire() noexcept { return Acquire(*this); }
inline Scoped<Semaphore> Semaphore::scoped() noexcept { return Scoped<Semaphore>(*this); }

}  // namespace weft
