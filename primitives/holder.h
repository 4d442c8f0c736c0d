#pragma once
// holder: which task has acquired a primitive that one task at a time holds.
//
//   threads   is_current(): the task that has acquired it. The rest from any thread.
//   cost      one store; who that was is looked for when somebody asks.
//   bounds    it names the task that acquired last, also when another one is to release. A task that has ended is not found.

#include <atomic>
#include <cstdint>

#include "weft/runtime/sched/worker.h"
#include "weft/runtime/task/task.h"

namespace weft {

class Holder {
 public:
  void is_current() noexcept { identity_.store(this_worker()->current(), std::memory_order_relaxed); }
  Identity identity() const noexcept { return Identity(identity_.load(std::memory_order_relaxed)); }
  // Empty: it has ended, or is a child of a join that nobody has seen. Looks at each pending task of the process.
  AnyTask task() const { return find_pending_task(identity()); }

 private:
  // identity_: written by the task that has acquired the primitive, read by whoever asks. relaxed: it orders nothing, and is only compared;
  //   a task is reached by its identity when a search has found it alive.
  std::atomic<std::uintptr_t> identity_{0};
};

}  // namespace weft
