#pragma once
// event_state: a flag, and who waits for it.
//
//   rules     whom a set() wakes is decided at that moment, at once for all: clear() right behind it takes nothing back, and who comes after
//             is not among them.
//   threads   every member from any thread. What is under the guard bit takes a few instructions and calls out to nothing.

#include <cstdint>

#include "weft/primitives/guarded_queue.h"

namespace weft {

template <class Place, class List = IntrusiveList<Place>, class Atomics = StdAtomics>
class EventState {
 public:
  // acquire: what was done before the flag was set is seen.
  bool is_set() const noexcept { return (line_.load(std::memory_order_acquire) & kSet) != 0; }
  std::size_t waiting() noexcept { return line_.waiting(); }

  // To the back of `woken`: whom to tell, afterwards.
  void set(List& woken) noexcept { change(kSet, &woken); }
  void clear() noexcept { change(0, nullptr); }
  // False: it is set. True: the place is in the line.
  bool queue(Place& place) noexcept {
    const std::uint64_t seen = line_.enter();
    const bool waits = (seen & kSet) == 0;
    if (waits) line_.queue().push(place);
    line_.leave(seen);
    return waits;
  }
  // For a canceller. False: it was woken before.
  bool cancel(Place& place) noexcept { return line_.cancel(place); }

 private:
  using Line = GuardedQueue<Place, List, Atomics>;
  static constexpr std::uint64_t kSet = Line::kUnit;

  void change(std::uint64_t to, List* woken) noexcept {
    std::uint64_t seen = line_.load(std::memory_order_relaxed);
    while (Line::is_free(seen)) {
      // Also when it is so already: a later is_set() that is true sees what was done before any set().
      if (line_.try_change(seen, to, std::memory_order_acq_rel)) return;
    }
    line_.enter();
    if (woken != nullptr) line_.queue().take_all(*woken);
    line_.leave(to);
  }

  // Set and cleared with one compare-exchange while nobody waits: release to set, acquire to see it set; acq_rel, so that several that set it
  // are all seen.
  Line line_;
};

}  // namespace weft
