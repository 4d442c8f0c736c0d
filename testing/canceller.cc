#include "weft/testing/canceller.h"

#include <utility>

#include "weft/runtime/base/clock.h"
#include "weft/runtime/base/spin_wait.h"

namespace weft::testing {

Canceller::Canceller() : thread_([this] { cancel_tasks(); }) {}

Canceller::~Canceller() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Canceller::prepare(std::int64_t delay, std::function<void()> cancel) {
  {
    const std::lock_guard lock(mutex_);
    delay_ = delay;
    cancel_ = std::move(cancel);
  }
  changed_.notify_all();
  for (SpinWait spin; stage_.load(std::memory_order_acquire) == Stage::idle;) spin.once();
}

void Canceller::finish() {
  Stage awake = Stage::awake;
  stage_.compare_exchange_strong(awake, Stage::called_off, std::memory_order_acq_rel);
  for (SpinWait spin; stage_.load(std::memory_order_acquire) != Stage::idle;) spin.once();
}

void Canceller::cancel_tasks() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || cancel_ != nullptr; });
    if (ending_) return;
    std::function<void()> cancel = std::exchange(cancel_, nullptr);
    const std::int64_t delay = delay_;
    lock.unlock();
    stage_.store(Stage::awake, std::memory_order_release);
    Stage stage = Stage::awake;
    for (SpinWait spin; (stage = stage_.load(std::memory_order_acquire)) == Stage::awake;) spin.once();
    if (stage == Stage::started) {
      const std::int64_t when = deadline_after(MonotonicClock::instance().now(), delay);
      while (MonotonicClock::instance().now() < when) {
      }
      cancel();
    }
    cancel = nullptr;  // what it holds is let go before anybody counts
    lock.lock();
    stage_.store(Stage::idle, std::memory_order_release);
  }
}

}  // namespace weft::testing
