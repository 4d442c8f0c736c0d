#pragma once
// timeout: a block of code that must end by a deadline.
//
//   asyncio   asyncio.timeout, asyncio.timeout_at; `async with timeout(3) as to:` is
//             `co_await with_timeout(3s, [](weft::Timeout& to) -> weft::Coro<void> { ... });`
//   starts    when it is awaited; the callable (with or without the Timeout& parameter) moves into the frame.
//   expires   the task is cancelled; the CancelledError that leaves the block becomes a TimeoutError, unless somebody else has cancelled the
//             task too: a foreign cancel is never converted. A block that swallows the cancellation ends as it ends. A deadline that has
//             passed cancels in the next turn, so that a block that never suspends completes.
//   threads   a Timeout belongs to the task that runs the block.
//   errors    TimeoutError; RuntimeError outside a task, and by reschedule() when the deadline has passed or the block has ended.
//   cost      one pooled block and one timer; no read-modify-write on another worker's memory when it does not expire.

#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "weft/runtime/flow/delay.h"
#include "weft/runtime/flow/in_frame.h"
#include "weft/runtime/task/coro.h"
#include "weft/runtime/task/task_cell.h"

namespace weft {

class Timeout {
 public:
  Timeout(const Timeout&) = delete;
  Timeout& operator=(const Timeout&) = delete;

  // The deadline on the loop's clock; nothing: never.
  std::optional<TimePoint> when() const noexcept { return when_; }
  // Moves the deadline while the block runs and has not expired. One that has passed expires in the next turn.
  void reschedule(std::optional<TimePoint> when);
  // Has the deadline passed while the block ran?
  bool expired() const noexcept;

  // --- for with_timeout and its like -----------------------------------------------------------------------------
  // Begins now: with a delay from now on, or a deadline. RuntimeError outside a task.
  explicit Timeout(Delay delay);
  explicit Timeout(std::optional<TimePoint> when);
  ~Timeout() { exit(); }
  // The block has ended. Idempotent.
  void exit() noexcept;
  // After exit(): the block was cancelled by this timeout alone.
  bool converts() const noexcept { return converts_; }

 private:
  enum class State : std::uint8_t { active, expiring, expired, finished };
  class Alarm;
  void set_alarm();

  TaskCell& task_;
  Interruption interruption_;
  Alarm* alarm_ = nullptr;
  std::optional<TimePoint> when_;
  unsigned cancelling_;
  State state_ = State::active;
  bool converts_ = false;
  bool ended_ = false;
};

// Throws TimeoutError out of a handler for the CancelledError that left the block of `timeout`, or throws that again.
[[noreturn]] void rethrow_cancelled_by(const Timeout& timeout);

// Ends a timeout before what leaves its block is looked at.
class TimeoutBlock {
 public:
  explicit TimeoutBlock(Timeout& timeout) noexcept : timeout_(timeout) {}
  TimeoutBlock(const TimeoutBlock&) = delete;
  TimeoutBlock& operator=(const TimeoutBlock&) = delete;
  ~TimeoutBlock() { timeout_.exit(); }

 private:
  Timeout& timeout_;
};

// The callables that with_timeout takes.
template <class Function>
concept TimeoutFunction = std::is_invocable_v<Function&, Timeout&> || std::is_invocable_v<Function&>;

template <class Function>
auto call_with_timeout(Function& function, Timeout& timeout) {
  if constexpr (std::is_invocable_v<Function&, Timeout&>) {
    return std::invoke(function, timeout);
  } else {
    return std::invoke(function);
  }
}
template <class Function>
using TimeoutResult =
    typename decltype(call_with_timeout(std::declval<Function&>(), std::declval<Timeout&>()))::value_type;

// Limit: a Delay, which begins with the block, or an optional TimePoint.
template <class Limit, class Function>
Coro<TimeoutResult<Function>> run_with_timeout(Limit limit, Function function) {
  Timeout timeout(limit);
  try {
    const TimeoutBlock block(timeout);
    co_return co_await call_with_timeout(function, timeout);
  } catch (const CancelledError&) {
    rethrow_cancelled_by(timeout);
  }
}

// Nothing for a delay: without an end.
template <class Function>
requires TimeoutFunction<std::decay_t<Function>> Coro<TimeoutResult<std::decay_t<Function>>> with_timeout(
    Delay delay, Function&& function) {
  check_in_frame<Function>();
  return run_with_timeout(delay, std::decay_t<Function>(std::forward<Function>(function)));
}

template <class Function>
requires TimeoutFunction<std::decay_t<Function>> Coro<TimeoutResult<std::decay_t<Function>>> with_timeout_at(
    std::optional<TimePoint> when, Function&& function) {
  check_in_frame<Function>();
  return run_with_timeout(when, std::decay_t<Function>(std::forward<Function>(function)));
}

}  // namespace weft
