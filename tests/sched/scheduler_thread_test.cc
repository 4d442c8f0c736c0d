// The threads of a scheduler: how they start, what they are called, where they run, and that none is left over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "sched/recorded_work.h"
#include "sched/until.h"
#include "weft/runtime/base/config.h"
#include "weft/runtime/base/errors.h"
#include "weft/runtime/sched/scheduler.h"

namespace weft {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

SchedulerOptions with_workers(unsigned workers) {
  SchedulerOptions options;
  options.workers = workers;
  return options;
}

std::ptrdiff_t entries_of(const char* directory) {
  const std::filesystem::directory_iterator entries(directory);
  return std::distance(begin(entries), end(entries));
}
std::ptrdiff_t threads() { return entries_of("/proc/self/task"); }

// The threads of schedulers, by their name: a sanitizer has threads of its own.
int worker_threads() {
  int count = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    if (name.starts_with("weft-")) ++count;
  }
  return count;
}

// One round of a run: every worker's thread has been started when it returns.
void run_once(Scheduler& scheduler) {
  scheduler.stop();
  scheduler.run();
}

std::string refusal_of(Scheduler& scheduler) {
  try {
    run_once(scheduler);
  } catch (const RuntimeError& error) {
    return error.what();
  }
  return "it ran";
}

class Hooks {
 public:
  SchedulerOptions options(unsigned workers) {
    SchedulerOptions made = with_workers(workers);
    made.on_thread_start = [this](int index) { note(started, index); };
    made.on_thread_stop = [this](int index) { note(stopped, index); };
    return made;
  }
  std::map<int, pthread_t> started;
  std::map<int, pthread_t> stopped;

 private:
  void note(std::map<int, pthread_t>& where, int index) {
    const std::lock_guard lock(mutex_);
    EXPECT_TRUE(where.emplace(index, pthread_self()).second) << "a hook was called twice for worker " << index;
  }
  std::mutex mutex_;
};

TEST(SchedulerThreads, the_hooks_are_called_once_per_worker_on_its_own_thread) {
  Hooks hooks;
  {
    Scheduler scheduler(hooks.options(3));
    EXPECT_TRUE(hooks.started.empty()) << "threads start with the first run";
    run_once(scheduler);
    EXPECT_EQ(hooks.started.size(), 3U);
    EXPECT_EQ(hooks.stopped.size(), 1U) << "worker 0 is the calling thread and ends with the run";
  }
  EXPECT_EQ(hooks.started, hooks.stopped) << "start and stop of one worker come from one thread";
  EXPECT_TRUE(pthread_equal(hooks.started.at(0), pthread_self()));
  EXPECT_FALSE(pthread_equal(hooks.started.at(1), hooks.started.at(2)));
  EXPECT_TRUE(hooks.started.contains(1) && hooks.started.contains(2));
}

TEST(SchedulerThreads, the_threads_stay_between_runs) {
  std::atomic<int> starts{0};
  SchedulerOptions options = with_workers(3);
  options.on_thread_start = [&starts](int index) { starts += index == 0 ? 0 : 1; };
  Scheduler scheduler(options);
  for (int round = 0; round < 20; ++round) run_once(scheduler);
  EXPECT_EQ(starts, 2);
}

TEST(SchedulerThreads, a_start_hook_that_throws_is_reported_and_leaves_nothing_hanging) {
  Hooks hooks;
  std::atomic<bool> broken{true};
  SchedulerOptions options = hooks.options(4);
  options.on_thread_start = [start = options.on_thread_start, &broken](int index) {
    if (index == 2 && broken) throw std::runtime_error("no licence");
    start(index);
  };
  Scheduler scheduler(options);
  EXPECT_THAT(refusal_of(scheduler),
              AllOf(HasSubstr("on_thread_start"), HasSubstr("worker 2"), HasSubstr("no licence")));
  EXPECT_TRUE(until([] { return worker_threads() == 0; })) << "a thread was left over";
  EXPECT_EQ(hooks.started, hooks.stopped) << "whoever started was stopped";
  EXPECT_FALSE(scheduler.running());

  broken = false;
  hooks.started.clear();
  hooks.stopped.clear();
  EXPECT_EQ(refusal_of(scheduler), "it ran") << "the scheduler can be run once the hook works";
  EXPECT_EQ(hooks.started.size(), 4U);
  EXPECT_EQ(worker_threads(), 3) << "this count would see a thread that was left over";
}

