// Deadlines, completions and cancels that race, in real time.
#include "weft/runtime/flow/timeout.h"

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

class TimeoutStress : public EverySetting {
 protected:
  RunOptions real_time() { return {.workers = GetParam().workers, .order = GetParam().order}; }
};
INSTANTIATE_TEST_SUITE_P(workers, TimeoutStress, every_setting, setting_name);

bool time_is_left(std::chrono::steady_clock::time_point begin) {
  return std::chrono::steady_clock::now() - begin < kLength;
}

struct Ends {
  std::atomic<long> results{0};
  std::atomic<long> timeouts{0};
  std::atomic<long> cancelled{0};
  std::atomic<long> wrong{0};
};

std::chrono::microseconds some_time(Random& random) { return std::chrono::microseconds(random.below(150)); }

// Nobody cancels: every end is a result or a timeout, and no cancel is left behind.
Coro<void> uncancelled(unsigned seed, Ends& ends) {
  Random random(seed);
  const Future<int> future = get_running_loop().create_future<int>();
  get_running_loop().call_later(some_time(random), [future] { future.try_set_result(7); });
  try {
    const int value = co_await wait_for(future, some_time(random));
    if (value != 7) ++ends.wrong;
    ++ends.results;
  } catch (const TimeoutError&) {
    if (!future.done()) ++ends.wrong;  // cancelled, or its result came in the same turn: too late, as in asyncio
    ++ends.timeouts;
  } catch (const CancelledError&) {
    ++ends.wrong;  // nobody has cancelled this task
  }
  try {
    co_await sleep(0s);
  } catch (const CancelledError&) {
    ++ends.wrong;
  }
  if (current_task().cancelling() != 0) ++ends.wrong;
}

Coro<void> many_uncancelled(Ends& ends) {
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned round = 0; time_is_left(begin); ++round) {
    std::vector<Task<void>> tasks;
    for (unsigned i = 0; i < 50; ++i) tasks.push_back(create_task(uncancelled(round * 50 + i, ends)));
    for (const Task<void>& task : tasks) co_await task;
  }
}
TEST_P(TimeoutStress, a_result_and_a_deadline_end_a_wait_once_and_leave_no_cancel_behind) {
  Ends ends;
  run(many_uncancelled(ends), real_time());
  EXPECT_EQ(ends.wrong, 0);
  EXPECT_GT(ends.results, 0);
  EXPECT_GT(ends.timeouts, 0);
}

// Somebody cancels from another thread: a cancel that was accepted ends the task as cancelled, however many deadlines pass.
Coro<int> nested(unsigned seed, Census& census) {
  const Tracked local(census);
  Random random(seed);
  const auto inner = [&random]() -> Coro<int> {
    co_await sleep(some_time(random));
    co_return 1;
  };
  int sum = 0;
  for (int i = 0; i < 3; ++i) {
    try {
      const auto outer = [&]() -> Coro<int> { co_return co_await with_timeout(some_time(random), inner); };
      sum += co_await with_timeout(some_time(random), outer);
    } catch (const TimeoutError&) {
      ++sum;
    }
  }
  co_return sum;
}

Coro<void> settle(Task<int> task, const std::atomic<bool>& accepted, Ends& ends) {
  bool cancelled = false;
  try {
    static_cast<void>(co_await task);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  ++(cancelled ? ends.cancelled : ends.results);
  if (cancelled && !accepted.load()) {
    // cancel() may still be on its way back to its caller.
    const auto begin = std::chrono::steady_clock::now();
    while (!accepted.load() && std::chrono::steady_clock::now() - begin < 10s) co_await sleep(100us);
    if (!accepted.load()) ++ends.wrong;
  }
}

Coro<void> many_cancelled(Ends& ends, Census& census, std::atomic<long>& refused) {
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned round = 0; time_is_left(begin); ++round) {
    constexpr unsigned count = 30;
    std::vector<std::atomic<bool>> accepted(count);
    std::atomic<unsigned> asked = 0;
    EventLoop& loop = get_running_loop();
    std::vector<Task<int>> tasks;
    std::vector<Task<void>> settled;
    for (unsigned i = 0; i < count; ++i) {
      tasks.push_back(create_task(nested(round * count + i, census)));
      settled.push_back(create_task(settle(tasks.back(), accepted[i], ends)));
    }
    std::thread canceller([&, seed = round] {
      Random random(seed);
      for (unsigned i = 0; i < count; ++i) {
        if (random.below(4) == 0) std::this_thread::yield();
        const auto cancel = [&, i] {
          if (tasks[i].cancel()) {
            accepted[i].store(true);
          } else {
            ++refused;
          }
          ++asked;
        };
        if (loop.order() == Order::asyncio) {
          loop.call_soon_threadsafe(cancel);  // as in CPython, whose order this is
        } else {
          cancel();
        }
      }
    });
    for (const Task<void>& task : settled) co_await task;
    while (asked.load() != count) co_await sleep(100us);
    canceller.join();
    for (unsigned i = 0; i < count; ++i) {
      if (accepted[i].load() && !tasks[i].cancelled()) ++ends.wrong;
    }
  }
}
TEST_P(TimeoutStress, an_accepted_cancel_from_another_thread_is_never_taken_for_a_timeout) {
  Ends ends;
  Census census;
  std::atomic<long> refused = 0;
  run(many_cancelled(ends, census, refused), real_time());
  EXPECT_EQ(ends.wrong, 0);
  EXPECT_EQ(refused, ends.results);
  EXPECT_GT(ends.cancelled, 0);
  EXPECT_EQ(census.alive(), 0);
}

// Deadlines that pass while the block runs and has no more waits: its result counts, and nothing is thrown afterwards.
Coro<int> busy_to_its_end(unsigned seed) {
  Random random(seed);
  const auto block = [&random]() -> Coro<int> {
    const auto end = std::chrono::steady_clock::now() + some_time(random) / 4;
    while (std::chrono::steady_clock::now() < end) {
    }
    co_return 1;
  };
  try {
    if (seed % 2 == 0) current_task().cancel();
    co_await sleep(0s);
  } catch (const CancelledError&) {  // and does not take it back
  }
  const int value = co_await with_timeout(some_time(random) / 4, block);
  if (seed % 3 == 0) co_await sleep(1us);
  co_return value;
}
Coro<void> many_busy(Ends& ends) {
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned round = 0; time_is_left(begin); ++round) {
    std::vector<Task<int>> tasks;
    for (unsigned i = 0; i < 24; ++i) tasks.push_back(create_task(busy_to_its_end(round * 24 + i)));
    for (const Task<int>& task : tasks) {
      try {
        ends.results += co_await task;
      } catch (const CancelledError&) {
        ++ends.wrong;
      } catch (const TimeoutError&) {
        ++ends.wrong;
      }
    }
  }
}
TEST_P(TimeoutStress, a_deadline_that_passes_in_the_last_step_of_a_block_leaves_its_result_alone) {
  Ends ends;
  run(many_busy(ends), real_time());
  EXPECT_EQ(ends.wrong, 0);
  EXPECT_GT(ends.results, 0);
}

}  // namespace
}  // namespace weft::tests
