#pragma once
// spin_wait: waiting for another thread that needs a few instructions, or its core back.

#include "weft/runtime/base/atomics.h"

namespace weft {

template <class Atomics = StdAtomics>
class BasicSpinWait {
 public:
  // Once per look at what is waited for.
  void once() noexcept {
    if (++looks_ < kSpins) {
      Atomics::pause();
    } else {
      Atomics::yield();
    }
  }

 private:
  static constexpr unsigned kSpins = 64;
  unsigned looks_ = 0;
};

using SpinWait = BasicSpinWait<>;

}  // namespace weft