TEST(SchedulerThreads, a_start_hook_that_throws_in_the_calling_thread_is_reported) {
  for (const unsigned workers : {1U, 3U}) {
    bool broken = true;
    SchedulerOptions options = with_workers(workers);
    options.on_thread_start = [&broken](int index) {
      if (index == 0 && broken) throw 7;
    };
    Scheduler scheduler(options);
    EXPECT_THAT(refusal_of(scheduler), AllOf(HasSubstr("worker 0"), HasSubstr("no std::exception")));
    broken = false;
    EXPECT_EQ(refusal_of(scheduler), "it ran");
  }
}

TEST(SchedulerThreads, a_stop_hook_that_throws_is_reported_and_the_worker_ends) {
  testing::internal::CaptureStderr();
  {
    SchedulerOptions options = with_workers(2);
    options.on_thread_stop = [](int index) { throw std::runtime_error("tired of " + std::to_string(index)); };
    Scheduler scheduler(options);
    run_once(scheduler);
  }
  const std::string report = testing::internal::GetCapturedStderr();
  EXPECT_THAT(report, AllOf(HasSubstr("on_thread_stop"), HasSubstr("tired of 0"), HasSubstr("tired of 1")));
}

// In a child process: a user of its own, whose number of threads is limited to three.
[[noreturn]] void run_where_threads_are_refused() {
  const auto check = [](bool good, const char* sentence) {
    if (good) return;
    std::fprintf(stderr, "%s\n", sentence);
    std::_Exit(1);
  };
  constexpr uid_t nobody_else = 54321;
  if (getuid() == 0) check(setuid(nobody_else) == 0, "setuid failed");
  rlimit limit{};
  getrlimit(RLIMIT_NPROC, &limit);
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = 3;
  check(setrlimit(RLIMIT_NPROC, &limit) == 0, "setrlimit failed");

  Scheduler scheduler(with_workers(8));
  const std::string refusal = refusal_of(scheduler);
  std::fprintf(stderr, "%s\n", refusal.c_str());
  check(!scheduler.running(), "the scheduler believes that it runs");
  check(static_cast<bool>(until([] { return worker_threads() == 0; })), "a thread was left over");
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  check(sigismember(&mask, SIGINT) == 0, "the signals of the calling thread are blocked");

  limit.rlim_cur = before;
  check(setrlimit(RLIMIT_NPROC, &limit) == 0, "setrlimit failed");
  check(refusal_of(scheduler) == "it ran", "it cannot be run where threads are to be had again");
  std::_Exit(refusal == "it ran" ? 1 : 0);
}

TEST(SchedulerThreads, a_thread_that_cannot_be_started_is_reported_and_the_others_end) {
  EXPECT_EXIT(
      run_where_threads_are_refused(), testing::ExitedWithCode(0),
      "weft started [0-6] of 7 worker threads, then the system refused: .+; ask for fewer by RunOptions.workers "
      "or WEFT_WORKERS");
}

TEST(SchedulerThreads, are_named_after_the_option_and_their_index) {
  const auto names_with = [](const char* thread_name) {
    std::mutex mutex;
    std::vector<std::string> names;
    SchedulerOptions options = with_workers(3);
    options.thread_name = thread_name;
    options.on_thread_start = [&](int index) {
      char name[16] = {};
      pthread_getname_np(pthread_self(), name, sizeof name);
      const std::lock_guard lock(mutex);
      if (index != 0) names.emplace_back(name);
    };
    Scheduler scheduler(options);
    run_once(scheduler);
    return names;
  };
  EXPECT_THAT(names_with("loom"), UnorderedElementsAre("loom-1", "loom-2"));
  EXPECT_THAT(names_with("a_very_long_name"), UnorderedElementsAre("a_very_lon-1", "a_very_lon-2"));
}

