#pragma once
// duration: how lengths of time that users give become nanoseconds of the loop's clock.

#include <chrono>
#include <cstdint>
#include <type_traits>

#include "weft/runtime/base/errors.h"

namespace weft {

// As nanoseconds_of(). Out of line: <cmath> is a twentieth of what weft.h costs to compile.
std::int64_t whole_nanoseconds(long double nanoseconds);

// Saturates at +-292 years; ValueError for NaN. Rounds up, so that nothing ends early.
template <class Rep, class Period>
std::int64_t nanoseconds_of(std::chrono::duration<Rep, Period> length) {
  if constexpr (std::is_floating_point_v<Rep>) {
    return whole_nanoseconds(std::chrono::duration<long double, std::nano>(length).count());
  } else {
    using Limit = std::chrono::duration<long double, std::nano>;
    if (Limit(length).count() >= 9.2e18L) return INT64_MAX;
    if (Limit(length).count() <= -9.2e18L) return INT64_MIN;
    return std::chrono::ceil<std::chrono::nanoseconds>(length).count();
  }
}

}  // namespace weft
