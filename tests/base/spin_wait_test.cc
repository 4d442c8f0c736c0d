#include "weft/runtime/base/spin_wait.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace weft::tests {
namespace {

TEST(SpinWait, lets_a_thread_that_shares_the_core_go_on) {
  std::atomic<int> turn = 0;
  std::thread other([&turn] {
    SpinWait spin;
    while (turn.load() != 1) spin.once();
    turn.store(2);
  });
  turn.store(1);
  SpinWait spin;
  while (turn.load() != 2) spin.once();
  other.join();
  EXPECT_EQ(turn.load(), 2);
}

}  // namespace
}  // namespace weft::tests
