#pragma once
// lock_state: whether a lock is held, and who is next.
//
//   FREE --try_acquire(), or release() back--> HELD          one compare-exchange, while nobody waits
//
//   rules     asyncio's: nobody overtakes one who waits or was woken. A release frees the lock and wakes the first in the line; the lock is
//             taken when that task runs. So it is free in between, and whoever else comes waits.
//   threads   every member from any thread. What is under the guard bit takes a few instructions and calls out to nothing.

#include <cstdint>

#include "weft/primitives/guarded_queue.h"

namespace weft {

template <class Place, class List = IntrusiveList<Place>, class Atomics = StdAtomics>
class LockState {
 public:
  enum class Released { done, was_free };

  bool locked() const noexcept { return (line_.load(std::memory_order_relaxed) & kHeld) != 0; }
  std::size_t waiting() noexcept { return line_.waiting(); }

  // acquire: what the last holder wrote is seen.
  bool try_acquire() noexcept { return line_.change(0, kHeld, std::memory_order_acquire); }
  // True: taken. False: the place is in the line.
  bool acquire_or_queue(Place& place) noexcept {
    const std::uint64_t seen = line_.enter();
    const bool taken = (seen & kHeld) == 0 && !line_.queue().anybody();
    if (!taken) line_.queue().push(place);
    line_.leave(taken ? kHeld : seen & kHeld);
    return taken;
  }
  // release: the next holder sees what this one wrote. `woken`: whom to tell, afterwards; null for nobody.
  Released release(Place*& woken) noexcept {
    woken = nullptr;
    if (line_.change(kHeld, 0, std::memory_order_release)) return Released::done;
    const std::uint64_t seen = line_.enter();
    if ((seen & kHeld) != 0) woken = line_.queue().wake_first();
    line_.leave(0);
    return (seen & kHeld) != 0 ? Released::done : Released::was_free;
  }

  // For a canceller. False: it was woken before.
  bool cancel(Place& place) noexcept {
    const std::uint64_t seen = line_.enter();
    const bool cancelled = line_.queue().cancel_in_line(place);
    line_.leave(seen);
    return cancelled;
  }
  // Its task runs again, and takes the lock unless `thrown`. Whom to tell, afterwards; null for nobody.
  Place* leave(Place& place, bool thrown) noexcept {
    const std::uint64_t seen = line_.enter();
    line_.queue().leave(place);
    const bool free = thrown && (seen & kHeld) == 0;
    Place* woken = free ? line_.queue().wake_first() : nullptr;
    line_.leave(free ? 0 : kHeld);
    return woken;
  }
  // The same for a task that is destroyed while it waits.
  Place* abandon(Place& place) noexcept {
    const std::uint64_t seen = line_.enter();
    line_.queue().abandon(place);
    Place* woken = (seen & kHeld) == 0 ? line_.queue().wake_first() : nullptr;
    line_.leave(seen);
    return woken;
  }

 private:
  using Line = GuardedQueue<Place, List, Atomics>;
  static constexpr std::uint64_t kHeld = Line::kUnit;

  // Acquired and released with one compare-exchange while nobody waits: acquire to take the lock, release to let go of it, so that who comes
  // next sees what was done before.
  Line line_;
};

}  // namespace weft
