#include "weft/runtime/base/atomics.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "weft/runtime/base/config.h"

namespace weft {
namespace {

TEST(StdAtomics, enabling_the_barriers_again_gives_the_same_answer) {
  const bool first = StdAtomics::enable_asymmetric_barriers();
  EXPECT_EQ(StdAtomics::enable_asymmetric_barriers(), first);
  EXPECT_EQ(StdAtomics::asymmetric(), first);
}

// Store, barrier, load on both sides: at least one sees the other's store. Without the barriers both miss it sooner or later, on
// every processor with a store buffer.
TEST(StdAtomics, a_light_and_a_heavy_barrier_let_no_two_threads_miss_each_other) {
  static constexpr int rounds = kAsan || kTsan ? 1000 : 5000;
  StdAtomics::enable_asymmetric_barriers();
  alignas(64) std::atomic<int> left{0};
  alignas(64) std::atomic<int> right{0};
  alignas(64) std::atomic<int> left_at{0};
  alignas(64) std::atomic<int> right_at{0};
  std::atomic<bool> left_saw{false};
  std::atomic<bool> right_saw{false};
  const auto meet = [](std::atomic<int>& mine, std::atomic<int>& other, int round) {
    mine.store(round, std::memory_order_release);
    for (int turn = 0; other.load(std::memory_order_acquire) < round; ++turn) {
      if (turn > 100) std::this_thread::yield();
    }
  };
  int missed = 0;
  {
    const std::jthread heavy([&] {
      for (int round = 1; round <= rounds; ++round) {
        meet(right_at, left_at, 2 * round - 1);
        right.store(round, std::memory_order_relaxed);
        StdAtomics::heavy_barrier();
        right_saw.store(left.load(std::memory_order_relaxed) == round, std::memory_order_relaxed);
        meet(right_at, left_at, 2 * round);
      }
    });
    for (int round = 1; round <= rounds; ++round) {
      meet(left_at, right_at, 2 * round - 1);
      left.store(round, std::memory_order_relaxed);
      StdAtomics::light_barrier();
      left_saw.store(right.load(std::memory_order_relaxed) == round, std::memory_order_relaxed);
      meet(left_at, right_at, 2 * round);
      if (!left_saw.load(std::memory_order_relaxed) && !right_saw.load(std::memory_order_relaxed)) ++missed;
    }
  }
  EXPECT_EQ(missed, 0) << "of " << rounds << " rounds";
}

}  // namespace
}  // namespace weft
