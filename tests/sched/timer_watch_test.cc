#include "weft/runtime/sched/timer_watch.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

using Coverage = TimerWatch::Coverage;

TEST(TimerWatch, has_two_posts) {
  TimerWatch watch;
  const int first = watch.take(4);
  const int second = watch.take(7);
  EXPECT_NE(first, TimerWatch::kNoPost);
  EXPECT_NE(second, TimerWatch::kNoPost);
  EXPECT_NE(first, second);
  EXPECT_EQ(watch.take(9), TimerWatch::kNoPost);
  watch.leave(first);
  EXPECT_EQ(watch.take(9), first);
}

TEST(TimerWatch, without_a_watcher_covers_nothing) {
  TimerWatch watch;
  std::uint32_t watcher = 0;
  EXPECT_EQ(watch.coverage(1'000, watcher), Coverage::nobody);
  const int post = watch.take(4);
  watch.sleep_until(post, 500);
  watch.leave(post);
  EXPECT_EQ(watch.coverage(1'000, watcher), Coverage::nobody);
}

TEST(TimerWatch, covers_what_is_due_when_a_watcher_wakes_up_or_later) {
  TimerWatch watch;
  std::uint32_t watcher = 0;
  watch.sleep_until(watch.take(4), 1'000);
  EXPECT_EQ(watch.coverage(1'000, watcher), Coverage::covered);
  EXPECT_EQ(watch.coverage(999, watcher), Coverage::too_late);
  EXPECT_EQ(watcher, 4U);
  watch.sleep_until(watch.take(7), 500);
  EXPECT_EQ(watch.coverage(999, watcher), Coverage::covered) << "one of the two is enough";
}

TEST(TimerWatch, covers_everything_by_a_watcher_that_is_about_to_look) {
  TimerWatch watch;
  std::uint32_t watcher = 0;
  EXPECT_NE(watch.take(4), TimerWatch::kNoPost);
  EXPECT_EQ(watch.coverage(1, watcher), Coverage::covered);
}

TEST(TimerWatch, names_a_watcher_as_a_hint) {
  TimerWatch watch;
  EXPECT_EQ(watch.somebody(), TimerWatch::kNobody);
  EXPECT_NE(watch.take(4), TimerWatch::kNoPost);
  EXPECT_EQ(watch.somebody(), 4U);
}

}  // namespace
}  // namespace weft
