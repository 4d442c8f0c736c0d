// Idle workers: they cost nothing while nothing can run, and they take what an owner that computes has left lying.
#include <gtest/gtest.h>

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "sched/recorded_work.h"
#include "sched/until.h"
#include "weft/runtime/sched/scheduler.h"

namespace weft {
namespace {

using namespace std::chrono_literals;

// What the threads whose name begins with `prefix` have used so far.
struct Usage {
  int threads = 0;
  std::int64_t waits = 0;        // times that one went to sleep
  std::int64_t preemptions = 0;  // times that one lost its core
  std::string run_times;         // nanoseconds on a core, of each
  bool operator==(const Usage&) const = default;
};

Usage usage_of(const std::string& prefix) {
  Usage usage;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string text;
    std::getline(std::ifstream(task.path() / "comm"), text);
    if (!text.starts_with(prefix)) continue;
    ++usage.threads;
    std::ifstream status(task.path() / "status");
    while (std::getline(status, text)) {
      if (text.starts_with("voluntary_ctxt_switches:")) usage.waits += std::stoll(text.substr(24));
      if (text.starts_with("nonvoluntary_ctxt_switches:")) usage.preemptions += std::stoll(text.substr(27));
    }
    std::getline(std::ifstream(task.path() / "schedstat"), text);
    usage.run_times += text.substr(0, text.find(' ')) + " ";
  }
  return usage;
}

// A scheduler whose threads are all named idle-..., running until it goes.
class Running {
 public:
  explicit Running(unsigned workers) : scheduler_(options(workers)) {
    thread_ = std::jthread([this] {
      pthread_setname_np(pthread_self(), "idle-0");
      scheduler_.run();
    });
  }
  ~Running() {
    scheduler_.stop();
    thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  Scheduler& operator*() { return scheduler_; }

  // Waits until nothing has changed for 50 ms.
  [[nodiscard]] testing::AssertionResult goes_idle(unsigned workers) const {
    Usage last;
    auto since = std::chrono::steady_clock::now();
    return until([&] {
      std::this_thread::sleep_for(1ms);
      Usage now = usage_of("idle-");
      if (now != last || now.threads != static_cast<int>(workers)) since = std::chrono::steady_clock::now();
      last = std::move(now);
      return std::chrono::steady_clock::now() - since > 50ms;
    });
  }

 private:
  static SchedulerOptions options(unsigned workers) {
    SchedulerOptions made;
    made.workers = workers;
    made.thread_name = "idle";
    made.run_fork = RecordedFork::run;
    return made;
  }
  Scheduler scheduler_;
  std::jthread thread_;
};

void expect_no_use_of_cpu(const Running& running, unsigned workers) {
  ASSERT_TRUE(running.goes_idle(workers)) << "the workers never came to rest";
  const Usage before = usage_of("idle-");
  std::this_thread::sleep_for(300ms);
  const Usage after = usage_of("idle-");
  EXPECT_EQ(after.threads, static_cast<int>(workers));
  EXPECT_EQ(after.waits, before.waits) << "a sleeping worker woke up";
  EXPECT_EQ(after.preemptions, before.preemptions);
  EXPECT_EQ(after.run_times, before.run_times) << "nanoseconds on a core";
}

TEST(IdleScheduler, without_work_uses_no_cpu_and_never_wakes_up) {
  for (const unsigned workers : {1U, 2U, 4U}) {
    const Running running(workers);
    expect_no_use_of_cpu(running, workers);
  }
}

TEST(IdleScheduler, comes_to_rest_again_after_work_timers_and_cancelled_timers) {
  Running running(4);
  std::atomic<int> left{2000};
  std::deque<RecordedWork> works;
  std::deque<RecordedTimer> timers;
  std::deque<RecordedTimer> cancelled(100);
  for (int i = 0; i < 1000; ++i) (*running).inject(&works.emplace_back([&left] { --left; }));
  for (int i = 0; i < 1000; ++i) {
    (*running).add_timer(timers.emplace_back([&left] { --left; }), (*running).now() + i * 10'000);
  }
  for (RecordedTimer& timer : cancelled) (*running).add_timer(timer, (*running).now() + 100'000'000);
  for (RecordedTimer& timer : cancelled) TimerQueue::remove(timer);
  ASSERT_TRUE(until([&] { return left == 0; })) << left << " of 2000 have not run";
  std::this_thread::sleep_for(100ms);  // the time of the cancelled ones: one of them may wake the watcher once
  expect_no_use_of_cpu(running, 4);
}

TEST(IdleScheduler, sleeps_almost_all_the_time_that_it_waits_for_a_timer) {
  Running running(2);
  ASSERT_TRUE(running.goes_idle(2));
  const Usage before = usage_of("idle-");
  std::atomic<bool> fired{false};
  RecordedTimer timer([&fired] { fired = true; });
  (*running).add_timer(timer, (*running).now() + 300'000'000);
  ASSERT_TRUE(until([&] {
    std::this_thread::sleep_for(1ms);
    return fired.load();
  }));
  const std::int64_t waits = usage_of("idle-").waits - before.waits;
  // Two levels of the wheel away: three wake-ups of the watcher; some more that each cost another worker one look.
  EXPECT_LE(waits, 20) << "wake-ups while waiting 300 ms for one timer";
}

// --- a worker that computes ------------------------------------------------------------------------------------------

// Runs `start` on some worker and expects that another one makes `done` true while the first computes.
void expect_done_behind_a_busy_worker(const std::function<void(Running&, std::atomic<bool>&)>& start,
                                      const char* what) {
  for (int again = 0; again < 20; ++again) {
    Running running(2);
    std::atomic<bool> done{false};
    std::atomic<bool> ended{false};
    RecordedWork busy([&] {
      start(running, done);
      EXPECT_TRUE(until([&] { return done.load(); })) << what << " waited behind a worker that computes";
      ended = true;
    });
    (*running).inject(&busy);
    ASSERT_TRUE(until([&] { return ended.load(); }, std::chrono::seconds(60)));
    if (testing::Test::HasFailure()) return;
  }
}

TEST(BusyWorker, its_timers_are_fired_by_an_idle_one) {
  std::atomic<bool>* fired = nullptr;
  RecordedTimer timer([&fired] { *fired = true; });
  expect_done_behind_a_busy_worker(
      [&](Running& running, std::atomic<bool>& done) {
        fired = &done;
        (*running).add_timer(timer, (*running).now() + 1'000'000);
      },
      "a timer");
}

TEST(BusyWorker, its_run_queue_is_emptied_by_an_idle_one) {
  std::atomic<bool>* ran = nullptr;
  RecordedWork work([&ran] { *ran = true; });
  expect_done_behind_a_busy_worker(
      [&](Running& running, std::atomic<bool>& done) {
        ran = &done;
        (*running).schedule(&work);
      },
      "an entry of the run queue");
}

TEST(BusyWorker, its_children_are_run_by_an_idle_one) {
  std::atomic<bool>* ran = nullptr;
  RecordedFork child([&ran](Worker&) { *ran = true; });
  expect_done_behind_a_busy_worker(
      [&](Running&, std::atomic<bool>& done) {
        ran = &done;
        this_worker()->push_fork(child.item());
      },
      "a child of a join");
}

TEST(BusyWorker, injected_work_is_run_by_an_idle_one) {
  std::atomic<bool>* ran = nullptr;
  RecordedWork work([&ran] { *ran = true; });
  expect_done_behind_a_busy_worker(
      [&](Running& running, std::atomic<bool>& done) {
        ran = &done;
        std::jthread([&] { (*running).inject(&work); }).join();
      },
      "injected work");
}

// The worker that watched the timers of all is the one that computes: another must take the watch over.
TEST(BusyWorker, timers_are_watched_also_when_the_watcher_itself_has_to_compute) {
  for (int again = 0; again < 20; ++again) {
    Running running(2);
    std::atomic<bool> second_fired{false};
    std::atomic<bool> ended{false};
    RecordedTimer second([&] { second_fired = true; });
    RecordedWork busy([&] {
      EXPECT_TRUE(until([&] { return second_fired.load(); })) << "nobody watched the second timer";
      ended = true;
    });
    RecordedTimer first([&] { (*running).schedule(&busy); });
    const std::int64_t start = (*running).now() + 5'000'000;
    (*running).add_timer(first, start);
    (*running).add_timer(second, start + 2'000'000);
    ASSERT_TRUE(until([&] { return ended.load(); }, std::chrono::seconds(60)));
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace weft
