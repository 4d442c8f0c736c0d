#include "weft/runtime/base/clock.h"

#include <gtest/gtest.h>

#include <time.h>

#include <cstdint>
#include <thread>
#include <vector>

namespace weft {
namespace {

std::int64_t kernel_time() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

TEST(MonotonicClock, gives_the_nanoseconds_on_which_the_kernel_sleeps) {
  const std::int64_t before = kernel_time();
  const std::int64_t now = MonotonicClock::instance().now();
  const std::int64_t after = kernel_time();
  EXPECT_LE(before, now);
  EXPECT_LE(now, after);
  EXPECT_FALSE(MonotonicClock::instance().is_virtual());
}

TEST(MonotonicClock, is_not_moved_by_advance_to) {
  const std::int64_t far = MonotonicClock::instance().now() + 3'600'000'000'000;
  MonotonicClock::instance().advance_to(far);
  EXPECT_LT(MonotonicClock::instance().now(), far);
}

TEST(VirtualClock, starts_at_zero_and_stands_still) {
  const VirtualClock clock;
  EXPECT_TRUE(clock.is_virtual());
  EXPECT_EQ(clock.now(), 0);
  const std::int64_t start = kernel_time();
  while (kernel_time() - start < 1'000'000) {
  }
  EXPECT_EQ(clock.now(), 0);
}

TEST(VirtualClock, moves_forward_to_the_nanosecond_and_never_back) {
  VirtualClock clock;
  clock.advance_to(1'000'000'007);
  EXPECT_EQ(clock.now(), 1'000'000'007);
  clock.advance_to(5);
  EXPECT_EQ(clock.now(), 1'000'000'007);
  clock.advance_to(INT64_MIN);
  EXPECT_EQ(clock.now(), 1'000'000'007);
  clock.advance_to(INT64_MAX);
  EXPECT_EQ(clock.now(), INT64_MAX);
}

TEST(VirtualClock, ends_at_the_latest_time_when_many_threads_move_it) {
  static constexpr int threads = 4;
  static constexpr std::int64_t steps = 5000;
  VirtualClock clock;
  std::atomic<int> went_back{0};
  {
    std::vector<std::jthread> running;
    for (int thread = 0; thread < threads; ++thread) {
      running.emplace_back([&clock, &went_back, thread] {
        for (std::int64_t step = 1; step <= steps; ++step) {
          const std::int64_t when = step * threads + thread;
          clock.advance_to(when);
          if (clock.now() < when) ++went_back;
        }
      });
    }
  }
  EXPECT_EQ(went_back, 0);
  EXPECT_EQ(clock.now(), steps * threads + threads - 1);
}

TEST(DeadlineAfter, is_the_sum_where_there_is_one) {
  static_assert(deadline_after(5, 7) == 12);
  static_assert(deadline_after(5, -7) == -2);
  static_assert(deadline_after(INT64_MAX - 1, 1) == INT64_MAX);
  static_assert(deadline_after(INT64_MIN + 1, -1) == INT64_MIN);
  EXPECT_EQ(deadline_after(0, INT64_MAX), INT64_MAX);
}

TEST(DeadlineAfter, is_the_end_of_time_where_the_sum_is_too_large) {
  static_assert(deadline_after(1, INT64_MAX) == INT64_MAX);
  static_assert(deadline_after(INT64_MAX, INT64_MAX) == INT64_MAX);
  static_assert(deadline_after(-2, INT64_MIN) == INT64_MIN);
  EXPECT_EQ(deadline_after(MonotonicClock::instance().now(), INT64_MAX), INT64_MAX);
}

TEST(LoopClock, time_points_count_nanoseconds) {
  EXPECT_EQ(TimePoint(std::chrono::milliseconds(3)).time_since_epoch().count(), 3'000'000);
}

}  // namespace
}  // namespace weft
