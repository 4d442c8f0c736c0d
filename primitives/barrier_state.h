#pragma once
// barrier_state: how far a barrier is, and how many of its parties are inside.
//
//            come() of the last             leave() of the last
//   FILLING --------------------> DRAINING ---------------------> FILLING
//      |  ^                          |
//      |  +--- leave() of the last --+--> RESETTING       reset() while somebody is inside
//      +-----------------------------+--> BROKEN          abort(); reset() leads out of it
//
//   rules     asyncio's. Who comes while it drains or is reset waits until the last one has left.
//   threads   phase() and waiting() from any thread, as snapshots; the rest by who holds the barrier's lock, and wakes all that wait after
//             each change of the phase.

#include <cstdint>

#include "weft/runtime/base/atomics.h"

namespace weft {

template <class Atomics = StdAtomics>
class BarrierState {
 public:
  enum class Phase : std::uint8_t { filling, draining, resetting, broken };

  explicit BarrierState(int parties) noexcept : parties_(parties) {}

  int parties() const noexcept { return parties_; }
  Phase phase() const noexcept { return phase_.load(std::memory_order_relaxed); }
  // 0 unless it is filling.
  int waiting() const noexcept { return phase() == Phase::filling ? count() : 0; }
  // Must who comes wait until others have left?
  bool closed() const noexcept { return phase() == Phase::draining || phase() == Phase::resetting; }
  // One that is inside: is it to throw?
  bool failed() const noexcept { return phase() == Phase::resetting || phase() == Phase::broken; }

  // While it is filling: the number of who comes. The last one sees it draining then.
  int come() noexcept {
    const int number = count();
    set_count(number + 1);
    if (number + 1 == parties_) set_phase(Phase::draining);
    return number;
  }
  // Whoever came leaves, gone on or thrown. True: it was the last one, and those outside are to be woken.
  bool leave() noexcept {
    set_count(count() - 1);
    if (count() != 0) return false;
    if (closed()) set_phase(Phase::filling);
    return true;
  }
  void reset() noexcept { set_phase(count() > 0 ? Phase::resetting : Phase::filling); }
  void abort() noexcept { set_phase(Phase::broken); }

 private:
  int count() const noexcept { return count_.load(std::memory_order_relaxed); }
  void set_count(int count) noexcept { count_.store(count, std::memory_order_relaxed); }
  void set_phase(Phase phase) noexcept { phase_.store(phase, std::memory_order_relaxed); }

  const int parties_;
  // phase_, count_: written by who holds the barrier's lock, which orders them; read by anybody as a snapshot. relaxed.
  typename Atomics::template Atomic<Phase> phase_{Phase::filling};
  typename Atomics::template Atomic<int> count_{0};
};

}  // namespace weft
