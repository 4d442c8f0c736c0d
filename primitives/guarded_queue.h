#pragma once
// guarded_queue: a primitive's word and, behind a guard bit in it, the line of those that wait.
//
//   bits      0: the guard. 1: somebody waits, or was woken and has not run yet. From kUnit on: the primitive's own.
//   rules     while both are clear anybody may change the word by one compare-exchange; while only the guard is, so that it concerns nobody
//             in the line; else only who has the guard, until leave().
//   threads   every member from any thread. What is done between enter() and leave() takes a few instructions and calls out to nothing.

#include <cstddef>
#include <cstdint>

#include "weft/primitives/wait_queue.h"
#include "weft/runtime/base/spin_wait.h"

namespace weft {

template <class Place, class List = IntrusiveList<Place>, class Atomics = StdAtomics>
class GuardedQueue {
 public:
  static constexpr std::uint64_t kGuard = 1;
  static constexpr std::uint64_t kQueue = 2;
  static constexpr std::uint64_t kUnit = 4;

  explicit GuardedQueue(std::uint64_t own = 0) noexcept : word_(own) {}

  std::uint64_t load(std::memory_order order) const noexcept { return word_.load(order); }
  static bool is_free(std::uint64_t word) noexcept { return (word & (kGuard | kQueue)) == 0; }
  static bool is_guarded(std::uint64_t word) noexcept { return (word & kGuard) != 0; }
  // From a word that is not guarded. False: `seen` is what there is.
  bool try_change(std::uint64_t& seen, std::uint64_t to, std::memory_order order) noexcept {
    return word_.compare_exchange_weak(seen, to, order, std::memory_order_relaxed);
  }
  // The same, false only when it was another word.
  bool change(std::uint64_t from, std::uint64_t to, std::memory_order order) noexcept {
    return word_.compare_exchange_strong(from, to, order, std::memory_order_relaxed);
  }

  // Takes the guard; gives the primitive's own bits.
  std::uint64_t enter() noexcept {
    std::uint64_t seen = word_.load(std::memory_order_relaxed);
    for (BasicSpinWait<Atomics> spin;;) {
      if ((seen & kGuard) != 0) {
        spin.once();
        seen = word_.load(std::memory_order_relaxed);
      } else if (word_.compare_exchange_weak(seen, seen | kGuard, std::memory_order_acquire,
                                             std::memory_order_relaxed)) {
        return seen & ~(kGuard | kQueue);
      }
    }
  }
  // Lets go of it, with the primitive's own bits as they are now.
  void leave(std::uint64_t own) noexcept {
    word_.store(own | (queue_.anybody() ? kQueue : 0), std::memory_order_release);
  }
  // Between the two only.
  WaitQueue<Place, List, Atomics>& queue() noexcept { return queue_; }

  // For a canceller. False: it was woken before. True: it is out of the line.
  bool cancel(Place& place) noexcept {
    const std::uint64_t own = enter();
    const bool cancelled = queue_.cancel(place);
    leave(own);
    return cancelled;
  }
  std::size_t waiting() noexcept {
    const std::uint64_t own = enter();
    const std::size_t count = queue_.count();
    leave(own);
    return count;
  }

 private:
  // word_: written by whoever uses the primitive, as the rules above say. acquire to take the guard, release to let go of it: who comes next
  //   sees what was done before. The orders of try_change and change are the primitive's.
  typename Atomics::template Atomic<std::uint64_t> word_;
  WaitQueue<Place, List, Atomics> queue_;  // under the guard
};

}  // namespace weft
