#include "weft/runtime/sched/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "sched/recorded_work.h"
#include "weft/runtime/sched/scheduler.h"

namespace weft {
namespace {

// What the scheduler promises between two looks at timers and at injected work.
constexpr int kEntriesPerRound = 64;

SchedulerOptions one_worker(bool asyncio_order, Clock* clock = nullptr) {
  SchedulerOptions options;
  options.asyncio_order = asyncio_order;
  options.clock = clock;
  options.run_fork = RecordedFork::run;
  return options;
}

// A scheduler with `count` works that reschedule themselves, `steps` counts their runs. Ends with a failure instead of running for ever.
struct Loaded {
  explicit Loaded(SchedulerOptions options, int count) : scheduler(std::move(options)) {
    for (int i = 0; i < count; ++i) {
      RecordedWork& work = works.emplace_back();
      work.set_action([this, &work] {
        if (++steps == at) action();
        if (steps > kTooMany) return give_up();
        scheduler.schedule(&work);
      });
      scheduler.inject(&work);
    }
  }
  ~Loaded() { scheduler.drop_queued(); }
  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;

  // Calls `what` in the n-th step.
  void at_step(int n, std::function<void()> what) {
    at = n;
    action = std::move(what);
  }
  void run() { scheduler.run(); }
  void give_up() {
    ADD_FAILURE() << "what was waited for did not run within " << kTooMany << " steps";
    scheduler.stop();
  }

