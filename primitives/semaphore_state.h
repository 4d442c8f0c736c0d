#pragma once
// semaphore_state: how many permits there are, and who waits for one.
//
//   rules     asyncio's: a release gives its permit to the first that waits; nobody overtakes one who waits or was woken and has not run yet.
//             What such a one leaves behind when it runs (permits that were released meanwhile) wakes the next ones.
//   threads   every member from any thread. What is under the guard bit takes a few instructions and calls out to nothing.

#include <cstdint>

#include "weft/primitives/wait_queue.h"
#include "weft/runtime/base/spin_wait.h"

namespace weft {

template <class Place, class List = IntrusiveList<Place>, class Atomics = StdAtomics>
class SemaphoreState {
 public:
  static constexpr std::uint64_t kMost = (std::uint64_t{1} << 62) - 1;
  enum class Released { done, too_many };

  explicit SemaphoreState(std::uint64_t permits) noexcept : word_(permits * kOne) {}

  std::uint64_t permits() const noexcept { return word_.load(std::memory_order_relaxed) / kOne; }
  // Would acquire() wait?
  bool locked() const noexcept {
    const std::uint64_t seen = word_.load(std::memory_order_relaxed);
    return seen < kOne || (seen & kQueue) != 0;
  }
  std::size_t waiting() noexcept {
    const std::uint64_t permits = enter();
    const std::size_t count = queue_.count();
    leave_guard(permits);
    return count;
  }

  // acquire: what was done before the release of the permit is seen.
  bool try_acquire() noexcept {
    std::uint64_t seen = word_.load(std::memory_order_relaxed);
    while (seen >= kOne && (seen & (kQueue | kGuard)) == 0) {
      if (word_.compare_exchange_weak(seen, seen - kOne, std::memory_order_acquire, std::memory_order_relaxed))
        return true;
    }
    return false;
  }
  // True: taken. False: the place is in the line.
  bool acquire_or_queue(Place& place) noexcept {
    const std::uint64_t permits = enter();
    const bool taken = permits != 0 && !queue_.anybody();
    if (!taken) queue_.push(place);
    leave_guard(taken ? permits - 1 : permits);
    return taken;
  }
  // Not above `bound` permits. `woken`: whom to tell, afterwards; null for nobody.
  Released release(Place*& woken, std::uint64_t bound = kMost) noexcept {
    woken = nullptr;
    std::uint64_t seen = word_.load(std::memory_order_relaxed);
    while ((seen & (kQueue | kGuard)) == 0) {
      if (seen / kOne >= bound) return Released::too_many;
      if (word_.compare_exchange_weak(seen, seen + kOne, std::memory_order_release, std::memory_order_relaxed))
        return Released::done;
    }
    const std::uint64_t permits = enter();
    const bool fits = permits < bound;
    if (fits) woken = queue_.wake_next();
    leave_guard(fits && woken == nullptr ? permits + 1 : permits);
    return fits ? Released::done : Released::too_many;
  }

  // For a canceller. False: it was woken before.
  bool cancel(Place& place) noexcept {
    const std::uint64_t permits = enter();
    const bool cancelled = queue_.cancel(place);
    leave_guard(permits);
    return cancelled;
  }
  // Its task runs again; `thrown`: without the permit that it may have been given. To the back of `woken`: whom to tell, afterwards.
  void leave(Place& place, bool thrown, List& woken) noexcept {
    std::uint64_t permits = enter();
    if (queue_.leave(place) && thrown) ++permits;
    leave_guard(pass_on(permits, woken));
  }
  // The same for a task that is destroyed while it waits.
  void abandon(Place& place, List& woken) noexcept {
    std::uint64_t permits = enter();
    if (queue_.abandon(place)) ++permits;
    leave_guard(pass_on(permits, woken));
  }

 private:
  static constexpr std::uint64_t kGuard = 1;
  static constexpr std::uint64_t kQueue = 2;  // somebody waits, or was woken and has not run yet
  static constexpr std::uint64_t kOne = 4;

  std::uint64_t pass_on(std::uint64_t permits, List& woken) noexcept {
    for (; permits != 0; --permits) {
      Place* next = queue_.wake_next();
      if (next == nullptr) break;
      woken.push_back(*next);
    }
    return permits;
  }
  // The permits.
  std::uint64_t enter() noexcept {
    std::uint64_t seen = word_.load(std::memory_order_relaxed);
    for (BasicSpinWait<Atomics> spin;;) {
      if ((seen & kGuard) != 0) {
        spin.once();
        seen = word_.load(std::memory_order_relaxed);
      } else if (word_.compare_exchange_weak(seen, seen | kGuard, std::memory_order_acquire,
                                             std::memory_order_relaxed)) {
        return seen / kOne;
      }
    }
  }
  void leave_guard(std::uint64_t permits) noexcept {
    word_.store(permits * kOne | (queue_.anybody() ? kQueue : 0), std::memory_order_release);
  }

  // word_: written by whoever acquires and releases: with one compare-exchange while nobody waits; else by the one who has the guard. acquire
  //   to take the guard or a permit, release to let go of either: who comes next sees what was done before.
  typename Atomics::template Atomic<std::uint64_t> word_;
  WaitQueue<Place, List, Atomics> queue_;  // under the guard
};

}  // namespace weft
