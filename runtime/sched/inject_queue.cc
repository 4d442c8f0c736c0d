#include "weft/runtime/sched/inject_queue.h"

namespace weft {

void InjectQueue::push(Work* work) {
  const std::lock_guard lock(mutex_);
  works_.push_back(work);
  size_.store(works_.size(), std::memory_order_release);
}

void InjectQueue::take_all(std::vector<Work*>& out) {
  const std::lock_guard lock(mutex_);
  out.insert(out.end(), works_.begin(), works_.end());
  works_.clear();
  size_.store(0, std::memory_order_release);
}

}  // namespace weft
