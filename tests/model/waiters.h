#pragma once
// waiters: tasks that wait in a primitive's line, as the models of the primitives have them (a word that a thread parks on), and what such
// a primitive gives them to look at.

#include <cstdint>

#include "model/explore.h"
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

// An item with references, in memory that is used again.
class CountedItem {
 public:
  void begin(int value) {
    references_.store(1, Order::relaxed);
    value_.set(value);
    begun_ = true;
  }
  int value() const {
    check(frees_ == 0, "nobody looks at what was freed");
    return value_.get();
  }
  void retain() { references_.fetch_add(1, Order::relaxed); }
  void release() {
    if (references_.fetch_sub(1, Order::acq_rel) != 1) return;
    value_.set(-1);  // a destructor: all others' uses come before
    ++frees_;
  }
  int frees() const { return frees_; }
  bool begun() const { return begun_; }

 private:
  Atomic<std::uint32_t> references_{0};
  Plain<int> value_;
  int frees_ = 0;
  bool begun_ = false;
};

}  // namespace weft::model
