#include "weft/runtime/base/clock.h"

#include <time.h>

namespace weft {

std::int64_t MonotonicClock::now() const noexcept {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

MonotonicClock& MonotonicClock::instance() noexcept {
  static MonotonicClock clock;
  return clock;
}

void VirtualClock::advance_to(std::int64_t when) noexcept {
  std::int64_t seen = now_.load(std::memory_order_relaxed);
  while (seen < when && !now_.compare_exchange_weak(seen, when, std::memory_order_acq_rel)) {
  }
}

}  // namespace weft
