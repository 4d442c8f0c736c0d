// Looking between two entries of a loop in order asyncio, and counting timers.
#include <gtest/gtest.h>

#include <string>

#include "sched/recorded_work.h"
#include "weft/runtime/sched/scheduler.h"

namespace weft {
namespace {

SchedulerOptions in_order(Clock& clock) {
  SchedulerOptions options;
  options.asyncio_order = true;
  options.clock = &clock;
  return options;
}

TEST(BetweenEntries, looks_before_each_entry_and_before_it_waits) {
  VirtualClock clock;
  Scheduler scheduler(in_order(clock));
  std::string seen;
  scheduler.set_between_entries([&seen](bool idle) { seen += idle ? 'i' : '.'; });
  RecordedTimer timer([&] {
    seen += 't';
    scheduler.stop();
  });
  RecordedWork second([&seen] { seen += 'b'; });
  RecordedWork first([&] {
    seen += 'a';
    scheduler.schedule(&second);
    scheduler.add_timer(timer, 1000);
  });
  scheduler.inject(&first);
  scheduler.run();
  EXPECT_EQ(seen, ".a.bi.t");
}

TEST(BetweenEntries, what_a_look_schedules_runs_before_time_moves) {
  VirtualClock clock;
  Scheduler scheduler(in_order(clock));
  RecordedTimer timer([&] { scheduler.stop(); });
  std::int64_t ran_at = -1;
  RecordedWork work([&] { ran_at = clock.now(); });
  bool scheduled = false;
  scheduler.set_between_entries([&](bool idle) {
    if (!idle || scheduled) return;
    scheduled = true;
    scheduler.schedule(&work);
  });
  scheduler.add_timer(timer, 5000);
  scheduler.run();
  EXPECT_EQ(ran_at, 0);
  EXPECT_GE(clock.now(), 5000);
}

TEST(BetweenEntries, a_scheduler_counts_the_timers_that_wait) {
  VirtualClock clock;
  Scheduler scheduler(in_order(clock));
  EXPECT_EQ(scheduler.timers_waiting(), 0u);
  RecordedTimer fires([&] { scheduler.stop(); });
  RecordedTimer removed;
  RecordedTimer stays;
  scheduler.add_timer(fires, 10);
  scheduler.add_timer(removed, 20);
  scheduler.add_timer(stays, 30'000'000'000);
  EXPECT_EQ(scheduler.timers_waiting(), 3u);
  TimerQueue::remove(removed);
  EXPECT_EQ(scheduler.timers_waiting(), 2u);
  scheduler.run();
  EXPECT_EQ(scheduler.timers_waiting(), 1u);
  TimerQueue::remove(stays);
  EXPECT_EQ(scheduler.timers_waiting(), 0u);
}

}  // namespace
}  // namespace weft
