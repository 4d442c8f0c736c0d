#pragma once
// latch: tasks wait until so much has been counted down, once.
//
//   asyncio   none: an Event that is set when the last of several has come. As std::latch, for tasks, and with errors where that has none.
//   order     the last count_down() wakes all that wait, in the order in which they came.
//   cancel    of one who waits leaves nothing behind; what arrive_and_wait() has counted down stays counted.
//   errors    ValueError: a negative count, or one above 2^62 - 1; counting down by a negative number, or by more than is pending: then
//             nothing is counted.
//   threads   every member from any task of the loop; count_down(), try_wait() and pending() from any thread.
//   memory    what was done before each count_down() is seen behind wait(), and by whoever finds try_wait().
//   cost      count_down() is one compare-exchange, but the one that ends a wait; a wait for what is over is a load. Nothing is allocated.
//   life      outlives those that wait, but not those that count down: nothing touches it after the last of them, so that it may go
//             behind wait().

#include <coroutine>
#include <cstdint>
#include <string>
#include <utility>

#include "weft/primitives/latch_state.h"
#include "weft/primitives/name.h"
#include "weft/primitives/waiting_task.h"

namespace weft {

class Latch {
 public:
  class Wait;
  class ArriveAndWait;

  // The name is for describe() and call graphs.
  explicit Latch(std::int64_t count, Name name = {});
  Latch(const Latch&) = delete;
  Latch& operator=(const Latch&) = delete;

  void count_down(std::int64_t n = 1);
  // Awaited: nothing is pending any more.
  Wait wait() noexcept;
  // Awaited: counts down, and then as wait().
  ArriveAndWait arrive_and_wait(std::int64_t n = 1) noexcept;
  // Would wait() go on at once?
  bool try_wait() const noexcept { return state_.is_open(); }
  // A snapshot of how much is still to be counted down.
  std::int64_t pending() const noexcept { return static_cast<std::int64_t>(state_.pending()); }
  // "<Latch 3 pending, 2 waiting>", "<Latch open>"
  std::string describe() const;

 private:
  using State = LatchState<WaitingTask>;
  mutable State state_;
  const Name name_;
};

class [[nodiscard("co_await latch.wait()")]] Latch::Wait : public WaitingTask {
 public:
  explicit Wait(Latch & latch) noexcept : latch_(latch) {}
  Wait(Wait &&) noexcept = default;
  ~Wait() {
    if (was_queued()) latch_.state_.cancel(*this);
  }

  bool await_ready() const noexcept { return latch_.try_wait(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    return suspend(
        awaiting, "Latch.wait", [this] { return !latch_.state_.queue(*this); },
        [this] { return latch_.state_.cancel(*this); });
  }
  void await_resume() {
    was_queued();
    if (take_throw()) throw_cancelled();
  }

  Reply cancel_wait(std::vector<FutureCore*>&) noexcept override {
    return latch_.state_.cancel(*this) ? Reply::cut_short : Reply::too_late;
  }
  std::string describe_wait() const override { return latch_.describe(); }

 protected:
  Latch& latch_;
};

class [[nodiscard("co_await latch.arrive_and_wait()")]] Latch::ArriveAndWait final : public Wait {
 public:
  ArriveAndWait(Latch & latch, std::int64_t n) noexcept : Wait(latch), n_(n) {}
  ArriveAndWait(ArriveAndWait &&) noexcept = default;
  bool await_ready() {
    latch_.count_down(n_);
    return Wait::await_ready();
  }

 private:
  const std::int64_t n_;
};

inline Latch::Wait Latch::wait() noexcept { return Wait(*this); }
inline Latch::ArriveAndWait Latch::arrive_and_wait(std::int64_t n) noexcept { return ArriveAndWait(*this, n); }

}  // namespace weft
