// Generators that are iterated, handed on, dropped and closed on several workers at once, in real time.
#include "weft/runtime/task/async_generator.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"
#include "weft/runtime/base/random.h"

namespace weft::tests {
namespace {

constexpr bool kSlow = kAsan || kTsan;
constexpr auto kLength = kSlow ? 1500ms : 700ms;

class AsyncGeneratorStress : public EverySetting {
 protected:
  RunOptions real_time() { return {.workers = GetParam().workers, .order = GetParam().order}; }
};
INSTANTIATE_TEST_SUITE_P(workers, AsyncGeneratorStress, every_setting, setting_name);

bool time_is_left(std::chrono::steady_clock::time_point begin) {
  return std::chrono::steady_clock::now() - begin < kLength;
}

struct Counts {
  Census census;
  std::atomic<long> began{0};
  std::atomic<long> ended{0};  // by themselves or through their clean-up
  std::atomic<long> values{0};
  std::atomic<long> wrong{0};
  std::atomic<long> refused{0};
};

// Gives 0, 1, 2 ... and suspends now and then; its clean-up awaits.
AsyncGenerator<long> numbers(Counts& counts, unsigned seed, long length) {
  ++counts.began;
  const Tracked local(counts.census);
  Random random(seed);
  std::exception_ptr leaving;
  try {
    for (long i = 0; i < length; ++i) {
      if (random.below(4) == 0) co_await sleep(0s);
      co_yield i;
    }
  } catch (...) {
    leaving = std::current_exception();
  }
  ++counts.ended;  // before the end of run() may cancel what follows
  if (random.below(2) == 0) co_await sleep(0s);
  if (leaving) std::rethrow_exception(leaving);
}

struct Begun {
  AsyncGenerator<long> gen;
  long next = 0;
};

// Where one task leaves a generator for another.
class Shelf {
 public:
  void put(Begun begun) {
    const std::lock_guard lock(mutex_);
    begun_.push_back(std::move(begun));
  }
  Begun take_or(Begun fresh) {
    const std::lock_guard lock(mutex_);
    if (begun_.empty()) return fresh;
    Begun taken = std::move(begun_.back());
    begun_.pop_back();
    return taken;
  }

 private:
  std::mutex mutex_;
  std::vector<Begun> begun_;
};

Coro<void> use(Counts& counts, Shelf& shelf, unsigned seed) {
  Random random(seed);
  Begun begun = shelf.take_or({numbers(counts, seed, 5 + static_cast<long>(random.below(30)))});
  for (auto steps = random.below(20); steps > 0; --steps) {
    const std::optional<long> value = co_await begun.gen.next();
    if (!value) co_return;
    if (*value != begun.next++) ++counts.wrong;
    ++counts.values;
  }
  switch (random.below(5)) {
    case 0:
      co_await begun.gen.aclose();
      if ((co_await begun.gen.next()).has_value()) ++counts.wrong;
      break;
    case 1:
      try {
        co_await begun.gen.athrow(ValueError("thrown in"));
        if (begun.next != 0) ++counts.wrong;
      } catch (const ValueError&) {
      }
      break;
    case 2:
      shelf.put(std::move(begun));
      break;
    default:
      break;  // dropped
  }
}

Coro<void> many_users(Counts& counts) {
  Shelf shelf;
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned round = 0; time_is_left(begin); ++round) {
    std::vector<Coro<void>> users;
    for (unsigned i = 0; i < 64; ++i) users.push_back(use(counts, shelf, round * 64 + i));
    co_await fork_join(std::move(users));
  }
}
TEST_P(AsyncGeneratorStress, each_that_has_begun_ends_once_whoever_iterates_drops_or_closes_it) {
  Counts counts;
  {
    Runner runner(real_time());
    runner.get_loop().set_exception_handler([&](const ExceptionContext&) { ++counts.wrong; });
    runner.run(many_users(counts));
    runner.close();
  }
  EXPECT_EQ(counts.wrong, 0);
  EXPECT_GT(counts.values, 0);
  EXPECT_EQ(counts.census.alive(), 0);
  if (GetParam().order == Order::depth_first) {
    EXPECT_EQ(counts.ended, counts.began);
  }
}

// The handle goes while a step of it runs in another task.
Coro<void> take_step(AsyncGenerator<long>::Step step, Counts& counts) {
  const std::optional<long> value = co_await step;  // g++ 12 makes an endless loop of `if (!co_await step)`
  if (!value) ++counts.wrong;
  ++counts.values;
}
AsyncGenerator<long> tells_when_it_runs(Counts& counts, std::atomic<bool>& runs) {
  const Tracked local(counts.census);
  runs = true;
  for (int i = 0; i < 3; ++i) co_await sleep(0s);
  co_yield 1;
  ++counts.wrong;
}
Coro<void> drops_running_ones(Counts& counts) {
  const auto begin = std::chrono::steady_clock::now();
  while (time_is_left(begin)) {
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 16; ++i) {
      std::atomic<bool> runs{false};
      AsyncGenerator<long> gen = tells_when_it_runs(counts, runs);
      tasks.push_back(create_task(take_step(gen.next(), counts)));
      while (!runs) co_await sleep(0s);
    }
    for (const Task<void>& task : tasks) co_await task;
  }
}
TEST_P(AsyncGeneratorStress, one_that_is_dropped_while_it_runs_gives_its_value_and_is_closed) {
  Counts counts;
  run(drops_running_ones(counts), real_time());
  EXPECT_EQ(counts.wrong, 0);
  EXPECT_GT(counts.values, 0);
  EXPECT_EQ(counts.census.alive(), 0);
}

// Generators are closed under those who iterate them: a step is refused, gives a value or nothing.
Coro<void> iterate(Counts& counts, unsigned seed) {
  AsyncGenerator<long> gen = numbers(counts, seed, 100);
  for (;;) {
    bool refused = false;
    try {
      const std::optional<long> value = co_await gen.next();
      if (!value) co_return;
      if (++counts.values % 32 == 0) co_return;  // drops it
    } catch (const RuntimeError&) {
      ++counts.refused;
      refused = true;
    }
    if (refused) co_await sleep(0s);
  }
}
Coro<void> shut_down_meanwhile(Counts& counts) {
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned round = 0; time_is_left(begin); ++round) {
    std::vector<Task<void>> tasks;
    for (unsigned i = 0; i < 16; ++i) tasks.push_back(create_task(iterate(counts, round * 16 + i)));
    co_await sleep(0s);
    co_await get_running_loop().shutdown_asyncgens();
    for (const Task<void>& task : tasks) co_await task;
  }
}
TEST_P(AsyncGeneratorStress, shutdown_asyncgens_closes_those_that_rest_under_their_consumers) {
  Counts counts;
  {
    Runner runner(real_time());
    runner.get_loop().set_exception_handler(
        [](const ExceptionContext&) {});  // those that ran, and those that came later
    runner.run(shut_down_meanwhile(counts));
    runner.close();
  }
  EXPECT_GT(counts.values, 0);
  EXPECT_EQ(counts.census.alive(), 0);
  if (GetParam().order == Order::depth_first) {
    EXPECT_EQ(counts.ended, counts.began);
  }
}

}  // namespace
}  // namespace weft::tests