  static constexpr int kTooMany = 100'000;
  std::deque<RecordedWork> works;
  std::function<void()> action;
  int at = 0;
  int steps = 0;
  Scheduler scheduler;
};

TEST(Worker, allows_64_steps_before_it_goes_back_to_its_loop) {
  Scheduler scheduler(one_worker(false));
  Worker worker(scheduler, 0, 0);
  for (int again = 0; again < 3; ++again) {
    std::uint32_t steps = 1;  // the one that is running
    while (worker.spend()) ++steps;
    EXPECT_EQ(steps, Worker::kBudget);
    worker.refill();
  }
}

TEST(Worker, gives_every_entry_a_fresh_budget) {
  Scheduler scheduler(one_worker(false));
  std::vector<std::uint32_t> steps;
  RecordedWork work([&] {
    std::uint32_t mine = 1;
    while (this_worker()->spend()) ++mine;
    steps.push_back(mine);
    if (steps.size() == 3) {
      scheduler.stop();
    } else {
      scheduler.schedule(&work);
    }
  });
  scheduler.inject(&work);
  scheduler.run();
  EXPECT_THAT(steps, testing::ElementsAre(Worker::kBudget, Worker::kBudget, Worker::kBudget));
}

TEST(Worker, a_sequel_is_taken_once) {
  Scheduler scheduler(one_worker(false));
  Worker worker(scheduler, 0, 0);
  EXPECT_EQ(worker.take_sequel(), 0U);
  worker.set_sequel(17);
  EXPECT_EQ(worker.take_sequel(), 17U);
  EXPECT_EQ(worker.take_sequel(), 0U);
}

TEST(Worker, takes_numbers_that_no_other_worker_takes) {
  Scheduler scheduler(one_worker(false));
  Worker one(scheduler, 0, 0);
  Worker two(scheduler, 1, 0);
  std::atomic<std::uint64_t> source{0};
  std::set<std::uint64_t> numbers;
  for (int i = 0; i < 100; ++i) {
    numbers.insert(one.take_number(source, 8));
    numbers.insert(two.take_number(source, 8));
  }
  EXPECT_EQ(numbers.size(), 200U);
  EXPECT_EQ(*numbers.begin(), 1U) << "zero is no number: it says that none was taken";
}

TEST(Worker, a_third_work_runs_behind_two_that_reschedule_each_other) {
  for (const bool asyncio_order : {false, true}) {
    Loaded load(one_worker(asyncio_order), 2);
    int ran_at = -1;
    RecordedWork third([&] {
      ran_at = load.steps;
      load.scheduler.stop();
    });
    load.at_step(1000, [&] { load.scheduler.schedule(&third); });
    load.run();
    EXPECT_GE(ran_at, 1000);
    EXPECT_LE(ran_at, 1000 + 2) << "only the entries ahead of it may run first; asyncio order: " << asyncio_order;
  }
}

TEST(Worker, injected_work_runs_within_one_round_of_a_busy_worker) {
  for (const bool asyncio_order : {false, true}) {
    for (int at = 1000; at < 1000 + kEntriesPerRound; ++at) {
      Loaded load(one_worker(asyncio_order), 2);
      int ran_at = -1;
      RecordedWork injected([&] {
        ran_at = load.steps;
        load.scheduler.stop();
      });
      load.at_step(at, [&] { load.scheduler.inject(&injected); });
      load.run();
      ASSERT_GE(ran_at, at);
      ASSERT_LE(ran_at, at + kEntriesPerRound + 2) << "asyncio order: " << asyncio_order;
    }
  }
}

TEST(Worker, a_due_timer_fires_within_one_round_of_a_busy_worker) {
  for (const bool asyncio_order : {false, true}) {
    for (int at = 1000; at < 1000 + kEntriesPerRound; ++at) {
      VirtualClock clock;
      Loaded load(one_worker(asyncio_order, &clock), 2);
      int fired_at = -1;
      RecordedTimer timer([&] {
        fired_at = load.steps;
        load.scheduler.stop();
      });
      load.scheduler.add_timer(timer, 5'000'000);
      load.at_step(at, [&] { clock.advance_to(5'000'000); });
      load.run();
      ASSERT_GE(fired_at, at);
      ASSERT_LE(fired_at, at + kEntriesPerRound + 2) << "asyncio order: " << asyncio_order;
    }
  }
}

TEST(Worker, an_interrupt_is_handled_within_one_round_of_a_busy_worker) {
  Loaded load(one_worker(false), 2);
  int handled_at = -1;
  load.scheduler.set_on_interrupt([&] {
    handled_at = load.steps;
    load.scheduler.stop();
  });
  load.at_step(1000, [&] { load.scheduler.interrupt(); });
  load.run();
  EXPECT_GE(handled_at, 1000);
  EXPECT_LE(handled_at, 1000 + kEntriesPerRound);
}

TEST(Worker, a_stop_is_seen_within_one_round_of_a_busy_worker) {
  Loaded load(one_worker(false), 2);
  load.at_step(1000, [&] { load.scheduler.stop(); });
  load.run();
  EXPECT_LE(load.steps, 1000 + kEntriesPerRound);
}

// A child that always leaves another one behind must not keep the run queue, the timers and injected work waiting.
TEST(Worker, entries_timers_and_injected_work_run_beside_children_that_never_end) {
  VirtualClock clock;
  Scheduler scheduler(one_worker(false, &clock));
  int children = 0;
  std::vector<int> reached_after;
  const auto reached = [&] {
    reached_after.push_back(children);
    if (reached_after.size() == 3) scheduler.stop();
  };
  RecordedWork entry(reached);
  RecordedWork injected(reached);
  RecordedTimer timer(reached);
  scheduler.add_timer(timer, 1000);
  RecordedFork child([&](Worker& worker) {
    if (++children == 100) {
      scheduler.schedule(&entry);
      scheduler.inject(&injected);
      clock.advance_to(1000);
    }
    if (children < 10'000) {
      worker.push_fork(child.item());
    } else {
      scheduler.stop();
    }
  });
  RecordedWork first([&] { this_worker()->push_fork(child.item()); });
  scheduler.inject(&first);
  scheduler.run();
  ASSERT_EQ(reached_after.size(), 3U);
  for (const int after : reached_after) EXPECT_LE(after, 101) << "one child per round";
}

TEST(Worker, a_child_runs_beside_entries_that_never_end) {
  Loaded load(one_worker(false), 2);
  int ran_at = -1;
  RecordedFork child([&](Worker&) {
    ran_at = load.steps;
    load.scheduler.stop();
  });
  load.at_step(1000, [&] { this_worker()->push_fork(child.item()); });
  load.run();
  EXPECT_GE(ran_at, 1000);
  EXPECT_LE(ran_at, 1000 + kEntriesPerRound);
}

TEST(Worker, a_timer_that_comes_back_at_once_lets_other_work_run) {
  for (const bool asyncio_order : {false, true}) {
    VirtualClock clock;
    Scheduler scheduler(one_worker(asyncio_order, &clock));
    int fired = 0;
    RecordedTimer timer;
    timer.set_action([&] {
      if (++fired < 10'000) scheduler.add_timer(timer, 0);
    });
    int fired_before = -1;
    RecordedWork work([&] {
      fired_before = fired;
      TimerQueue::remove(timer);
      scheduler.stop();
    });
    scheduler.add_timer(timer, 0);
    scheduler.inject(&work);
    scheduler.run();
    scheduler.drop_queued();
    EXPECT_LE(fired_before, 2) << "asyncio order: " << asyncio_order;
  }
}

}  // namespace
}  // namespace weft
