// TimerQueue from many threads: each timer either fires or is removed, never both, never neither.
#include "weft/runtime/sched/timer_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <thread>
#include <vector>

#include "weft/runtime/base/config.h"
#include "weft/runtime/base/random.h"

namespace weft {
namespace {

class CountedTimer final : public Timer {
 public:
  void run() noexcept override { ++fired; }
  std::atomic<int> fired{0};
  std::atomic<int> removed{0};
  std::atomic<bool> inserted{false};
};

TEST(TimerQueueStress, a_timer_fires_or_is_removed_and_never_both) {
  static constexpr std::size_t count = kTsan ? 30'000 : 150'000;
  static constexpr int removers = 2;
  static constexpr int firers = 2;
  std::vector<CountedTimer> timers(count);
  TimerQueue queue;
  std::atomic<std::int64_t> now{0};
  std::atomic<std::size_t> left{count};
  std::atomic<int> early{0};
  // Whichever threads begin late: one timer fires before any is removed, then one is removed before more fire.
  std::atomic<bool> fired_one{false};
  std::atomic<bool> removed_one{false};
  const auto wait_for = [&left](const std::atomic<bool>& happened) {
    while (!happened && left > 0) std::this_thread::yield();
  };
  {
    std::vector<std::jthread> running;
    running.emplace_back([&] {
      Random random(1);
      for (CountedTimer& timer : timers) {
        // A moving window of some seconds: ticks, levels and the heap are all used.
        const std::int64_t delay = static_cast<std::int64_t>(random.next() >> (32 + random.below(16)));
        queue.insert(timer, now + delay - 1000);
        timer.inserted.store(true, std::memory_order_release);
      }
    });
    for (int remover = 0; remover < removers; ++remover) {
      running.emplace_back([&, remover] {
        Random random(static_cast<std::uint64_t>(remover) + 10);
        wait_for(fired_one);
        while (left > 0) {
          CountedTimer& timer = timers[random.below(count)];
          if (!timer.inserted.load(std::memory_order_acquire)) continue;
          if (TimerQueue::remove(timer)) {
            ++timer.removed;
            removed_one = true;
            --left;
          }
        }
      });
    }
    for (int firer = 0; firer < firers; ++firer) {
      running.emplace_back([&, firer] {
        Random random(static_cast<std::uint64_t>(firer) + 20);
        while (left > 0) {
          const std::int64_t until = now.fetch_add(random.below(200'000)) + 1;
          while (Timer* timer = queue.take_due(until)) {
            if (timer->when() > until) ++early;
            timer->run();
            fired_one = true;
            --left;
            wait_for(removed_one);
          }
        }
      });
    }
  }
  int fired = 0;
  for (const CountedTimer& timer : timers) {
    ASSERT_EQ(timer.fired + timer.removed, 1)
        << "fired " << timer.fired << " times, removed " << timer.removed << " times";
    fired += timer.fired;
  }
  EXPECT_EQ(early, 0);
  EXPECT_GT(fired, 0) << "none fired: nothing was tested";
  EXPECT_LT(fired, static_cast<int>(count)) << "none was removed: nothing was tested";
  EXPECT_EQ(queue.size(), 0U);
}

// Without anybody who takes timers, next() is never later than a deadline whose insertion has returned.
TEST(TimerQueueStress, next_is_a_lower_bound_for_every_thread_that_inserts) {
  static constexpr int threads = 3;
  static constexpr int rounds = kTsan ? 10'000 : 50'000;
  TimerQueue queue;
  std::atomic<int> late{0};
  {
    std::vector<std::jthread> running;
    for (int thread = 0; thread < threads; ++thread) {
      running.emplace_back([&, thread] {
        Random random(static_cast<std::uint64_t>(thread));
        std::deque<CountedTimer> mine(8);
        for (int round = 0; round < rounds; ++round) {
          CountedTimer& timer = mine[random.below(8)];
          if (timer.inserted.exchange(false)) TimerQueue::remove(timer);
          const auto when = static_cast<std::int64_t>(random.next() >> (1 + random.below(40)));
          queue.insert(timer, when);
          timer.inserted = true;
          if (queue.next() > when) ++late;
        }
        for (CountedTimer& timer : mine) {
          if (timer.inserted) TimerQueue::remove(timer);
        }
      });
    }
  }
  EXPECT_EQ(late, 0);
  EXPECT_EQ(queue.size(), 0U);
}

}  // namespace
}  // namespace weft
