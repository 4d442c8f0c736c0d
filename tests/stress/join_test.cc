// Joins whose children are stolen, suspend, ask who they are, fail and are cancelled, all at once.
#include "weft/runtime/task/join.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"
#include "weft/runtime/base/random.h"

namespace weft::tests {
namespace {

constexpr bool kSlow = kAsan || kTsan;
constexpr auto kLength = kSlow ? 1500ms : 700ms;

class JoinStress : public EverySetting {
 protected:
  RunOptions real_time() { return {.workers = GetParam().workers, .order = GetParam().order}; }
};
INSTANTIATE_TEST_SUITE_P(workers, JoinStress, every_setting, setting_name);

bool time_is_left(std::chrono::steady_clock::time_point begin) {
  return std::chrono::steady_clock::now() - begin < kLength;
}

// What a node of the tree does besides its children, by chance; each kind with one in `rarity`.
struct Habits {
  unsigned rarity;
  bool suspends;
  bool looks;  // current_task(), all_tasks()
  bool fails;
};

unsigned spread(unsigned seed, unsigned salt) { return (seed * 2654435761U + salt * 40503U) >> 7U; }

Coro<long> tree(unsigned depth, unsigned seed, const Habits& habits, Census& census) {
  const Tracked local(census);
  Random random(spread(seed, depth));
  const bool acts = random.below(habits.rarity) == 0;
  const unsigned kind = random.below(6);
  if (acts && habits.suspends && kind == 0) co_await sleep(0s);
  if (acts && habits.suspends && kind == 1) co_await sleep(std::chrono::microseconds(random.below(40)));
  if (acts && habits.looks && kind == 2) {
    EXPECT_FALSE(current_task().done());
  }
  if (acts && habits.looks && kind == 3) {
    EXPECT_FALSE(all_tasks().empty());
  }
  if (acts && habits.fails && kind == 4) throw ValueError("by chance");
  if (depth == 0) co_return 1;
  if (kind == 5) {
    std::vector<Coro<long>> children;
    for (unsigned i = 0; i < 3; ++i) children.push_back(tree(depth - 1, spread(seed, i + 7), habits, census));
    long sum = 0;
    for (const long one : co_await fork_join(std::move(children))) sum += one;
    co_return sum;
  }
  const auto both = co_await fork_join(tree(depth - 1, spread(seed, 1), habits, census),
                                       tree(depth - 1, spread(seed, 2), habits, census));
  co_return std::get<0>(both) + std::get<1>(both);
}

// The same tree, computed without tasks.
long serial(unsigned depth, unsigned seed, const Habits& habits) {
  Random random(spread(seed, depth));
  static_cast<void>(random.below(habits.rarity));
  const unsigned kind = random.below(6);
  if (depth == 0) return 1;
  long sum = 0;
  if (kind == 5) {
    for (unsigned i = 0; i < 3; ++i) sum += serial(depth - 1, spread(seed, i + 7), habits);
    return sum;
  }
  return serial(depth - 1, spread(seed, 1), habits) + serial(depth - 1, spread(seed, 2), habits);
}

Coro<void> right_sums(Habits habits, Census& census) {
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned seed = 0; time_is_left(begin); ++seed) {
    const long sum = co_await tree(7, seed, habits, census);
    EXPECT_EQ(sum, serial(7, seed, habits)) << "seed " << seed;
    EXPECT_EQ(census.alive(), 0);
  }
}
TEST_P(JoinStress, trees_that_never_suspend_give_the_right_sum) {
  Census census;
  run(right_sums({.rarity = 1000, .suspends = false, .looks = false, .fails = false}, census), real_time());
}
TEST_P(JoinStress, trees_that_suspend_now_and_then_give_the_right_sum) {
  Census census;
  run(right_sums({.rarity = 20, .suspends = true, .looks = false, .fails = false}, census), real_time());
}
TEST_P(JoinStress, trees_that_suspend_and_look_often_give_the_right_sum) {
  Census census;
  run(right_sums({.rarity = 3, .suspends = true, .looks = true, .fails = false}, census), real_time());
}

Coro<void> failures(std::atomic<long>& failed, std::atomic<long>& right, Census& census) {
  const Habits habits{.rarity = 100, .suspends = true, .looks = true, .fails = true};
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned seed = 0; time_is_left(begin); ++seed) {
    try {
      const long sum = co_await tree(6, seed, habits, census);
      EXPECT_EQ(sum, serial(6, seed, habits)) << "seed " << seed;
      ++right;
    } catch (const ValueError&) {
      ++failed;
    }
    EXPECT_EQ(census.alive(), 0);
  }
}
TEST_P(JoinStress, trees_that_fail_somewhere_end_whole_and_raise) {
  Census census;
  std::atomic<long> failed = 0;
  std::atomic<long> right = 0;
  run(failures(failed, right, census), real_time());
  EXPECT_GT(failed, 0);
  EXPECT_GT(right, 0);
}

