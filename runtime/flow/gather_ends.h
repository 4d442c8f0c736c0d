#pragma once
// gather_ends: what a gather still waits for, who ends it, and with what.
//
//   threads   reset: before any child can tell. child_failed, child_told: any child that ends, in this order. begin_cancel, end_cancel:
//             whoever cancels. failed, cancelled: the one for whom child_told() or end_cancel() was true; failed also to see that it is taken.
//   rule      a cancel holds the gather open while it goes round the children: however many of them tell meanwhile, the gather ends after
//             the cancel and knows whether it has reached one of them.

#include <cstddef>

#include "weft/runtime/base/atomics.h"

namespace weft {

template <class Child, class Atomics = StdAtomics>
class GatherEnds {
 public:
  void reset(std::size_t children) noexcept {
    waits_.store(children, std::memory_order_relaxed);  // published with the children's listeners, by their locks
  }

  // The first that calls this is remembered: then true.
  bool child_failed(Child& child) noexcept {
    Child* none = nullptr;
    return failed_.compare_exchange_strong(none, &child, std::memory_order_relaxed, std::memory_order_relaxed);
  }
  // True: nothing is left to wait for.
  [[nodiscard]] bool child_told() noexcept { return one_less(); }

  // False: all children have told already, and the cancel comes too late.
  [[nodiscard]] bool begin_cancel() noexcept {
    std::size_t seen = waits_.load(std::memory_order_relaxed);
    while (seen != 0) {
      if (waits_.compare_exchange_weak(seen, seen + 1, std::memory_order_relaxed, std::memory_order_relaxed))
        return true;
    }
    return false;
  }
  // `reached`: a child has accepted it. True: nothing is left to wait for.
  [[nodiscard]] bool end_cancel(bool reached) noexcept {
    if (reached) cancelled_.store(true, std::memory_order_relaxed);
    return one_less();
  }

  // Null: none has failed.
  Child* failed() const noexcept { return failed_.load(std::memory_order_relaxed); }
  bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }

 private:
  bool one_less() noexcept { return waits_.fetch_sub(1, std::memory_order_acq_rel) == 1; }

  // waits_: children that have not told, and cancels that are going on. Written by both. acq_rel in one_less: the last one sees what all
  //   others have left: results, and the two words below. relaxed in begin_cancel: it keeps the count from 0, and publishes nothing.
  typename Atomics::template Atomic<std::size_t> waits_{std::size_t{0}};
  // cancelled_: written by end_cancel, failed_: by child_failed, by CAS, so that there is one. Read by the last one. relaxed: waits_ orders them.
  typename Atomics::template Atomic<bool> cancelled_{false};
  typename Atomics::template Atomic<Child*> failed_{nullptr};
};

}  // namespace weft
