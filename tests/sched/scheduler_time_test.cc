// Virtual time on several workers: it moves when all of them sleep, and at no other moment.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>
#include <utility>

#include "sched/recorded_work.h"
#include "sched/until.h"
#include "weft/runtime/sched/scheduler.h"

namespace weft {
namespace {

// Virtual time that a test can step into: `meddle` runs once, in the n-th look of a worker at the clock.
class MeddlingClock final : public Clock {
 public:
  void meddle_in_look(int n, std::function<void()> meddle) {
    meddle_ = std::move(meddle);
    looks_left_ = n;
  }
  std::int64_t now() const noexcept override {
    if (this_worker() != nullptr && --looks_left_ == 0) meddle_();
    return time_.now();
  }
  bool is_virtual() const noexcept override { return true; }
  void advance_to(std::int64_t when) noexcept override { time_.advance_to(when); }
  std::int64_t time() const noexcept { return time_.now(); }

 private:
  VirtualClock time_;
  std::function<void()> meddle_;
  mutable std::atomic<int> looks_left_{0};
};

// A worker looks at the clock on its way to sleep. Just then another one is woken and runs: the first must not move the time.
TEST(VirtualTime, stands_still_when_a_worker_is_woken_while_the_last_one_falls_asleep) {
  for (int look = 1; look <= 200; ++look) {
    MeddlingClock clock;
    SchedulerOptions options;
    options.workers = 4;
    options.clock = &clock;
    Scheduler scheduler(options);
    std::atomic<bool> running{false};
    std::int64_t began = 0;
    std::int64_t ended = 0;
    RecordedTimer timer;
    timer.set_action([&] { scheduler.add_timer(timer, clock.time() + 1'000'000); });
    scheduler.add_timer(timer, 1'000'000);
    RecordedWork work([&] {
      began = clock.time();
      running = true;
      const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(3);
      while (clock.time() == began && std::chrono::steady_clock::now() < end) std::this_thread::yield();
      ended = clock.time();
      scheduler.stop();
    });
    clock.meddle_in_look(look, [&] {
      // On a thread of its own, as if it came from outside; the worker that looks is held until another one runs it, if there is one.
      std::jthread([&] { scheduler.inject(&work); }).join();
      const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
      while (!running && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    });
    scheduler.run();
    scheduler.drop_queued();
    EXPECT_TRUE(running);
    ASSERT_EQ(ended, began) << "the clock moved while a work ran; look " << look;
  }
}

}  // namespace
}  // namespace weft
