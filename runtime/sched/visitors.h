#pragma once
// visitors: threads from outside in the middle of an object's calls. What such a call has set going may end, and with it whatever keeps
// the object, before the call has returned; the destructor waits for it.
//
//   threads   Visit: any thread. wait_until_gone(): the destructor.
//   rule      a Visit begins before its thread gives anything away, and ends as the last thing that it does with the object.

#include <cstdint>

#include "weft/runtime/base/atomics.h"
#include "weft/runtime/base/spin_wait.h"

namespace weft {

template <class Atomics = StdAtomics>
class BasicVisitors {
 public:
  class Visit {
   public:
    explicit Visit(BasicVisitors& visitors) noexcept : inside_(visitors.inside_) {
      inside_.fetch_add(1, std::memory_order_relaxed);
    }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    ~Visit() { inside_.fetch_sub(1, std::memory_order_release); }

   private:
    typename Atomics::template Atomic<std::uint32_t>& inside_;
  };

  // For a visit takes a few instructions, or a core that its thread must get back.
  void wait_until_gone() noexcept {
    BasicSpinWait<Atomics> wait;
    while (inside_.load(std::memory_order_acquire) != 0) wait.once();
  }

 private:
  // inside_: written by visitors, read by the destructor. The increment is relaxed: what leads to the destructor was given away after it,
  //   and orders it. release/acquire: what a visitor did to the object comes before its end.
  typename Atomics::template Atomic<std::uint32_t> inside_{0};
};

using Visitors = BasicVisitors<>;

}  // namespace weft
