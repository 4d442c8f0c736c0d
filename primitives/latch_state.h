#pragma once
// latch_state: how often a latch is still to be counted down, and who waits for that.
//
//   rules     a count that reaches zero stays there. The word shows zero only with the last access of whoever counts down.
//   threads   every member from any thread. What is under the guard bit takes a few instructions and calls out to nothing.

#include <cstdint>

#include "weft/primitives/guarded_queue.h"

namespace weft {

template <class Place, class List = IntrusiveList<Place>, class Atomics = StdAtomics>
class LatchState {
 public:
  static constexpr std::uint64_t kMost = (std::uint64_t{1} << 62) - 1;
  enum class Counted { done, too_many };

  explicit LatchState(std::uint64_t count) noexcept : line_(count * kOne) {}

  std::uint64_t pending() const noexcept { return line_.load(std::memory_order_relaxed) / kOne; }
  // acquire: what was done before each count_down is seen.
  bool is_open() const noexcept { return line_.load(std::memory_order_acquire) < kOne; }
  std::size_t waiting() noexcept { return line_.waiting(); }

  // To the back of `woken`: whom to tell, afterwards.
  Counted count_down(std::uint64_t n, List& woken) noexcept {
    std::uint64_t seen = line_.load(std::memory_order_relaxed);
    while (!Line::is_guarded(seen)) {
      if (n > seen / kOne) return Counted::too_many;
      if (n == seen / kOne && !Line::is_free(seen)) break;
      if (line_.try_change(seen, seen - n * kOne, std::memory_order_release)) return Counted::done;
    }
    const std::uint64_t count = line_.enter() / kOne;
    const bool fits = n <= count;
    if (fits && n == count) line_.queue().take_all(woken);
    line_.leave((fits ? count - n : count) * kOne);
    return fits ? Counted::done : Counted::too_many;
  }
  // False: it is open. True: the place is in the line.
  bool queue(Place& place) noexcept {
    const std::uint64_t seen = line_.enter();
    if (seen != 0) line_.queue().push(place);
    line_.leave(seen);
    return seen != 0;
  }
  // For a canceller. False: it was woken before.
  bool cancel(Place& place) noexcept { return line_.cancel(place); }

 private:
  using Line = GuardedQueue<Place, List, Atomics>;
  static constexpr std::uint64_t kOne = Line::kUnit;

  // Counted down with one compare-exchange unless that ends a wait: release, and each a read-modify-write, so that who reads zero (acquire)
  // sees what was done before all of them.
  Line line_;
};

}  // namespace weft
