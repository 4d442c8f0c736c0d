// Tasks that many threads create, cancel, name, enumerate and await at once.
#include "weft/runtime/task/task.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"
#include "weft/runtime/base/random.h"

namespace weft::tests {
namespace {

constexpr bool kSlow = kAsan || kTsan;
constexpr auto kLength = kSlow ? 1500ms : 700ms;

class StressEverywhere : public EverySetting {
 protected:
  RunOptions real_time() { return {.workers = GetParam().workers, .order = GetParam().order}; }
};
INSTANTIATE_TEST_SUITE_P(workers, StressEverywhere, every_setting, setting_name);

bool time_is_left(std::chrono::steady_clock::time_point begin) {
  return std::chrono::steady_clock::now() - begin < kLength;
}

// --- cancel against every kind of step ---------------------------------------------------------------------------------

struct Ends {
  std::atomic<long> results{0};
  std::atomic<long> cancelled{0};
};
Coro<int> sleep_then(unsigned microseconds, int value) {
  if (microseconds != 0) co_await sleep(std::chrono::microseconds(microseconds));
  co_return value;
}
Coro<int> steps(unsigned seed, Census& census) {
  const Tracked local(census);
  Random random(seed);
  for (int step = 0; step < 6; ++step) {
    const unsigned kind = random.below(5);
    if (kind == 0) co_await sleep(0s);
    if (kind == 1) co_await sleep(std::chrono::microseconds(random.below(200)));
    if (kind == 2) {
      const auto both = co_await fork_join(sleep_then(random.below(50), 1), sleep_then(0, 2));
      static_cast<void>(both);
    }
    if (kind == 3) co_await gather(sleep_then(random.below(50), 1), sleep_then(0, 2));
    if (kind == 4) co_await create_task(sleep_then(random.below(50), 1));
  }
  co_return 1;
}

Coro<void> settle(Task<int> task, Ends& ends) {
  try {
    static_cast<void>(co_await task);
    ++ends.results;
  } catch (const CancelledError&) {
    ++ends.cancelled;
  }
}

Coro<void> cancel_at_random(std::atomic<long>& created, Ends& ends, Census& census) {
  const auto begin = std::chrono::steady_clock::now();
  Random random(1);
  for (unsigned round = 0; time_is_left(begin); ++round) {
    std::vector<Task<int>> tasks;
    std::vector<Task<void>> settled;
    for (unsigned i = 0; i < 40; ++i) {
      tasks.push_back(create_task(steps(round * 40 + i, census)));
      settled.push_back(create_task(settle(tasks.back(), ends)));
      ++created;
    }
    // From another thread, without any coordination with the workers.
    std::thread canceller([&tasks, seed = round] {
      Random chance(seed);
      for (int attempt = 0; attempt < 60; ++attempt) {
        tasks[chance.below(40)].cancel("at random");
        if (chance.below(4) == 0) std::this_thread::yield();
      }
    });
    for (unsigned attempt = 0; attempt < 20; ++attempt) {
      tasks[random.below(40)].cancel();
      co_await sleep(std::chrono::microseconds(random.below(30)));
    }
    for (const Task<void>& one : settled) co_await one;
    canceller.join();
    for (const Task<int>& task : tasks) EXPECT_TRUE(task.done());
  }
}
TEST_P(StressEverywhere, tasks_cancelled_at_random_moments_end_once_and_leak_nothing) {
  std::atomic<long> created = 0;
  Ends ends;
  Census census;
  run(cancel_at_random(created, ends, census), real_time());
  EXPECT_EQ(ends.results + ends.cancelled, created);
  EXPECT_GT(ends.cancelled, 0);
  EXPECT_EQ(census.alive(), 0);
}

// --- what cancel() says is true ----------------------------------------------------------------------------------------

Coro<int> sleep_little() {
  co_await sleep(20us);
  co_return 1;
}
Coro<void> cancel_tells_the_truth(std::atomic<long>& wrong) {
  const auto begin = std::chrono::steady_clock::now();
  while (time_is_left(begin)) {
    std::vector<Task<int>> tasks;
    for (int i = 0; i < 32; ++i) tasks.push_back(create_task(sleep_little()));
    std::vector<char> accepted(tasks.size());
    std::thread canceller([&] {
      for (std::size_t i = 0; i < tasks.size(); ++i) accepted[i] = tasks[i].cancel() ? 1 : 0;
    });
    for (const Task<int>& task : tasks) {
      try {
        static_cast<void>(co_await task);
      } catch (const CancelledError&) {
      }
    }
    canceller.join();
    // Each task ends at its first await or not at all, so an accepted request has cancelled it.
    for (std::size_t i = 0; i < tasks.size(); ++i) wrong += tasks[i].cancelled() != (accepted[i] != 0) ? 1 : 0;
  }
}
TEST_P(StressEverywhere, a_cancel_that_was_accepted_is_delivered_and_one_that_was_not_has_no_effect) {
  std::atomic<long> wrong = 0;
  run(cancel_tells_the_truth(wrong), real_time());
  EXPECT_EQ(wrong, 0);
}

// --- the rest of the interface -------------------------------------------------------------------------------------------

Coro<int> rename_and_yield(unsigned seed) {
  current_task().set_name("renamed-" + std::to_string(seed));
  co_await sleep(0s);
  if (seed % 3 == 0) co_await fork_join(sleep_then(10, 1), sleep_then(0, 1));
  EXPECT_EQ(current_task().get_name(), "renamed-" + std::to_string(seed));
  co_return 1;
}
Coro<long> create_and_drop(unsigned turns) {
  long sum = 0;
  for (unsigned i = 0; i < turns; ++i) {
    create_task(rename_and_yield(i));
    sum += co_await create_task(rename_and_yield(i + 1'000'000));
  }
  co_return sum;
}
Coro<void> enumerate_meanwhile() {
  const auto begin = std::chrono::steady_clock::now();
  while (time_is_left(begin)) {
    std::vector<Coro<long>> creators;
    for (int i = 0; i < 4; ++i) creators.push_back(create_and_drop(20));
    const Task<void> watcher = create_task([]() -> Coro<void> {
      for (int look = 0; look < 10; ++look) {
        for (const AnyTask& task : all_tasks()) {
          EXPECT_FALSE(task.get_name().empty());
          EXPECT_EQ(task.cancelling(), 0u);
        }
        co_await sleep(0s);
      }
    });
    for (const long sum : co_await gather(std::move(creators))) EXPECT_EQ(sum, 20);
    co_await watcher;
  }
}
TEST_P(StressEverywhere, all_tasks_and_names_hold_while_tasks_come_and_go) { run(enumerate_meanwhile(), real_time()); }

TEST(TaskStress, many_threads_create_tasks_in_one_loop) {
  constexpr int threads_count = 3;
  constexpr int count = kSlow ? 1'000 : 10'000;
  EventLoop loop(RunOptions{.workers = 2});
  std::atomic<int> ended = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < threads_count; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < count; ++i) {
        const auto count_end = [](std::atomic<int>& counter) -> Coro<void> {
          ++counter;
          co_return;
        };
        loop.create_task(count_end(ended));
      }
    });
  }
  const auto wait = [&ended]() -> Coro<bool> {
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (ended < threads_count * count && std::chrono::steady_clock::now() < deadline) co_await sleep(100us);
    co_return ended == threads_count* count;
  };
  EXPECT_TRUE(loop.run_until_complete(wait())) << ended << " tasks of " << threads_count * count << " ended";
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace weft::tests
