#pragma once
// recorded_work: works, timers and children of joins whose run is a function of the test.

#include <functional>
#include <utility>

#include "weft/runtime/sched/scheduler.h"
#include "weft/runtime/sched/timer_queue.h"
#include "weft/runtime/sched/work.h"

namespace weft {

// Runs its function each time it is run; counts drops.
class RecordedWork final : public Work {
 public:
  RecordedWork() = default;
  explicit RecordedWork(std::function<void()> action) : action_(std::move(action)) {}
  void set_action(std::function<void()> action) { action_ = std::move(action); }
  void run() noexcept override {
    if (action_) action_();
  }
  void drop() noexcept override { ++drops; }
  int drops = 0;

 private:
  std::function<void()> action_;
};

class RecordedTimer final : public Timer {
 public:
  RecordedTimer() = default;
  explicit RecordedTimer(std::function<void()> action) : action_(std::move(action)) {}
  void set_action(std::function<void()> action) { action_ = std::move(action); }
  void run() noexcept override {
    if (action_) action_();
  }
  void drop() noexcept override { ++drops; }
  int drops = 0;

 private:
  std::function<void()> action_;
};

// What the scheduler passes around as a ForkItem, which only the layer above gives a meaning.
class RecordedFork {
 public:
  explicit RecordedFork(std::function<void(Worker&)> action) : action_(std::move(action)) {}
  ForkItem* item() noexcept { return reinterpret_cast<ForkItem*>(this); }
  static RecordedFork* of(ForkItem* item) noexcept { return reinterpret_cast<RecordedFork*>(item); }
  // For SchedulerOptions::run_fork.
  static void run(ForkItem* item, Worker& worker) noexcept { of(item)->action_(worker); }

 private:
  std::function<void(Worker&)> action_;
};

}  // namespace weft
