#pragma once
// handle: a callback that was scheduled by call_soon, call_later or call_at, and can be cancelled until it runs.
//
//   asyncio   asyncio.Handle and TimerHandle
//   threads   every member from any thread. cancel() and the start of the callback compete: one of them wins.

#include <atomic>
#include <cstdint>
#include <utility>

#include "weft/runtime/base/clock.h"
#include "weft/runtime/sched/timer_queue.h"
#include "weft/runtime/task/callback.h"
#include "weft/runtime/task/context_slot.h"

namespace weft {

class HandleCore final : public Timer {
 public:
  // Owns the callable, which runs in the given context, or, for null, in a copy of the current one. One reference of the queue, one of the
  // caller.
  HandleCore(Runtime& runtime, Callable* callable, bool timed, const Context* context) noexcept
      : runtime_(&runtime), callable_(callable), context_(context), timed_(timed) {}
  void run() noexcept override;
  void drop() noexcept override;
  void cancel() noexcept;
  bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }
  void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept;

 private:
  enum class Stage : std::uint8_t { waiting, over };
  ~HandleCore() = default;
  bool leave_waiting() noexcept;

  Runtime* runtime_;
  Callable* callable_;  // whoever moves the stage away from waiting owns it
  ContextSlot context_;
  const bool timed_;
  bool due_ = false;  // the timer has fired and was put on a run queue
  // stage_: written once, by run, drop or cancel, by CAS (acq_rel: the winner sees the callable).
  std::atomic<Stage> stage_{Stage::waiting};
  // cancelled_: set by cancel(), also after the callback has run, as in CPython. relaxed: stage_ decides who owns the callable.
  std::atomic<bool> cancelled_{false};
  // references_: acq_rel at the end of each, so that the last one sees all uses.
  std::atomic<unsigned> references_{2};
};

class Handle {
 public:
  Handle() = default;
  // Takes over one reference.
  explicit Handle(HandleCore* core) noexcept : core_(core) {}
  Handle(const Handle& other) noexcept : core_(other.core_) {
    if (core_ != nullptr) core_->retain();
  }
  Handle(Handle&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  Handle& operator=(Handle other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~Handle() {
    if (core_ != nullptr) core_->release();
  }
  // The callback will not run, unless it has begun already. Frees it at once.
  void cancel() const noexcept {
    if (core_ != nullptr) core_->cancel();
  }
  bool cancelled() const noexcept { return core_ != nullptr && core_->cancelled(); }

 protected:
  HandleCore* core_ = nullptr;
};

class TimerHandle : public Handle {
 public:
  using Handle::Handle;
  // When it is to run, on the loop's clock.
  TimePoint when() const noexcept { return TimePoint(std::chrono::nanoseconds(core_ == nullptr ? 0 : core_->when())); }
};

}  // namespace weft
