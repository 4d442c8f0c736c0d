#pragma once
// inject_queue: work from threads that are no worker of this scheduler, first in first out.
//
//   threads   every member from any thread.
//   cost      looking into an empty queue is one load.

#include <cstddef>
#include <mutex>
#include <vector>

#include "weft/runtime/base/atomics.h"
#include "weft/runtime/sched/work.h"

namespace weft {

template <class Item, class Atomics = StdAtomics, class Mutex = std::mutex>
class BasicInjectQueue {
 public:
  void push(Item* item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(item);
    size_.store(items_.size(), std::memory_order_release);
  }
  // Moves everything to the back of `out`.
  void take_all(std::vector<Item*>& out) {
    const std::lock_guard lock(mutex_);
    out.insert(out.end(), items_.begin(), items_.end());
    items_.clear();
    size_.store(0, std::memory_order_release);
  }
  bool empty() const noexcept { return size_.load(std::memory_order_acquire) == 0; }

 private:
  Mutex mutex_;
  std::vector<Item*> items_;
  // written by  push and take_all, under mutex_; read by workers without it, as a hint. A sleeper's last look is ordered
  //             by the barrier pair of the idle protocol.
  typename Atomics::template Atomic<std::size_t> size_{std::size_t{0}};
};

using InjectQueue = BasicInjectQueue<Work>;

}  // namespace weft
