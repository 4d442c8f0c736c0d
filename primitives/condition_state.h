#pragma once
// condition_state: who waits to be notified.
//
//   threads   every member from any thread: cancels come from anywhere, though only a holder of the lock waits and notifies.

#include <cstddef>
#include <mutex>

#include "weft/primitives/wait_queue.h"
#include "weft/runtime/base/spin_lock.h"

namespace weft {

template <class Place, class List = IntrusiveList<Place>, class Atomics = StdAtomics>
class ConditionState {
 public:
  std::size_t waiting() noexcept {
    const std::lock_guard guard(guard_);
    return queue_.count();
  }
  void queue(Place& place) noexcept {
    const std::lock_guard guard(guard_);
    queue_.push(place);
  }
  // For a canceller. False: it was notified before.
  bool cancel(Place& place) noexcept {
    const std::lock_guard guard(guard_);
    return queue_.cancel(place);
  }
  // So many at most, to the back of `woken`: whom to tell, afterwards.
  void notify(std::size_t most, List& woken) noexcept {
    const std::lock_guard guard(guard_);
    if (most >= queue_.count()) return queue_.take_all(woken);
    for (; most != 0; --most) woken.push_back(*queue_.take_next());
  }

 private:
  BasicSpinLock<Atomics> guard_;  // a few instructions that call out to nothing
  WaitQueue<Place, List, Atomics> queue_;
};

}  // namespace weft
