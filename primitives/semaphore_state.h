#pragma once
// semaphore_state: how many permits there are, and who waits for one.
//
//   rules     asyncio's: a release gives its permit to the first that waits; nobody overtakes one who waits or was woken and has not run yet.
//             What such a one leaves behind when it runs (permits that were released meanwhile) wakes the next ones.
//   threads   every member from any thread. What is under the guard bit takes a few instructions and calls out to nothing.

#include <cstdint>

#include "weft/primitives/guarded_queue.h"

namespace weft {

template <class Place, class List = IntrusiveList<Place>, class Atomics = StdAtomics>
class SemaphoreState {
 public:
  static constexpr std::uint64_t kMost = (std::uint64_t{1} << 62) - 1;
  enum class Released { done, too_many };

  explicit SemaphoreState(std::uint64_t permits) noexcept : line_(permits * kOne) {}

  std::uint64_t permits() const noexcept { return line_.load(std::memory_order_relaxed) / kOne; }
  // Would acquire() wait?
  bool locked() const noexcept {
    const std::uint64_t seen = line_.load(std::memory_order_relaxed);
    return seen < kOne || (seen & Line::kQueue) != 0;
  }
  std::size_t waiting() noexcept { return line_.waiting(); }

  // acquire: what was done before the release of the permit is seen.
  bool try_acquire() noexcept {
    std::uint64_t seen = line_.load(std::memory_order_relaxed);
    while (seen >= kOne && Line::is_free(seen)) {
      if (line_.try_change(seen, seen - kOne, std::memory_order_acquire)) return true;
    }
    return false;
  }
  // True: taken. False: the place is in the line.
  bool acquire_or_queue(Place& place) noexcept {
    const std::uint64_t permits = enter();
    const bool taken = permits != 0 && !line_.queue().anybody();
    if (!taken) line_.queue().push(place);
    leave_guard(taken ? permits - 1 : permits);
    return taken;
  }
  // Not above `bound` permits. `woken`: whom to tell, afterwards; null for nobody.
  Released release(Place*& woken, std::uint64_t bound = kMost) noexcept {
    woken = nullptr;
    std::uint64_t seen = line_.load(std::memory_order_relaxed);
    while (Line::is_free(seen)) {
      if (seen / kOne >= bound) return Released::too_many;
      if (line_.try_change(seen, seen + kOne, std::memory_order_release)) return Released::done;
    }
    const std::uint64_t permits = enter();
    const bool fits = permits < bound;
    if (fits) woken = line_.queue().wake_next();
    leave_guard(fits && woken == nullptr ? permits + 1 : permits);
    return fits ? Released::done : Released::too_many;
  }

  // For a canceller. False: it was woken before.
  bool cancel(Place& place) noexcept { return line_.cancel(place); }
  // Its task runs again; `thrown`: without the permit that it may have been given. To the back of `woken`: whom to tell, afterwards.
  void leave(Place& place, bool thrown, List& woken) noexcept {
    std::uint64_t permits = enter();
    if (line_.queue().leave(place) && thrown) ++permits;
    leave_guard(pass_on(permits, woken));
  }
  // The same for a task that is destroyed while it waits.
  void abandon(Place& place, List& woken) noexcept {
    std::uint64_t permits = enter();
    if (line_.queue().abandon(place)) ++permits;
    leave_guard(pass_on(permits, woken));
  }

 private:
  using Line = GuardedQueue<Place, List, Atomics>;
  static constexpr std::uint64_t kOne = Line::kUnit;

  std::uint64_t pass_on(std::uint64_t permits, List& woken) noexcept {
    for (; permits != 0; --permits) {
      Place* next = line_.queue().wake_next();
      if (next == nullptr) break;
      woken.push_back(*next);
    }
    return permits;
  }
  // With the guard: the permits.
  std::uint64_t enter() noexcept { return line_.enter() / kOne; }
  void leave_guard(std::uint64_t permits) noexcept { line_.leave(permits * kOne); }

  // Taken and released with one compare-exchange while nobody waits: acquire to take a permit, release to give it back, so that who comes next
  // sees what was done before.
  Line line_;
};

}  // namespace weft
