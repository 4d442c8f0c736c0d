#pragma once
// duration: how lengths of time that users give become nanoseconds of the loop's clock.

#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <type_traits>

#include "weft/runtime/base/errors.h"

namespace weft {

// Saturates at +-292 years; ValueError for NaN. Rounds up, so that nothing ends early.
template <class Rep, class Period>
std::int64_t nanoseconds_of(std::chrono::duration<Rep, Period> length) {
  if constexpr (std::is_floating_point_v<Rep>) {
    const long double wanted = std::chrono::duration<long double, std::nano>(length).count();
    if (std::isnan(wanted)) throw ValueError("Invalid delay: NaN (not a number); give a length of time in seconds");
    if (wanted >= 9.2e18L) return INT64_MAX;
    if (wanted <= -9.2e18L) return INT64_MIN;
    return static_cast<std::int64_t>(std::ceil(wanted - 1e-3L));
  } else {
    using Limit = std::chrono::duration<long double, std::nano>;
    if (Limit(length).count() >= 9.2e18L) return INT64_MAX;
    if (Limit(length).count() <= -9.2e18L) return INT64_MIN;
    return std::chrono::ceil<std::chrono::nanoseconds>(length).count();
  }
}

// A length of time that may be left out, for options: a std::chrono duration, seconds as a number, or nothing.
class OptionalDuration {
 public:
  constexpr OptionalDuration() = default;
  constexpr OptionalDuration(std::nullopt_t) noexcept {}
  template <class Rep, class Period>
  OptionalDuration(std::chrono::duration<Rep, Period> length) : nanoseconds_(nanoseconds_of(length)) {}
  OptionalDuration(double seconds) : OptionalDuration(std::chrono::duration<double>(seconds)) {}

  // As nanoseconds_of().
  std::optional<std::int64_t> nanoseconds() const noexcept { return nanoseconds_; }

 private:
  std::optional<std::int64_t> nanoseconds_;
};

}  // namespace weft
