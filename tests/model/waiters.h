#pragma once
// waiters: tasks that wait in a primitive's line, as the models of the primitives have them: a word that a thread parks on.

#include <cstdint>

#include "model/futures.h"
#include "weft/primitives/wait_queue.h"

namespace weft::model {

struct Place : Listener {
  WaitMark<Atomics> mark;
  Atomic<std::uint32_t> told{0};  // kWoken, kCancelled
};

template <class L>
class Line : public Listeners<L> {
 public:
  bool empty() const { return this->size() == 0; }
  L* front() const { return empty() ? nullptr : this->at(0); }
};

enum : std::uint32_t { kWoken = 1, kCancelled = 2 };

inline void tell(Place& place, std::uint32_t what) {
  place.told.fetch_or(what, Order::release);
  Atomics::unpark(place.told);
}
// True: cancelled.
inline bool sleep_until_told(Place& place) {
  std::uint32_t told = 0;
  while ((told = place.told.load(Order::acquire)) == 0) Atomics::park(place.told, 0);
  return (told & kCancelled) != 0;
}
// As a task's cancel: a request that comes too late to cut the wait short is thrown all the same.
inline void cancel_place(bool cut_short, Place& place) {
  if (cut_short || place.told.load(Order::relaxed) != 0) tell(place, kCancelled);
}

}  // namespace weft::model
