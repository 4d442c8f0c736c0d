// A scheduler under everything at once: foreign threads, stealing, timers, children of joins, stops and starts.
#include "weft/runtime/sched/scheduler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "sched/recorded_work.h"
#include "sched/until.h"
#include "weft/runtime/base/config.h"
#include "weft/runtime/base/random.h"

namespace weft {
namespace {

SchedulerOptions with_workers(unsigned workers, Clock* clock = nullptr) {
  SchedulerOptions options;
  options.workers = workers;
  options.clock = clock;
  options.run_fork = RecordedFork::run;
  return options;
}

// Ends a run that lost something, so that a test fails instead of hanging.
class Watchdog {
 public:
  explicit Watchdog(Scheduler& scheduler) {
    thread_ = std::jthread([this, &scheduler] {
      if (until(
              [this] {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
                return over_.load();
              },
              std::chrono::seconds(60))) {
        return;
      }
      ADD_FAILURE() << "the run did not end by itself: something was lost";
      scheduler.stop();
    });
  }
  ~Watchdog() { over_ = true; }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  std::atomic<bool> over_{false};
  std::jthread thread_;
};

// Each work runs on, spawning more from wherever it is run, until `left` is used up.
TEST(SchedulerStress, work_that_spawns_work_runs_once_each_on_any_number_of_workers) {
  static constexpr int total = kTsan ? 20'000 : 100'000;
  for (const unsigned workers : {1U, 2U, 4U, 8U}) {
    Scheduler scheduler(with_workers(workers));
    std::vector<std::atomic<int>> runs(total);
    std::deque<RecordedWork> works(total);
    std::atomic<int> left{total};
    for (int number = 0; number < total; ++number) {
      works[static_cast<std::size_t>(number)].set_action([&, number] {
        ++runs[static_cast<std::size_t>(number)];
        for (const int child : {2 * number + 1, 2 * number + 2}) {
          if (child < total) scheduler.schedule(&works[static_cast<std::size_t>(child)]);
        }
        if (--left == 0) scheduler.stop();
      });
    }
    const Watchdog watchdog(scheduler);
    scheduler.inject(&works[0]);
    scheduler.run();
    for (const auto& count : runs) ASSERT_EQ(count, 1) << workers << " workers";
  }
}

TEST(SchedulerStress, works_timers_and_children_from_everywhere_run_once_each) {
  static constexpr int each = kTsan ? 1500 : 6000;
  static constexpr int producers = 2;
  Scheduler scheduler(with_workers(4));
  std::atomic<int> left{producers * each * 3};
  const auto ended = [&] {
    if (--left == 0) scheduler.stop();
  };
  struct Job {
    RecordedWork work;
    RecordedTimer timer;
    std::unique_ptr<RecordedFork> child;
    std::atomic<int> runs{0};
    std::atomic<int> fires{0};
    std::atomic<int> forks{0};
  };
  std::deque<Job> jobs(producers * each);
  for (Job& job : jobs) {
    job.child = std::make_unique<RecordedFork>([&](Worker&) {
      ++job.forks;
      ended();
    });
    job.timer.set_action([&] {
      ++job.fires;
      ended();
    });
    job.work.set_action([&] {
      ++job.runs;
      this_worker()->push_fork(job.child->item());
      ended();
    });
  }
  const Watchdog watchdog(scheduler);
  std::vector<std::jthread> running;
  for (std::size_t producer = 0; producer < producers; ++producer) {
    running.emplace_back([&, producer] {
      Random random(producer);
      for (std::size_t i = producer * each; i < (producer + 1) * each; ++i) {
        scheduler.add_timer(jobs[i].timer, scheduler.now() + random.below(3'000'000));
        scheduler.schedule(&jobs[i].work);
        if (random.below(200) == 0) std::this_thread::sleep_for(std::chrono::microseconds(random.below(300)));
      }
    });
  }
  scheduler.run();
  for (const Job& job : jobs) {
    ASSERT_EQ(job.runs, 1);
    ASSERT_EQ(job.fires, 1);
    ASSERT_EQ(job.forks, 1);
  }
}

TEST(SchedulerStress, stops_and_starts_from_everywhere_lose_nothing) {
  static constexpr int total = kTsan ? 2000 : 10'000;
  Scheduler scheduler(with_workers(3));
  std::atomic<int> ran{0};
  std::atomic<bool> over{false};
  std::deque<RecordedWork> works;
  for (int i = 0; i < total; ++i) works.emplace_back([&ran] { ++ran; });
  std::jthread producer([&] {
    Random random(9);
    for (RecordedWork& work : works) {
      scheduler.inject(&work);
      if (random.below(16) == 0) std::this_thread::yield();
    }
  });
  std::jthread stopper([&] {
    while (!over) {
      scheduler.stop();
      std::this_thread::yield();
    }
  });
  EXPECT_TRUE(until([&] {
    scheduler.run();
    return ran == total;
  })) << ran
      << " of " << total << " works have run";
  over = true;
}

// In virtual time nothing takes time: a timer fires exactly at its deadline, and time stands still while anything runs.
TEST(SchedulerStress, virtual_time_stands_still_while_anything_runs) {
  static constexpr int count = kTsan ? 2000 : 10'000;
  for (const unsigned workers : {2U, 4U}) {
    VirtualClock clock;
    Scheduler scheduler(with_workers(workers, &clock));
    std::atomic<int> left{count};
    std::atomic<int> late{0};
    std::atomic<int> moved{0};
    std::deque<RecordedTimer> timers(count);
    std::deque<RecordedWork> works(count);
    Random random(workers);
    for (std::size_t i = 0; i < count; ++i) {
      RecordedTimer& timer = timers[i];
      RecordedWork& work = works[i];
      timer.set_action([&] {
        if (clock.now() != timer.when()) ++late;
        scheduler.schedule(&work);
      });
      work.set_action([&] {
        const std::int64_t start = clock.now();
        if (start != timer.when()) ++late;
        for (int pause = 0; pause < 200; ++pause) StdAtomics::pause();
        if (clock.now() != start) ++moved;
        if (--left == 0) scheduler.stop();
      });
      scheduler.add_timer(timer, 1 + random.below(1'000'000'000));
    }
    const Watchdog watchdog(scheduler);
    scheduler.run();
    EXPECT_EQ(late, 0) << "of " << count << " timers and works with " << workers << " workers";
    EXPECT_EQ(moved, 0) << "times that the clock moved while a work ran, with " << workers << " workers";
  }
}

// Timers are removed by other threads while they fire: each either fires or was removed.
TEST(SchedulerStress, removing_a_timer_races_with_its_firing_and_one_of_them_wins) {
  static constexpr std::size_t count = kTsan ? 3000 : 15'000;
  Scheduler scheduler(with_workers(2));
  std::atomic<std::size_t> left{count};
  const auto ended = [&] {
    if (--left == 0) scheduler.stop();
  };
  struct Raced {
    RecordedTimer timer;
    std::atomic<int> fired{0};
    std::atomic<int> removed{0};
  };
  std::deque<Raced> raced(count);
  for (Raced& one : raced) {
    one.timer.set_action([&] {
      ++one.fired;
      ended();
    });
  }
  const Watchdog watchdog(scheduler);
  std::jthread remover([&] {
    Random random(4);
    for (Raced& one : raced) {
      const std::int64_t when = scheduler.now() + random.below(20'000);
      scheduler.add_timer(one.timer, when);
      while (random.below(4) != 0 && scheduler.now() < when) {
      }
      if (TimerQueue::remove(one.timer)) {
        ++one.removed;
        ended();
      }
    }
  });
  scheduler.run();
  remover.join();
  for (const Raced& one : raced) ASSERT_EQ(one.fired + one.removed, 1);
}

}  // namespace
}  // namespace weft
