#pragma once
// counted_value: a value that several readers look at while it is replaced: so no primitive runs code of the value under its guard.

#include <utility>

#include "weft/runtime/base/counted.h"

namespace weft {

template <class T>
class CountedValue final : public Counted {
 public:
  template <class... Args>
  explicit CountedValue(Args&&... args) : value(std::forward<Args>(args)...) {}
  // Of a reference that is known to be to one.
  static const T& of(const Counted& counted) noexcept { return static_cast<const CountedValue&>(counted).value; }

  T value;  // changed before others see it only
};

}  // namespace weft
