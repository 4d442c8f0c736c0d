#pragma once
// barrier: so many tasks wait for each other.
//
//   asyncio   asyncio.Barrier
//   states    filling, until all parties wait; draining, until all have gone on; resetting, until those that waited have thrown; broken.
//   cancel    of one that waits in a filling barrier: one less waits.
//   errors    ValueError: fewer than one party. BrokenBarrierError: the barrier was aborted, or reset while the task waited.
//   threads   every member from any task of the loop; parties(), n_waiting() and broken() from any thread, as snapshots.
//   life      outlives those that wait.

#include <atomic>
#include <cstdint>
#include <string>

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

  int parties() const noexcept { return parties_; }
  // 0 unless it is filling.
  int n_waiting() const noexcept { return state() == State::filling ? count_.load(std::memory_order_relaxed) : 0; }
  bool broken() const noexcept { return state() == State::broken; }
  // "<Barrier filling, 1 of 3 waiting>"
  std::string describe() const;

 private:
  enum class State : std::uint8_t { filling, draining, resetting, broken };
  State state() const noexcept { return state_.load(std::memory_order_relaxed); }
  void set_state(State state) noexcept { state_.store(state, std::memory_order_relaxed); }
  int count() const noexcept { return count_.load(std::memory_order_relaxed); }
  [[noreturn]] static void refuse(const char* why);
  Coro<int> take_part();
  // A party goes on: the last one that does makes room for the next round.
  void leave();

  const int parties_;
  const Name name_;
  Condition condition_;
  // state_, count_: written by who holds the condition's lock, which orders them; read by anybody as a snapshot. relaxed.
  std::atomic<State> state_{State::filling};
  std::atomic<int> count_{0};
};

inline Coro<int> Barrier::take_part() {
  const int index = count();
  count_.store(index + 1, std::memory_order_relaxed);
  if (index + 1 == parties_) {
    set_state(State::draining);
    condition_.notify_all();
    co_return index;
  }
  co_await condition_.wait_for([this] { return state() != State::filling; });
  if (state() == State::broken || state() == State::resetting) refuse("Abort or reset of barrier");
  co_return index;
}

inline Coro<int> Barrier::wait() {
  const auto held = co_await condition_.scoped();
  co_await condition_.wait_for([this] { return state() != State::draining && state() != State::resetting; });
  if (state() == State::broken) refuse("Barrier aborted");
  int index = 0;
  try {
    index = co_await take_part();
  } catch (...) {
    leave();
    throw;
  }
  leave();
  co_return index;
}

inline Coro<void> Barrier::reset() {
  const auto held = co_await condition_.scoped();
  set_state(count() > 0 ? State::resetting : State::filling);
  condition_.notify_all();
}

inline Coro<void> Barrier::abort() {
  const auto held = co_await condition_.scoped();
  set_state(State::broken);
  condition_.notify_all();
}

}  // namespace weft