TEST(SchedulerThreads, the_calling_thread_keeps_its_name_its_signals_and_its_cores) {
  const auto state = [] {
    char name[16] = {};
    pthread_getname_np(pthread_self(), name, sizeof name);
    sigset_t signals;
    pthread_sigmask(SIG_SETMASK, nullptr, &signals);
    std::string text = name;
    for (int signal = 1; signal < 32; ++signal) text += sigismember(&signals, signal) == 1 ? '1' : '0';
    cpu_set_t cores;
    sched_getaffinity(0, sizeof cores, &cores);
    for (int core = 0; core < 64; ++core) text += CPU_ISSET(core, &cores) ? '1' : '0';
    return text;
  };
  const std::string before = state();
  SchedulerOptions options = with_workers(2);
  options.pin_threads = true;
  Scheduler scheduler(options);
  run_once(scheduler);
  EXPECT_EQ(state(), before);
}

TEST(SchedulerThreads, leave_signals_to_the_threads_of_the_program) {
  std::atomic<int> blocked{0};
  SchedulerOptions options = with_workers(3);
  options.on_thread_start = [&blocked](int index) {
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    if (index != 0 && sigismember(&mask, SIGINT) == 1 && sigismember(&mask, SIGTERM) == 1) ++blocked;
  };
  Scheduler scheduler(options);
  run_once(scheduler);
  EXPECT_EQ(blocked, 2);
}

TEST(SchedulerThreads, pinned_workers_have_one_core_each_and_different_ones_while_there_are_enough) {
  cpu_set_t usable;
  ASSERT_EQ(sched_getaffinity(0, sizeof usable, &usable), 0);
  const int cores = CPU_COUNT(&usable);
  const auto workers = static_cast<unsigned>(std::min(cores, 4)) + 1;
  std::mutex mutex;
  std::map<int, int> core_of;
  SchedulerOptions options = with_workers(workers);
  options.pin_threads = true;
  options.on_thread_start = [&](int index) {
    cpu_set_t mine;
    sched_getaffinity(0, sizeof mine, &mine);
    const std::lock_guard lock(mutex);
    if (CPU_COUNT(&mine) != 1) ADD_FAILURE() << "worker " << index << " may use " << CPU_COUNT(&mine) << " cores";
    for (int core = 0; core < CPU_SETSIZE; ++core) {
      if (CPU_ISSET(core, &mine)) core_of[index] = core;
    }
  };
  Scheduler scheduler(options);
  run_once(scheduler);
  ASSERT_EQ(core_of.size(), workers);
  std::set<int> used;
  for (const auto& [index, core] : core_of) {
    EXPECT_TRUE(CPU_ISSET(core, &usable)) << "core " << core << " is not ours";
    if (index < cores) {
      EXPECT_TRUE(used.insert(core).second) << "core " << core << " was given twice";
    }
  }
}

std::int64_t resident_kib() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t size = 0;
  std::int64_t resident = 0;
  statm >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE) / 1024;
}

TEST(SchedulerThreads, ten_thousand_schedulers_leave_no_threads_files_or_memory_behind) {
  const int count = kAsan || kTsan ? 1000 : 10'000;
  const auto start_and_stop = [](int times) {
    for (int i = 0; i < times; ++i) {
      Scheduler scheduler(with_workers(2));
      run_once(scheduler);
    }
  };
  start_and_stop(count / 10);
  EXPECT_TRUE(until([] { return worker_threads() == 0; }));
  const std::ptrdiff_t before = threads();
  const std::ptrdiff_t files = entries_of("/proc/self/fd");
  const std::int64_t resident = resident_kib();
  start_and_stop(count);
  EXPECT_EQ(entries_of("/proc/self/fd"), files);
  EXPECT_TRUE(until([before] { return threads() <= before; })) << threads() << " threads instead of " << before;
  if (!kAsan && !kTsan) {
    EXPECT_LT(resident_kib() - resident, 4096) << "KiB more after " << count << " schedulers";
  }
}

}  // namespace
}  // namespace weft
