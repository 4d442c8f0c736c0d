#pragma once
// barrier: so many tasks wait for each other.
//
//   asyncio   asyncio.Barrier
//   states    filling, until all parties wait; draining, until all have gone on; resetting, until those that waited have thrown; broken.
//   cancel    of one that waits in a filling barrier: one less waits.
//   errors    ValueError: fewer than one party. BrokenBarrierError: the barrier was aborted, or reset while the task waited.
//   threads   every member from any task of the loop; parties(), n_waiting() and broken() from any thread, as snapshots.
//   life      outlives those that wait.

#include <string>

#include "weft/primitives/barrier_state.h"
#include "weft/primitives/condition.h"
#include "weft/runtime/base/errors.h"

namespace weft {

// asyncio.BrokenBarrierError: a barrier was aborted, or reset while tasks waited at it.
class BrokenBarrierError : public RuntimeError {
 public:
  using RuntimeError::RuntimeError;
};

class Barrier {
 public:
  // The name is for describe() and call graphs.
  explicit Barrier(int parties, Name name = {});
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;

  // Until all parties wait. Each gets another number from 0 to parties - 1.
  Coro<int> wait();
  // Those that wait throw BrokenBarrierError; then the barrier is as new.
  Coro<void> reset();
  // Those that wait, and all that come until a reset(), throw BrokenBarrierError.
  Coro<void> abort();

  int parties() const noexcept { return state_.parties(); }
  // 0 unless it is filling.
  int n_waiting() const noexcept { return state_.waiting(); }
  bool broken() const noexcept { return state_.phase() == Phase::broken; }
  // "<Barrier filling, 1 of 3 waiting>"
  std::string describe() const;

 private:
  using State = BarrierState<>;
  using Phase = State::Phase;
  [[noreturn]] static void refuse(const char* why);
  Coro<int> take_part();
  // A party goes on: the last one that does makes room for the next round.
  void leave();

  State state_;
  const Name name_;
  Condition condition_;
};

inline Coro<int> Barrier::take_part() {
  const int number = state_.come();
  if (state_.phase() == Phase::draining) {
    condition_.notify_all();
    co_return number;
  }
  co_await condition_.wait_for([this] { return state_.phase() != Phase::filling; });
  if (state_.failed()) refuse("Abort or reset of barrier");
  co_return number;
}

inline Coro<int> Barrier::wait() {
  const auto held = co_await condition_.scoped();
  co_await condition_.wait_for([this] { return !state_.closed(); });
  if (broken()) refuse("Barrier aborted");
  int number = 0;
  try {
    number = co_await take_part();
  } catch (...) {
    leave();
    throw;
  }
  leave();
  co_return number;
}

inline Coro<void> Barrier::reset() {
  const auto held = co_await condition_.scoped();
  state_.reset();
  condition_.notify_all();
}

inline Coro<void> Barrier::abort() {
  const auto held = co_await condition_.scoped();
  state_.abort();
  condition_.notify_all();
}

}  // namespace weft
