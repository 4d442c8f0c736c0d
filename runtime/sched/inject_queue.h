#pragma once
// inject_queue: work from threads that are no worker of this scheduler, first in first out.
//
//   threads   every member from any thread.
//   cost      looking into an empty queue is one load.

#include <atomic>
#include <cstddef>
#include <mutex>
#include <vector>

#include "weft/runtime/sched/work.h"

namespace weft {

class InjectQueue {
 public:
  void push(Work* work);
  // Moves everything to the back of `out`.
  void take_all(std::vector<Work*>& out);
  bool empty() const noexcept { return size_.load(std::memory_order_acquire) == 0; }

 private:
  std::mutex mutex_;
  std::vector<Work*> works_;
  // written by  push and take_all, under mutex_; read by workers without it, as a hint. A sleeper's last look is ordered
  //             by the barrier pair of the idle protocol.
  std::atomic<std::size_t> size_{0};
};

}  // namespace weft
