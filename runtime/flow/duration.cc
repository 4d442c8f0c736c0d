#include "weft/runtime/flow/duration.h"

#include <cmath>

namespace weft {

std::int64_t whole_nanoseconds(long double nanoseconds) {
  if (std::isnan(nanoseconds)) throw ValueError("Invalid delay: NaN (not a number); give a length of time in seconds");
  if (nanoseconds >= 9.2e18L) return INT64_MAX;
  if (nanoseconds <= -9.2e18L) return INT64_MIN;
  return static_cast<std::int64_t>(std::ceil(nanoseconds - 1e-3L));
}

}  // namespace weft
