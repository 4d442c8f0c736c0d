#include "weft/runtime/sched/scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "sched/recorded_work.h"
#include "sched/until.h"
#include "weft/runtime/base/errors.h"

namespace weft {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Setting {
  const char* name;
  unsigned workers;
  bool asyncio_order;
  friend void PrintTo(const Setting& setting, std::ostream* out) { *out << setting.name; }
};

class SchedulerIn : public testing::TestWithParam<Setting> {
 protected:
  static SchedulerOptions options(Clock* clock = nullptr) {
    SchedulerOptions made;
    made.workers = GetParam().workers;
    made.asyncio_order = GetParam().asyncio_order;
    made.clock = clock;
    return made;
  }
};
INSTANTIATE_TEST_SUITE_P(workers, SchedulerIn,
                         testing::Values(Setting{"asyncio_1", 1, true}, Setting{"depth_first_1", 1, false},
                                         Setting{"depth_first_2", 2, false}, Setting{"depth_first_8", 8, false}),
                         [](const auto& setting) { return std::string(setting.param.name); });

SchedulerOptions one_worker(bool asyncio_order, Clock* clock = nullptr) {
  SchedulerOptions options;
  options.asyncio_order = asyncio_order;
  options.clock = clock;
  return options;
}

std::string refusal_of(Scheduler& scheduler) {
  try {
    scheduler.run();
  } catch (const RuntimeError& error) {
    return error.what();
  }
  return "it ran";
}

TEST_P(SchedulerIn, runs_work_from_other_threads_once_each) {
  static constexpr int threads = 3;
  static constexpr int each = 2000;
  Scheduler scheduler(options());
  std::vector<std::atomic<int>> runs(threads * each);
  std::atomic<int> left{threads * each};
  std::deque<RecordedWork> works;
  for (auto& count : runs) {
    works.emplace_back([&scheduler, &left, &count] {
      ++count;
      if (--left == 0) scheduler.stop();
    });
  }
  std::vector<std::jthread> producers;
  for (std::size_t thread = 0; thread < threads; ++thread) {
    producers.emplace_back([&scheduler, &works, thread] {
      for (std::size_t i = 0; i < each; ++i) scheduler.schedule(&works[thread * each + i]);
    });
  }
  scheduler.run();
  for (const auto& count : runs) ASSERT_EQ(count, 1);
}

TEST_P(SchedulerIn, wakes_up_for_each_work_that_comes_while_everything_sleeps) {
  Scheduler scheduler(options());
  std::atomic<int> runs{0};
  RecordedWork work([&runs] { ++runs; });
  std::jthread producer([&] {
    for (int round = 1; round <= 300; ++round) {
      scheduler.inject(&work);
      if (const auto ran = until([&] { return runs == round; }); !ran) {
        ADD_FAILURE() << "work " << round << ": " << ran.message();
        break;
      }
    }
    scheduler.stop();
  });
  scheduler.run();
  EXPECT_EQ(runs, 300);
}

TEST_P(SchedulerIn, a_stop_before_run_makes_one_round) {
  Scheduler scheduler(options());
  std::atomic<int> runs{0};
  RecordedWork work([&runs] { ++runs; });
  scheduler.inject(&work);
  scheduler.stop();
  scheduler.run();
  EXPECT_EQ(runs, 1);
  RecordedWork last([&scheduler] { scheduler.stop(); });
  scheduler.inject(&last);
  scheduler.run();
  EXPECT_EQ(runs, 1) << "it is not run again";
}

TEST_P(SchedulerIn, a_stop_ends_one_run_and_not_the_next) {
  Scheduler scheduler(options());
  scheduler.stop();
  scheduler.run();
  bool ran = false;
  RecordedWork late([&] {
    ran = true;
    scheduler.stop();
  });
  std::jthread producer([&] {
    EXPECT_TRUE(until([&] { return scheduler.running(); }));
    scheduler.inject(&late);
  });
  scheduler.run();
  EXPECT_TRUE(ran);
  EXPECT_FALSE(scheduler.running());
}

TEST_P(SchedulerIn, a_stop_from_another_thread_ends_a_run_without_work) {
  Scheduler scheduler(options());
  for (int round = 0; round < 50; ++round) {
    std::jthread stopper([&scheduler] {
      EXPECT_TRUE(until([&] { return scheduler.running(); }));
      scheduler.stop();
    });
    scheduler.run();
  }
  EXPECT_FALSE(scheduler.running());
}

TEST_P(SchedulerIn, run_inside_run_is_refused) {
  Scheduler scheduler(options());
  Scheduler another(options());
  std::string same_thread;
  std::string other_thread;
  std::string other_scheduler;
  RecordedWork work([&] {
    same_thread = refusal_of(scheduler);
    other_scheduler = refusal_of(another);
    std::jthread([&] { other_thread = refusal_of(scheduler); }).join();
    scheduler.stop();
  });
  scheduler.inject(&work);
  scheduler.run();
  EXPECT_THAT(same_thread, HasSubstr("this thread already runs an event loop"));
  EXPECT_THAT(other_scheduler, HasSubstr("this thread already runs an event loop"));
  EXPECT_THAT(other_thread, HasSubstr("already running in another thread"));
  another.stop();
  another.run();
}

TEST_P(SchedulerIn, a_timer_fires_at_its_deadline_in_virtual_time) {
  VirtualClock clock;
  Scheduler scheduler(options(&clock));
  std::vector<std::int64_t> fired;
  RecordedTimer near([&] { fired.push_back(scheduler.now()); });
  RecordedTimer removed([&] { fired.push_back(-1); });
  RecordedTimer far([&] {
    fired.push_back(scheduler.now());
    scheduler.stop();
  });
  scheduler.add_timer(far, 3'600'000'000'007);
  scheduler.add_timer(removed, 1'000'000);
  scheduler.add_timer(near, 1'000'000'003);
  EXPECT_TRUE(TimerQueue::remove(removed));
  scheduler.run();
  EXPECT_THAT(fired, ElementsAre(1'000'000'003, 3'600'000'000'007));
}

TEST_P(SchedulerIn, a_timer_from_another_thread_fires_while_everything_sleeps) {
  Scheduler scheduler(options());
  std::atomic<std::int64_t> fired_at{0};
  RecordedTimer hours([] {});
  RecordedTimer timer([&] {
    fired_at = scheduler.now();
    scheduler.stop();
  });
  scheduler.add_timer(hours, scheduler.now() + 3'600'000'000'000);
  std::int64_t when = 0;
  std::jthread adder([&] {
    EXPECT_TRUE(until([&] { return scheduler.running(); }));
    when = scheduler.now() + 2'000'000;
    scheduler.add_timer(timer, when);
  });
  scheduler.run();
  adder.join();
  EXPECT_GE(fired_at, when);
  EXPECT_TRUE(TimerQueue::remove(hours));
}

TEST_P(SchedulerIn, interrupt_calls_its_handler_on_worker_0) {
  Scheduler scheduler(options());
  std::vector<unsigned> workers;
  scheduler.set_on_interrupt([&] {
    workers.push_back(this_worker()->index());
    scheduler.stop();
  });
  std::jthread other([&scheduler] {
    EXPECT_TRUE(until([&] { return scheduler.running(); }));
    scheduler.interrupt();
  });
  scheduler.run();
  EXPECT_THAT(workers, ElementsAre(0));
}

TEST_P(SchedulerIn, drop_queued_drops_works_and_timers_and_runs_none) {
  Scheduler scheduler(options());
  RecordedWork injected([] { ADD_FAILURE() << "a dropped work ran"; });
  RecordedWork scheduled([] { ADD_FAILURE() << "a dropped work ran"; });
  RecordedTimer timer([] { ADD_FAILURE() << "a dropped timer fired"; });
  RecordedWork first([&] {
    scheduler.stop();
    scheduler.add_timer(timer, scheduler.now() + 1'000'000'000'000);
  });
  scheduler.inject(&first);
  scheduler.run();
  scheduler.inject(&injected);
  scheduler.schedule(&scheduled);
  scheduler.drop_queued();
  EXPECT_EQ(injected.drops, 1);
  EXPECT_EQ(scheduled.drops, 1);
  EXPECT_EQ(timer.drops, 1);
  scheduler.stop();
  scheduler.run();
}

TEST_P(SchedulerIn, knows_its_workers_from_other_threads) {
  Scheduler scheduler(options());
  Scheduler another(options());
  EXPECT_EQ(scheduler.own_worker(), nullptr);
  EXPECT_EQ(this_worker(), nullptr);
  RecordedWork work([&] {
    ASSERT_NE(scheduler.own_worker(), nullptr);
    EXPECT_EQ(scheduler.own_worker(), this_worker());
    EXPECT_LT(this_worker()->index(), GetParam().workers);
    EXPECT_EQ(another.own_worker(), nullptr);
    scheduler.stop();
  });
  scheduler.inject(&work);
  scheduler.run();
  EXPECT_EQ(this_worker(), nullptr) << "after run() the thread is no worker any more";
}

// --- order asyncio ---------------------------------------------------------------------------------------------

TEST(SchedulerInOrderAsyncio, what_is_scheduled_during_a_tick_runs_in_the_next_one) {
  Scheduler scheduler(one_worker(true));
  std::vector<std::string> order;
  RecordedWork third([&] { order.emplace_back("scheduled in the tick"); });
  RecordedWork first([&] {
    order.emplace_back("first");
    scheduler.schedule(&third);
    scheduler.stop();
  });
  RecordedWork second([&] { order.emplace_back("second"); });
  scheduler.inject(&first);
  scheduler.inject(&second);
  scheduler.run();
  EXPECT_THAT(order, ElementsAre("first", "second"))
      << "the tick in which stop() was called ends, the next does not begin";
  scheduler.stop();
  scheduler.run();
  EXPECT_THAT(order, ElementsAre("first", "second", "scheduled in the tick"));
}

TEST(SchedulerInOrderAsyncio, due_timers_run_behind_what_was_ready_by_deadline_then_creation) {
  VirtualClock clock;
  Scheduler scheduler(one_worker(true, &clock));
  std::vector<int> order;
  std::deque<RecordedTimer> timers;
  const auto add = [&](int number, std::int64_t when) {
    scheduler.add_timer(timers.emplace_back([&order, number] { order.push_back(number); }), when);
  };
  add(3, 200);
  add(1, 100);
  add(2, 100);
  RecordedWork ready([&order] { order.push_back(0); });
  RecordedTimer last([&] { scheduler.stop(); });
  scheduler.add_timer(last, 1000);
  scheduler.inject(&ready);
  clock.advance_to(500);
  scheduler.run();
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3));
}

TEST(SchedulerInOrderAsyncio, a_timer_that_was_removed_in_the_tick_in_which_it_is_due_does_not_fire_later) {
  VirtualClock clock;
  Scheduler scheduler(one_worker(true, &clock));
  bool fired = false;
  bool waiting = false;
  RecordedTimer later([&fired] { fired = true; });
  RecordedTimer first([&] { waiting = TimerQueue::remove(later); });
  RecordedTimer last([&] { scheduler.stop(); });
  scheduler.add_timer(first, 100);
  scheduler.add_timer(later, 101);
  scheduler.add_timer(last, 200);
  scheduler.run();
  EXPECT_TRUE(waiting);
  EXPECT_FALSE(fired);
}

// --- children of joins -------------------------------------------------------------------------------------------

TEST(Scheduler, for_each_fork_visits_every_waiting_child_and_leaves_it_in_place) {
  SchedulerOptions options = one_worker(false);
  options.run_fork = RecordedFork::run;
  Scheduler scheduler(options);
  std::vector<int> ran;
  std::vector<int> visited;
  RecordedFork one([&ran](Worker&) { ran.push_back(1); });
  RecordedFork two([&ran](Worker&) { ran.push_back(2); });
  const auto visit = [&](ForkItem* item) { visited.push_back(item == one.item() ? 1 : 2); };
  RecordedWork pusher([&] {
    this_worker()->push_fork(one.item());
    this_worker()->push_fork(two.item());
    scheduler.for_each_own_fork(visit);
    scheduler.stop();
  });
  scheduler.for_each_own_fork(visit);
  EXPECT_THAT(visited, IsEmpty()) << "this thread is no worker";
  scheduler.inject(&pusher);
  scheduler.run();
  EXPECT_THAT(visited, ElementsAre(2, 1));
  EXPECT_THAT(ran, ElementsAre(2)) << "the round that was stopped ended with one child, the newest";
  scheduler.for_each_fork(visit);
  EXPECT_THAT(visited, ElementsAre(2, 1, 1));
  scheduler.stop();
  scheduler.run();
  EXPECT_THAT(ran, ElementsAre(2, 1));
}

}  // namespace
}  // namespace weft
