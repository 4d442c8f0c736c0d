#pragma once
// event_state: a flag, and who waits for it.
//
//   rules     whom a set() wakes is decided at that moment, at once for all: clear() right behind it takes nothing back, and who comes after
//             is not among them.
//   threads   every member from any thread. What is under the guard bit takes a few instructions and calls out to nothing.

#include <cstdint>

#include "weft/primitives/wait_queue.h"
#include "weft/runtime/base/spin_wait.h"

namespace weft {

template <class Place, class List = IntrusiveList<Place>, class Atomics = StdAtomics>
class EventState {
 public:
  // acquire: what was done before the flag was set is seen.
  bool is_set() const noexcept { return (word_.load(std::memory_order_acquire) & kSet) != 0; }
  std::size_t waiting() noexcept {
    const std::uint32_t seen = enter();
    const std::size_t count = queue_.count();
    leave_guard(seen);
    return count;
  }

  // To the back of `woken`: whom to tell, afterwards.
  void set(List& woken) noexcept { change(kSet, &woken); }
  void clear() noexcept { change(0, nullptr); }
  // False: it is set. True: the place is in the line.
  bool queue(Place& place) noexcept {
    const std::uint32_t seen = enter();
    const bool waits = (seen & kSet) == 0;
    if (waits) queue_.push(place);
    leave_guard(seen);
    return waits;
  }
  // For a canceller. False: it was woken before.
  bool cancel(Place& place) noexcept {
    const std::uint32_t seen = enter();
    const bool cancelled = queue_.cancel(place);
    leave_guard(seen);
    return cancelled;
  }

 private:
  static constexpr std::uint32_t kSet = 1;
  static constexpr std::uint32_t kQueue = 2;  // somebody waits
  static constexpr std::uint32_t kGuard = 4;

  void change(std::uint32_t to, List* woken) noexcept {
    std::uint32_t seen = word_.load(std::memory_order_relaxed);
    while ((seen & (kQueue | kGuard)) == 0) {
      // Also when it is so already: a later is_set() that is true sees what was done before any set().
      if (word_.compare_exchange_weak(seen, to, std::memory_order_acq_rel, std::memory_order_relaxed)) return;
    }
    enter();
    if (woken != nullptr) queue_.take_all(*woken);
    leave_guard(to);
  }
  // The word without the guard.
  std::uint32_t enter() noexcept {
    std::uint32_t seen = word_.load(std::memory_order_relaxed);
    for (BasicSpinWait<Atomics> spin;;) {
      if ((seen & kGuard) != 0) {
        spin.once();
        seen = word_.load(std::memory_order_relaxed);
      } else if (word_.compare_exchange_weak(seen, seen | kGuard, std::memory_order_acquire,
                                             std::memory_order_relaxed)) {
        return seen;
      }
    }
  }
  void leave_guard(std::uint32_t word) noexcept {
    word_.store((word & kSet) | (queue_.anybody() ? kQueue : 0), std::memory_order_release);
  }

  // word_: written by whoever sets and clears: with one compare-exchange while nobody waits; else by the one who has the guard. release to
  //   set, acquire to see it set; acq_rel, so that several that set it are all seen.
  typename Atomics::template Atomic<std::uint32_t> word_{0u};
  WaitQueue<Place, List, Atomics> queue_;  // under the guard
};

}  // namespace weft
