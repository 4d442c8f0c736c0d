#pragma once
// once_cell_state: whether a cell has its value, whose turn it is to make one, and who waits.
//
//   EMPTY --try_begin()--> BEING MADE --finish()--> SET              wakes all that wait
//     ^                        |
//     +-------give_up()--------+--> BEING MADE                       by the one that is first in the line, which is woken
//
//   rules     who is woken while there is no value has the turn: nobody else has it before that one finishes or gives up.
//   threads   every member from any thread. What is under the guard bit takes a few instructions and calls out to nothing.

#include <cstdint>

#include "weft/primitives/guarded_queue.h"

namespace weft {

template <class Place, class List = IntrusiveList<Place>, class Atomics = StdAtomics>
class OnceCellState {
 public:
  // acquire: the value is seen.
  bool is_set() const noexcept { return (line_.load(std::memory_order_acquire) & kSet) != 0; }
  bool is_being_made() const noexcept { return (line_.load(std::memory_order_relaxed) & kMaking) != 0; }
  std::size_t waiting() noexcept { return line_.waiting(); }

  // True: it is the caller's turn. acquire: what one who gave up did is seen.
  bool try_begin() noexcept { return line_.change(0, kMaking, std::memory_order_acquire); }
  // True: it is set, or the caller's turn. False: the place is in the line.
  bool begin_or_queue(Place& place) noexcept {
    const std::uint64_t seen = line_.enter();
    const bool waits = seen == kMaking;
    if (waits) line_.queue().push(place);
    line_.leave(seen == 0 ? kMaking : seen);
    return !waits;
  }
  // There is a value now. To the back of `woken`: whom to tell, afterwards.
  void finish(List& woken) noexcept {
    if (line_.change(kMaking, kSet, std::memory_order_release)) return;
    line_.enter();
    line_.queue().take_all(woken);
    line_.leave(kSet);
  }
  // There is none. Whose turn it is now: whom to tell, afterwards; null for nobody's.
  Place* give_up() noexcept {
    if (line_.change(kMaking, 0, std::memory_order_release)) return nullptr;
    line_.enter();
    Place* next = line_.queue().take_next();
    line_.leave(next == nullptr ? 0 : kMaking);
    return next;
  }

  // For a canceller. False: it was woken before.
  bool cancel(Place& place) noexcept { return line_.cancel(place); }
  // The task of a place that was in the line runs again, to throw, or is destroyed. Whom to tell, afterwards; null for nobody.
  Place* withdraw(Place& place) noexcept {
    return !cancel(place) && WaitQueue<Place, List, Atomics>::was_next(place) ? give_up() : nullptr;
  }

 private:
  using Line = GuardedQueue<Place, List, Atomics>;
  static constexpr std::uint64_t kMaking = Line::kUnit;
  static constexpr std::uint64_t kSet = 2 * Line::kUnit;

  // kMaking with one compare-exchange, acquire, and away from it with another one, release, while nobody waits: so that who has the turn sees
  // what the one before did, and who reads kSet (acquire) sees the value.
  Line line_;
};

}  // namespace weft
