#pragma once
// lock_state: whether a lock is held, and who is next.
//
//   FREE --try_acquire(), or release() back--> HELD          one compare-exchange, while nobody waits
//
//   rules     asyncio's: nobody overtakes one who waits or was woken. A release frees the lock and wakes the first in the line; the lock is
//             taken when that task runs. So it is free in between, and whoever else comes waits.
//   threads   every member from any thread. What is under the guard bit takes a few instructions and calls out to nothing.

#include <cstdint>

#include "weft/primitives/wait_queue.h"
#include "weft/runtime/base/spin_wait.h"

namespace weft {

template <class Place, class List = IntrusiveList<Place>, class Atomics = StdAtomics>
class LockState {
 public:
  enum class Released { done, was_free };

  bool locked() const noexcept { return (word_.load(std::memory_order_relaxed) & kHeld) != 0; }
  std::size_t waiting() noexcept {
    const std::uint32_t seen = enter();
    const std::size_t count = queue_.count();
    leave_guard(seen);
    return count;
  }

  // acquire: what the last holder wrote is seen.
  bool try_acquire() noexcept {
    std::uint32_t free = 0;
    return word_.compare_exchange_strong(free, kHeld, std::memory_order_acquire, std::memory_order_relaxed);
  }
  // True: taken. False: the place is in the line.
  bool acquire_or_queue(Place& place) noexcept {
    const std::uint32_t seen = enter();
    const bool taken = (seen & kHeld) == 0 && !queue_.anybody();
    if (!taken) queue_.push(place);
    leave_guard(taken ? kHeld : seen & kHeld);
    return taken;
  }
  // release: the next holder sees what this one wrote. `woken`: whom to tell, afterwards; null for nobody.
  Released release(Place*& woken) noexcept {
    woken = nullptr;
    std::uint32_t seen = kHeld;
    if (word_.compare_exchange_strong(seen, 0, std::memory_order_release, std::memory_order_relaxed))
      return Released::done;
    seen = enter();
    if ((seen & kHeld) != 0) woken = queue_.wake_first();
    leave_guard(0);
    return (seen & kHeld) != 0 ? Released::done : Released::was_free;
  }

  // For a canceller. False: it was woken before.
  bool cancel(Place& place) noexcept {
    const std::uint32_t seen = enter();
    const bool cancelled = queue_.cancel_in_line(place);
    leave_guard(seen);
    return cancelled;
  }
  // Its task runs again, and takes the lock unless `thrown`. Whom to tell, afterwards; null for nobody.
  Place* leave(Place& place, bool thrown) noexcept {
    const std::uint32_t seen = enter();
    queue_.leave(place);
    const bool free = thrown && (seen & kHeld) == 0;
    Place* woken = free ? queue_.wake_first() : nullptr;
    leave_guard(free ? 0 : kHeld);
    return woken;
  }
  // The same for a task that is destroyed while it waits.
  Place* abandon(Place& place) noexcept {
    const std::uint32_t seen = enter();
    queue_.abandon(place);
    Place* woken = (seen & kHeld) == 0 ? queue_.wake_first() : nullptr;
    leave_guard(seen);
    return woken;
  }

 private:
  static constexpr std::uint32_t kHeld = 1;
  static constexpr std::uint32_t kQueue = 2;  // somebody waits, or was woken and has not run yet
  static constexpr std::uint32_t kGuard = 4;

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
    word_.store((word & kHeld) | (queue_.anybody() ? kQueue : 0), std::memory_order_release);
  }

  // word_: written by whoever acquires and releases: with one compare-exchange while it is free, or held, and nothing else; else by the one
  //   who has the guard. acquire to take the guard or the lock, release to let go of either: who comes next sees what was done before.
  typename Atomics::template Atomic<std::uint32_t> word_{0u};
  WaitQueue<Place, List, Atomics> queue_;  // under the guard
};

}  // namespace weft
