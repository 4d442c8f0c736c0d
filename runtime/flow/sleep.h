#pragma once
// sleep: the task waits for a length of time.
//
//   asyncio   asyncio.sleep(delay, result=None): a delay that is not positive yields once, to the tail of the run queue.
//   threads   in a task.
//   cancel    the timer is taken out at once; nothing is left behind.
//   errors    ValueError for NaN, thrown by the await.
//   cost      no allocation: the timer lies in the frame. It never ends early.

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/runtime/flow/duration.h"
#include "weft/runtime/task/task_cell.h"

namespace weft {

class SleepWait : public Timer, public Waiter {
 public:
  static constexpr std::int64_t kNotANumber = std::numeric_limits<std::int64_t>::min();
  explicit SleepWait(std::int64_t delay) noexcept { set_when(delay); }
  ~SleepWait() {
    if (in_queue()) [[unlikely]]
      TimerQueue::remove(*this);
  }

  bool await_ready() const {
    if (when() == kNotANumber) refuse_nan();
    return false;
  }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> awaiting) {
    static_assert(std::is_base_of_v<PromiseBase, Promise>, "weft::sleep is awaited in weft coroutines only");
    TaskCell& task = current_cell("sleep");
    set_subject(&task);
    if (when() == 0) {
      task.requeue(awaiting.promise());
    } else {
      suspend(awaiting.promise());
    }
  }

  void run() noexcept override;
  Reply cancel_wait(std::vector<FutureCore*>& futures) noexcept override;
  std::string describe_wait() const override;

 protected:
  void check() {
    if (task().take_throw()) [[unlikely]]
      task().throw_cancelled();
  }
  // With the subject set.
  void suspend_until(PromiseBase& awaiting, std::int64_t when);

 private:
  void suspend(PromiseBase& awaiting);
  [[noreturn]] static void refuse_nan();

  // The timer's deadline holds the delay until the task suspends. Its mark, in order asyncio: cancelled while the timer's entry was on
  // the run queue. Its subject: the task.
  TaskCell& task() const noexcept { return *static_cast<TaskCell*>(subject()); }
};

// What sleep() returns. It may be moved until it is awaited: into gather, say.
template <class T>
class [[nodiscard("co_await sleep(...)")]] Sleep : public SleepWait {
 public:
  using value_type = T;
  template <class... Args>
  requires std::is_constructible_v<T, Args&&...>
  explicit Sleep(std::int64_t delay, Args && ... result) : SleepWait(delay), result_(std::forward<Args>(result)...) {}
  Sleep(Sleep && other) noexcept : SleepWait(other.when()), result_(std::move(other.result_)) {}
  T await_resume() {
    check();
    return std::move(result_);
  }

 private:
  T result_;
};

template <>
class [[nodiscard("co_await sleep(...)")]] Sleep<void> : public SleepWait {
 public:
  using value_type = void;
  using SleepWait::SleepWait;
  Sleep(Sleep && other) noexcept : SleepWait(other.when()) {}
  void await_resume() { check(); }
};

// What nanoseconds_of gives, but NaN is reported by the await, as asyncio's coroutine does.
template <class Rep, class Period>
std::int64_t sleep_delay(std::chrono::duration<Rep, Period> delay) noexcept {
  if constexpr (std::is_floating_point_v<Rep>) {
    if (delay.count() != delay.count()) return SleepWait::kNotANumber;
  }
  const std::int64_t nanoseconds = nanoseconds_of(delay);
  return nanoseconds <= 0 ? 0 : nanoseconds;
}

template <class Rep, class Period>
Sleep<void> sleep(std::chrono::duration<Rep, Period> delay) noexcept {
  return Sleep<void>(sleep_delay(delay));
}
// Seconds.
inline Sleep<void> sleep(double seconds) noexcept {
  return Sleep<void>(sleep_delay(std::chrono::duration<double>(seconds)));
}

template <class Rep, class Period, class T>
Sleep<std::decay_t<T>> sleep(std::chrono::duration<Rep, Period> delay, T&& result) {
  return Sleep<std::decay_t<T>>(sleep_delay(delay), std::forward<T>(result));
}
template <class T>
Sleep<std::decay_t<T>> sleep(double seconds, T&& result) {
  return Sleep<std::decay_t<T>>(sleep_delay(std::chrono::duration<double>(seconds)), std::forward<T>(result));
}

}  // namespace weft
