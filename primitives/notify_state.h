#pragma once
// notify_state: a notification that is kept for whoever waits next, or who waits for one.
//
//   rules     one is kept only while nobody waits, and at most one. Whom a notification wakes is decided at that moment: who is cancelled
//             afterwards passes on what was meant for one; what was meant for all ends with it.
//   threads   every member from any thread. What is under the guard bit takes a few instructions and calls out to nothing.

#include <cstdint>

#include "weft/primitives/guarded_queue.h"

namespace weft {

template <class Place, class List = IntrusiveList<Place>, class Atomics = StdAtomics>
class NotifyState {
 public:
  bool is_stored() const noexcept { return (line_.load(std::memory_order_relaxed) & kStored) != 0; }
  std::size_t waiting() noexcept { return line_.waiting(); }

  // acquire: what was done before each notification that went into the one that is kept is seen.
  bool try_take() noexcept { return line_.change(kStored, 0, std::memory_order_acquire); }
  // True: there was one, and it is taken. False: the place is in the line.
  bool take_or_queue(Place& place) noexcept {
    const bool taken = line_.enter() != 0;
    if (!taken) line_.queue().push(place);
    line_.leave(0);
    return taken;
  }
  // Whom to tell, afterwards; null for nobody: it is kept.
  Place* notify_one() noexcept {
    std::uint64_t seen = line_.load(std::memory_order_relaxed);
    while (Line::is_free(seen)) {
      // Also when one is kept already: whoever takes it sees what was done before this one too.
      if (line_.try_change(seen, kStored, std::memory_order_release)) return nullptr;
    }
    line_.enter();
    Place* woken = line_.queue().take_next();
    line_.leave(woken == nullptr ? kStored : 0);
    return woken;
  }
  // To the back of `woken`: whom to tell, afterwards.
  void notify_all(List& woken) noexcept {
    // relaxed: nobody is told anything, and whoever came before this call is in the word that it finds.
    if (Line::is_free(line_.load(std::memory_order_relaxed))) return;
    const std::uint64_t seen = line_.enter();
    line_.queue().take_all(woken);
    line_.leave(seen);
  }

  // For a canceller. False: it was woken before.
  bool cancel(Place& place) noexcept { return line_.cancel(place); }
  // Of a place in the line whose task runs again: did notify_one() wake it?
  static bool was_notified_alone(const Place& place) noexcept {
    return WaitQueue<Place, List, Atomics>::was_next(place);
  }
  // Its task is destroyed while it waits. Whom to tell, afterwards; null for nobody.
  Place* abandon(Place& place) noexcept { return !cancel(place) && was_notified_alone(place) ? notify_one() : nullptr; }

 private:
  using Line = GuardedQueue<Place, List, Atomics>;
  static constexpr std::uint64_t kStored = Line::kUnit;

  // Stored and taken with one compare-exchange while nobody waits: release to store, acquire to take. Those that store again are
  // read-modify-writes, so that who takes sees them all.
  Line line_;
};

}  // namespace weft