Coro<void> cancels(std::atomic<long>& cancelled, std::atomic<long>& ended, Census& census) {
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned seed = 0; time_is_left(begin); ++seed) {
    const Habits habits{.rarity = 1 + seed % 30, .suspends = true, .looks = seed % 2 == 0, .fails = false};
    const Task<long> task = create_task([seed, &habits, &census]() { return tree(6, seed, habits, census); });
    std::thread canceller([task, seed] {
      Random random(seed);
      const unsigned patience = random.below(2000);
      for (unsigned i = 0; i < patience; ++i) StdAtomics::pause();
      task.cancel("from outside");
      if (random.below(2) == 0) task.cancel("again");
    });
    try {
      static_cast<void>(co_await task);
      ++ended;
    } catch (const CancelledError&) {
      ++cancelled;
    }
    canceller.join();
    EXPECT_EQ(census.alive(), 0) << "seed " << seed;
  }
}
TEST_P(JoinStress, trees_that_are_cancelled_from_another_thread_end_whole) {
  Census census;
  std::atomic<long> cancelled = 0;
  std::atomic<long> ended = 0;
  run(cancels(cancelled, ended, census), real_time());
  EXPECT_GT(cancelled + ended, 0);
  EXPECT_GT(cancelled, 0);
}

Coro<void> cancels_from_within(Census& census) {
  const auto begin = std::chrono::steady_clock::now();
  const Habits habits{.rarity = 5, .suspends = true, .looks = true, .fails = false};
  for (unsigned seed = 0; time_is_left(begin); ++seed) {
    std::vector<Task<long>> tasks;
    for (unsigned i = 0; i < 4; ++i) {
      tasks.push_back(create_task([seed, i, &habits, &census]() { return tree(5, seed * 4 + i, habits, census); }));
    }
    co_await sleep(std::chrono::microseconds(seed % 50));
    for (const AnyTask& task : all_tasks()) {
      if (!(task == current_task())) task.cancel();
    }
    for (const Task<long>& task : tasks) {
      try {
        static_cast<void>(co_await task);
      } catch (const CancelledError&) {
      }
    }
    EXPECT_EQ(census.alive(), 0) << "seed " << seed;
  }
}
TEST_P(JoinStress, every_task_of_several_trees_can_be_cancelled_at_once) {
  Census census;
  run(cancels_from_within(census), real_time());
}

TEST_P(JoinStress, loops_that_stop_in_the_middle_of_trees_destroy_them_whole) {
  const auto begin = std::chrono::steady_clock::now();
  const Habits habits{.rarity = 4, .suspends = true, .looks = true, .fails = false};
  for (unsigned seed = 0; time_is_left(begin); ++seed) {
    Census census;
    {
      EventLoop loop(real_time());
      loop.set_exception_handler([](const ExceptionContext&) {});
      for (unsigned i = 0; i < 3; ++i) loop.create_task(tree(5, seed * 3 + i, habits, census));
      loop.call_later(std::chrono::microseconds(seed % 200), [&loop] { loop.stop(); });
      loop.run_forever();
    }
    ASSERT_EQ(census.alive(), 0) << "seed " << seed;
  }
}

}  // namespace
}  // namespace weft::tests
