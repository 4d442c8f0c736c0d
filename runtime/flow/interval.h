#pragma once
// interval: ticks at a fixed period, on the loop's clock.
//
//   asyncio   none; a loop around sleep(), which drifts.
//   forms     Interval interval(10ms, {.missed = MissedTick::skip}); TimePoint scheduled = co_await interval.tick();
//   ticks     the first at once, or at `start`; then period after period from there. Each gives way for a turn at least, one that is due too.
//   cancel    a cancelled tick() is not consumed: the next one gives the same tick. So it may lose a select.
//   errors    ValueError for a period that is not positive; RuntimeError without a loop, and for a tick() or reset while another tick is awaited.
//   threads   one task at a time.
//   cost      sleep's: one timer, which lies in the frame.

#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <optional>

#include "weft/runtime/flow/delay.h"
#include "weft/runtime/flow/sleep.h"

namespace weft {

// What follows a tick that is taken late: its time had passed when tick() was awaited, or a period is over before its task goes on.
enum class MissedTick {
  burst,  // all that were missed, at once, until it has caught up
  delay,  // the next one a period after the late one was taken
  skip    // the next one that lies in the future, where it would have been
};

struct IntervalOptions {
  MissedTick missed = MissedTick::burst;
  std::optional<TimePoint> start = {};
};

class Interval {
 public:
  explicit Interval(Delay period, IntervalOptions options = {});
  Interval(const Interval&) = delete;
  Interval& operator=(const Interval&) = delete;
  std::chrono::nanoseconds period() const noexcept { return std::chrono::nanoseconds(period_); }
  // The next tick a period from now, or after `delay`.
  void reset() { reset_after(period()); }
  void reset_after(Delay delay);

  class [[nodiscard("co_await interval.tick()")]] Tick : public SleepWait {
   public:
    explicit Tick(Interval & interval) noexcept : SleepWait(0), interval_(interval) {}
    Tick(Tick && other) noexcept : Tick(other.interval_) {}
    ~Tick();
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> awaiting) {
      static_assert(std::is_base_of_v<PromiseBase, Promise>, "a tick is awaited in weft coroutines only");
      begin(awaiting.promise());
    }
    // When it was scheduled.
    TimePoint await_resume();
    std::string describe_wait() const override;

   private:
    void begin(PromiseBase & awaiting);
    Interval& interval_;
    bool begun_ = false;
    bool late_ = false;
  };
  Tick tick() noexcept { return Tick(*this); }

 private:
  void check_idle(const char* caller) const;

  Runtime& runtime_;
  std::int64_t period_;
  std::int64_t next_;
  const MissedTick missed_;
  // awaited_: written by whoever awaits a tick, read by them and by resets. relaxed: it finds misuse and orders nothing.
  std::atomic<bool> awaited_{false};
};

}  // namespace weft
