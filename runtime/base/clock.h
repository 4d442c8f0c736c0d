#pragma once
// clock: the seam through which time passes.
//
//   asyncio   BaseEventLoop.time() and the selector's timeout.
//   threads   now() from any thread.

#include <atomic>
#include <chrono>
#include <cstdint>

namespace weft {

// The clock of loop.time(): nanoseconds since an unspecified start (zero for a VirtualClock).
struct LoopClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<LoopClock, duration>;
  static constexpr bool is_steady = true;
};
using TimePoint = LoopClock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  // Nanoseconds; never goes back.
  virtual std::int64_t now() const noexcept = 0;
  // True when the loop must not wait for time to pass, but move it with advance_to() when everything waits.
  virtual bool is_virtual() const noexcept { return false; }
  virtual void advance_to(std::int64_t) noexcept {}
};

// CLOCK_MONOTONIC: what a runtime uses unless told otherwise.
class MonotonicClock final : public Clock {
 public:
  std::int64_t now() const noexcept override;
  static MonotonicClock& instance() noexcept;
};

// Time that stands still while anything can run, and jumps to the next timer when everything waits.
class VirtualClock final : public Clock {
 public:
  std::int64_t now() const noexcept override { return now_.load(std::memory_order_acquire); }
  bool is_virtual() const noexcept override { return true; }
  void advance_to(std::int64_t when) noexcept override;

 private:
  // written by  the last worker to fall asleep (advance_to); read by every worker. acq_rel: who sees the new time also sees
  //             what the advancing worker saw before it.
  std::atomic<std::int64_t> now_{0};
};

// now + delay without overflow: a deadline too far away is the end of time.
constexpr std::int64_t deadline_after(std::int64_t now, std::int64_t delay) noexcept {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(now, delay, &sum)) return delay > 0 ? INT64_MAX : INT64_MIN;
  return sum;
}

}  // namespace weft
