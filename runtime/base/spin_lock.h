#pragma once
// spin_lock: for critical sections of a few instructions that call out to nothing. It yields the core after a while, so
// that an owner that lost its core can go on.

#include "weft/runtime/base/atomics.h"
#include "weft/runtime/base/spin_wait.h"

namespace weft {

template <class Atomics = StdAtomics>
class BasicSpinLock {
 public:
  void lock() noexcept {
    BasicSpinWait<Atomics> spin;
    while (locked_.exchange(true, std::memory_order_acquire)) {
      while (locked_.load(std::memory_order_relaxed)) spin.once();
    }
  }
  void unlock() noexcept { locked_.store(false, std::memory_order_release); }

 private:
  // written by  lock (acquire: sees the last owner's section) and unlock (release: publishes this one's).
  typename Atomics::template Atomic<bool> locked_{false};
};

using SpinLock = BasicSpinLock<>;

}  // namespace weft
