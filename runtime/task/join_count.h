#pragma once
// join_count: how many children of a join are not accounted for.
//
//   threads   reset: the parent, before any child is published. is_all, subtract: any child that ends.

#include <cstdint>

#include "weft/runtime/base/atomics.h"

namespace weft {

template <class Atomics = StdAtomics>
class JoinCount {
 public:
  void reset(std::uint32_t count) noexcept {
    count_ = count;
    remaining_.store(count, std::memory_order_relaxed);  // published with the children, by the queues
  }
  std::uint32_t count() const noexcept { return count_; }
  // Does this child account for all? Then nobody else touches the join.
  bool is_all(std::uint32_t carry) const noexcept { return carry == count_; }
  // True for the one that accounts for the last: it sees what all children did.
  [[nodiscard]] bool subtract(std::uint32_t carry) noexcept {
    return remaining_.fetch_sub(carry, std::memory_order_acq_rel) == carry;
  }

 private:
  // remaining_: written by the parent (reset) and by children that find no sibling. acq_rel in subtract: each releases its child's
  //   result, the last one acquires all. weaker? the parent could read a result that is not there yet.
  typename Atomics::template Atomic<std::uint32_t> remaining_;
  std::uint32_t count_;  // set by reset()
};

}  // namespace weft
