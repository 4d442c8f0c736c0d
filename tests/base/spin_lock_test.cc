#include "weft/runtime/base/spin_lock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

namespace weft {
namespace {

// More threads than cores: an owner loses its core inside the section, and the others must let it go on.
TEST(SpinLock, lets_one_thread_in_at_a_time) {
  static constexpr int threads = 8;
  static constexpr int rounds = 10'000;
  SpinLock lock;
  int plain = 0;
  volatile bool inside = false;
  int overlaps = 0;
  std::latch together(threads);
  {
    std::vector<std::jthread> running;
    for (int thread = 0; thread < threads; ++thread) {
      running.emplace_back([&] {
        together.arrive_and_wait();
        for (int round = 0; round < rounds; ++round) {
          const std::lock_guard guard(lock);
          if (inside) ++overlaps;
          inside = true;
          ++plain;
          inside = false;
        }
      });
    }
  }
  EXPECT_EQ(plain, threads * rounds);
  EXPECT_EQ(overlaps, 0);
}

TEST(SpinLock, keeps_the_others_out_until_it_is_unlocked) {
  SpinLock lock;
  std::atomic<bool> released{false};
  std::atomic<bool> waiting{false};
  bool entered_early = true;
  lock.lock();
  {
    const std::jthread other([&] {
      waiting = true;
      waiting.notify_one();
      const std::lock_guard guard(lock);
      entered_early = !released;
    });
    waiting.wait(false);
    for (int turn = 0; turn < 1000; ++turn) std::this_thread::yield();
    released = true;
    lock.unlock();
  }
  EXPECT_FALSE(entered_early);
}

}  // namespace
}  // namespace weft
