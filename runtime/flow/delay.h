#pragma once
// delay: a length of time that a user gives, or none: `3s`, `0.5` (seconds), `std::nullopt`.
//
//   asyncio   the `timeout` arguments, a number of seconds or None
//   threads   a value
//   errors    ValueError for NaN

#include <chrono>
#include <cstdint>
#include <optional>

#include "weft/runtime/flow/duration.h"

namespace weft {

class Delay {
 public:
  // None: without an end.
  constexpr Delay() noexcept = default;
  constexpr Delay(std::nullopt_t) noexcept {}
  template <class Rep, class Period>
  Delay(std::chrono::duration<Rep, Period> length) : nanoseconds_(nanoseconds_of(length)), some_(true) {}
  Delay(double seconds) : Delay(std::chrono::duration<double>(seconds)) {}

  bool has_value() const noexcept { return some_; }
  // Only when there is one.
  std::int64_t nanoseconds() const noexcept { return nanoseconds_; }

 private:
  std::int64_t nanoseconds_ = 0;
  bool some_ = false;
};

}  // namespace weft
