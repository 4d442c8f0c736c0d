#include "weft/primitives/barrier.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class BarrierEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, BarrierEverywhere, every_setting, setting_name);

Coro<void> rounds(Barrier& barrier, std::vector<std::atomic<int>>& came, std::atomic<int>& sum) {
  for (std::atomic<int>& round : came) {
    ++round;
    sum += co_await barrier.wait();
    EXPECT_EQ(round, barrier.parties()) << "it waits for all";
  }
}
Coro<void> several_rounds() {
  constexpr int parties = 5;
  Barrier barrier(parties);
  std::vector<std::atomic<int>> came(20);
  std::atomic<int> sum = 0;
  std::vector<Task<void>> tasks;
  for (int i = 0; i < parties; ++i) tasks.push_back(create_task(rounds(barrier, came, sum)));
  for (const Task<void>& task : tasks) co_await task;
  EXPECT_EQ(sum, 20 * (0 + 1 + 2 + 3 + 4)) << "each gets a number of its own";
  EXPECT_EQ(barrier.describe(), "<Barrier filling, 0 of 5 waiting>");
}
TEST_P(BarrierEverywhere, lets_its_parties_go_on_together_again_and_again) { run_here(several_rounds()); }

Coro<std::string> waits_at(Barrier& barrier) {
  try {
    co_await barrier.wait();
  } catch (const BrokenBarrierError& error) {
    co_return error.what();
  }
  co_return "passed";
}
Coro<void> breaks() {
  Barrier barrier(3);
  const Task<std::string> one = create_task(waits_at(barrier));
  const Task<std::string> two = create_task(waits_at(barrier));
  co_await sleep(1ms);
  EXPECT_EQ(barrier.n_waiting(), 2);
  co_await barrier.reset();
  EXPECT_EQ(co_await one, "Abort or reset of barrier");
  EXPECT_EQ(co_await two, "Abort or reset of barrier");
  EXPECT_FALSE(barrier.broken());
  const Task<std::string> cancelled = create_task(waits_at(barrier));
  co_await sleep(1ms);
  cancelled.cancel();
  co_await wait(only(cancelled));
  EXPECT_EQ(barrier.n_waiting(), 0) << "one that is cancelled is not counted";
  const Task<std::string> three = create_task(waits_at(barrier));
  co_await sleep(1ms);
  co_await barrier.abort();
  EXPECT_EQ(co_await three, "Abort or reset of barrier");
  EXPECT_TRUE(barrier.broken());
  EXPECT_EQ(barrier.describe(), "<Barrier broken>");
  EXPECT_EQ(co_await waits_at(barrier), "Barrier aborted");
  co_await barrier.reset();
  EXPECT_FALSE(barrier.broken());
}
TEST_P(BarrierEverywhere, is_reset_and_aborted) { run_here(breaks()); }

TEST(Barrier, needs_a_party) {
  std::string said;
  try {
    Barrier barrier(0);
  } catch (const ValueError& error) {
    said = error.what();
  }
  EXPECT_EQ(said, "Barrier: parties must be >= 1, but 0 was given");
}

}  // namespace
}  // namespace weft::tests
