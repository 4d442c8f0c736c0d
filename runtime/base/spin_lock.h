#pragma once
// spin_lock: for critical sections of a few instructions that call out to nothing. It yields the core after a while, so
// that an owner that lost its core can go on.

#include <atomic>

#include <sched.h>

#include "weft/runtime/base/atomics.h"

namespace weft {

class SpinLock {
 public:
  void lock() noexcept {
    for (unsigned tries = 0; locked_.exchange(true, std::memory_order_acquire); ++tries) {
      while (locked_.load(std::memory_order_relaxed)) {
        if (++tries < kSpins) {
          StdAtomics::pause();
        } else {
          sched_yield();
        }
      }
    }
  }
  void unlock() noexcept { locked_.store(false, std::memory_order_release); }

 private:
  static constexpr unsigned kSpins = 64;
  // written by  lock (acquire: sees the last owner's section) and unlock (release: publishes this one's).
  std::atomic<bool> locked_{false};
};

}  // namespace weft
