#include "weft/runtime/flow/interval.h"

#include <cstdio>
#include <string>

#include "weft/runtime/base/errors.h"

namespace weft {
namespace {

std::int64_t checked_period(Delay period) {
  if (period.has_value() && period.nanoseconds() > 0) return period.nanoseconds();
  char seconds[32] = "none";
  if (period.has_value())
    std::snprintf(seconds, sizeof seconds, "%g s", static_cast<double>(period.nanoseconds()) / 1e9);
  throw ValueError(std::string("Interval: the period is ") + seconds + "; give a positive one");
}

}  // namespace

Interval::Interval(Delay period, IntervalOptions options)
    : runtime_(Runtime::current("Interval")),
      period_(checked_period(period)),
      next_(options.start ? options.start->time_since_epoch().count() : runtime_.now()),
      missed_(options.missed) {}

void Interval::check_idle(const char* caller) const {
  if (!awaited_.load(std::memory_order_relaxed)) return;
  throw RuntimeError(std::string(caller) + ": a tick of this Interval is awaited; one task at a time uses it");
}

void Interval::reset_after(Delay delay) {
  check_idle("Interval::reset");
  if (!delay.has_value()) throw ValueError("Interval::reset_after: the delay is none; give a length of time");
  next_ = deadline_after(runtime_.now(), delay.nanoseconds());
}

Interval::Tick::~Tick() {
  if (begun_) interval_.awaited_.store(false, std::memory_order_relaxed);
}

void Interval::Tick::begin(PromiseBase& awaiting) {
  TaskCell& task = current_cell("Interval::tick");
  if (task.runtime() != &interval_.runtime_) {
    throw RuntimeError(task.describe_self() +
                       " awaits a tick of an Interval of a different loop; make it in the loop that uses it");
  }
  if (interval_.awaited_.exchange(true, std::memory_order_relaxed)) interval_.check_idle("Interval::tick");
  begun_ = true;
  set_subject(&task);
  const std::int64_t now = interval_.runtime_.now();
  late_ = interval_.next_ < now;
  if (interval_.next_ <= now) {
    task.requeue(awaiting);
  } else {
    suspend_until(awaiting, interval_.next_);
  }
}

TimePoint Interval::Tick::await_resume() {
  check();
  const std::int64_t scheduled = interval_.next_;
  const std::int64_t now = interval_.runtime_.now();
  const std::int64_t period = interval_.period_;
  std::int64_t next = deadline_after(scheduled, period);
  if ((late_ || next <= now) && interval_.missed_ == MissedTick::delay) {
    next = deadline_after(now, period);
  } else if (next <= now && interval_.missed_ == MissedTick::skip) {
    const std::uint64_t behind = static_cast<std::uint64_t>(now) - static_cast<std::uint64_t>(scheduled);
    next = deadline_after(now, period - static_cast<std::int64_t>(behind % static_cast<std::uint64_t>(period)));
  }
  interval_.next_ = next;
  return TimePoint(std::chrono::nanoseconds(scheduled));
}

std::string Interval::Tick::describe_wait() const { return "a tick of an Interval, by " + SleepWait::describe_wait(); }

}  // namespace weft
