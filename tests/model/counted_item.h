#pragma once
// counted_item: an item with references, which notices who looks at it too late.

#include <cstdint>

#include "model/explore.h"

namespace weft::model {

// In memory that is used again.
class CountedItem {
 public:
  void begin(int value) {
    references_.store(1, Order::relaxed);
    value_.set(value);
    begun_ = true;
  }
  int value() const {
    check(frees_ == 0, "nobody looks at what was freed");
    return value_.get();
  }
  void retain() { references_.fetch_add(1, Order::relaxed); }
  void release() {
    if (references_.fetch_sub(1, Order::acq_rel) != 1) return;
    value_.set(-1);  // a destructor: all others' uses come before
    ++frees_;
  }
  int frees() const { return frees_; }
  bool begun() const { return begun_; }

 private:
  Atomic<std::uint32_t> references_{0};
  Plain<int> value_;
  int frees_ = 0;
  bool begun_ = false;
};

}  // namespace weft::model
