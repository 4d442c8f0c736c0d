#pragma once
// line: what the models of primitives share: the places of threads in a line, how such a thread sleeps, and how it is told.

#include <cstdint>

#include "model/atomics.h"
#include "model/futures.h"
#include "weft/primitives/wait_queue.h"

namespace weft::model {

// Every compare-exchange that asks for one order gets another, weaker one.
template <Order kFrom, Order kTo>
struct WeakerExchange : Atomics {
  template <class T>
  class Atomic : public model::Atomic<T> {
   public:
    using model::Atomic<T>::Atomic;
    bool compare_exchange_weak(T& seen, T to, Order order, Order failure, Where where = Where::current()) {
      return model::Atomic<T>::compare_exchange_weak(seen, to, order == kFrom ? kTo : order, failure, where);
    }
    bool compare_exchange_strong(T& seen, T to, Order order, Order failure, Where where = Where::current()) {
      return model::Atomic<T>::compare_exchange_strong(seen, to, order == kFrom ? kTo : order, failure, where);
    }
  };
};

enum : std::uint32_t { kWoken = 1, kCancelled = 2 };

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

// A word that the place's thread parks on.
inline void tell(Place& place, std::uint32_t what) {
  place.told.fetch_or(what, Order::release);
  Atomics::unpark(place.told);
}
inline void tell(Place* place) {
  if (place != nullptr) tell(*place, kWoken);
}
inline void tell_all(Line<Place>& woken) {
  while (Place* next = woken.pop_front()) tell(*next, kWoken);
}
// True: cancelled.
inline bool sleep_until_told(Place& place) {
  std::uint32_t told = 0;
  while ((told = place.told.load(Order::acquire)) == 0) Atomics::park(place.told, 0);
  return (told & kCancelled) != 0;
}
// As a task's cancel: a request that comes too late to cut the wait short is thrown all the same.
inline bool cancel_place(bool cut_short, Place& place) {
  if (!cut_short && place.told.load(Order::relaxed) == 0) return false;
  tell(place, kCancelled);
  return true;
}
template <class State>
bool cancel_place(State& state, Place& place) {
  return cancel_place(state.cancel(place), place);
}

}  // namespace weft::model
