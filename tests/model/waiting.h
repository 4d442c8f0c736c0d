#pragma once
// waiting: what the models of primitives share: a place in the line, and a thread that waits there and is cancelled as a task is.

#include <cstdint>

#include "model/futures.h"
#include "weft/primitives/wait_queue.h"

namespace weft::model {

struct Waiting : Listener {
  WaitMark<Atomics> mark;
  Atomic<std::uint32_t> told{0};
};

template <class Place>
class WaitingLine : public Listeners<Place> {
 public:
  bool empty() const { return this->size() == 0; }
  Place* front() const { return empty() ? nullptr : this->at(0); }
};

enum : std::uint32_t { kToldWoken = 1, kToldCut = 2, kAskedToThrow = 4 };

inline void tell(Waiting& place, std::uint32_t what) {
  place.told.fetch_or(what, Order::release);
  Atomics::unpark(place.told);
}
inline void wake(Waiting* place) {
  if (place != nullptr) tell(*place, kToldWoken);
}
template <class Place>
void wake_all(WaitingLine<Place>& woken) {
  while (Place* place = woken.pop_front()) wake(place);
}

// A task's cancel: it takes the place out of the line, or the request is thrown when the wait has ended by itself.
template <class State, class Place>
void cancel(State& state, Place& place) {
  place.told.fetch_or(kAskedToThrow, Order::release);
  if (state.cancel(place)) tell(place, kToldCut);
}
// As WaitingTask, with the place in the line: until it is woken or cancelled. True: it throws.
template <class State, class Place>
bool sleep_in(State& state, Place& place) {
  std::uint32_t told = place.told.load(Order::acquire);
  if ((told & kAskedToThrow) != 0 && state.cancel(place)) return true;
  while ((told & (kToldWoken | kToldCut)) == 0) {
    Atomics::park(place.told, told);
    told = place.told.load(Order::acquire);
  }
  return (told & kAskedToThrow) != 0;
}

}  // namespace weft::model
