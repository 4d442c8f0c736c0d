// What CPython's test_locks.py checks of Barrier and tests/primitives and the recorded traces do not.
#include "weft/primitives/barrier.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

constexpr int kParties = 5;

class BarrierEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, BarrierEverywhere, every_setting, setting_name);

// So many tasks of the coroutine that `make` gives.
template <class Make>
std::vector<Task<void>> tasks_of(int count, const Make& make) {
  std::vector<Task<void>> tasks;
  for (int i = 0; i < count; ++i) tasks.push_back(create_task(make()));
  return tasks;
}
Coro<void> all_of(std::vector<Task<void>> tasks) {
  for (const Task<void>& task : tasks) co_await task;
}
void expect_as_new(const Barrier& barrier) {
  EXPECT_EQ(barrier.n_waiting(), 0);
  EXPECT_EQ(barrier.describe(), "<Barrier filling, 0 of " + std::to_string(barrier.parties()) + " waiting>");
}

Coro<void> waits(Barrier& barrier) { co_await barrier.wait(); }
// True: it broke.
Coro<bool> breaks(Barrier& barrier) {
  try {
    co_await barrier.wait();
  } catch (const BrokenBarrierError&) {
    co_return true;
  }
  co_return false;
}
Coro<void> waits_or_breaks(Barrier& barrier) { static_cast<void>(co_await breaks(barrier)); }

Coro<void> texts() {
  Barrier barrier(kParties);
  std::vector<Task<void>> tasks;
  const auto add = [&](int count) {
    for (int i = 0; i < count; ++i) tasks.push_back(create_task(waits_or_breaks(barrier)));
  };
  add(2);
  co_await sleep(0s);
  EXPECT_EQ(barrier.describe(), "<Barrier filling, 2 of 5 waiting>");
  add(barrier.parties() - barrier.n_waiting());
  co_await sleep(0s);
  EXPECT_EQ(barrier.describe(), "<Barrier draining, 0 of 5 waiting>");
  add(2);
  co_await sleep(0s);
  co_await barrier.reset();
  EXPECT_EQ(barrier.describe(), "<Barrier resetting, 0 of 5 waiting>");
  add(2);
  co_await sleep(0s);
  co_await barrier.abort();
  EXPECT_EQ(barrier.describe(), "<Barrier broken>");
  EXPECT_TRUE(barrier.broken());
  co_await all_of(std::move(tasks));
}
// BarrierTests.test_repr
TEST(Barrier, says_in_which_state_it_is) { run_in_order(texts()); }

Coro<void> of_one() {
  Barrier barrier(1);
  EXPECT_EQ(co_await barrier.wait(), 0);
  expect_as_new(barrier);
  const Task<int> first = create_task(barrier.wait());
  const Task<int> second = create_task(barrier.wait());
  EXPECT_EQ(co_await first, 0);
  EXPECT_EQ(co_await second, 0);
  expect_as_new(barrier);
}
// BarrierTests.test_filling_one_task, test_filling_one_task_twice
TEST_P(BarrierEverywhere, of_one_party_stops_nobody) { run_here(of_one()); }

Coro<void> one_by_one() {
  Barrier barrier(3);
  std::vector<Task<int>> tasks;
  for (int i = 1; i <= 2; ++i) {
    tasks.push_back(create_task(barrier.wait()));
    co_await sleep(1ms);
    EXPECT_EQ(barrier.n_waiting(), i);
  }
  tasks.push_back(create_task(barrier.wait()));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(co_await tasks[static_cast<std::size_t>(i)], i);
  expect_as_new(barrier);
}
// BarrierTests.test_filling_task_by_task
TEST_P(BarrierEverywhere, counts_those_that_wait_and_numbers_them) { run_here(one_by_one()); }

Coro<void> drains() {
  Barrier barrier(kParties);
  std::vector<bool> draining;
  const auto party = [&]() -> Coro<void> {
    co_await barrier.wait();
    draining.push_back(barrier.describe().find("draining") != std::string::npos);
  };
  co_await all_of(tasks_of(kParties, party));
  EXPECT_EQ(draining, (std::vector<bool>{true, true, true, true, false}))
      << "the last one that leaves it fills it again";
  expect_as_new(barrier);
}
// BarrierTests.test_draining_state
TEST(Barrier, drains_until_the_last_party_has_left) { run_in_order(drains()); }

Coro<void> blocks() {
  constexpr int again = 2;
  Barrier barrier(kParties);
  Barrier others(kParties - again);
  std::atomic<int> left = again;
  const auto party = [&]() -> Coro<void> {
    co_await barrier.wait();
    if (left.fetch_sub(1) <= 0) co_await others.wait();
    co_await barrier.wait();
  };
  co_await all_of(tasks_of(kParties, party));
  expect_as_new(barrier);
  expect_as_new(others);
}
// BarrierTests.test_blocking_tasks_while_draining
TEST_P(BarrierEverywhere, keeps_who_comes_again_outside_while_it_drains) { run_here(blocks()); }

Coro<void> one_cancelled() {
  Barrier barrier(3);
  const Task<void> first = create_task(waits(barrier));
  co_await sleep(1ms);
  const Task<void> second = create_task(waits(barrier));
  co_await sleep(1ms);
  EXPECT_EQ(barrier.n_waiting(), 2);
  first.cancel();
  co_await wait(only(first));
  EXPECT_EQ(barrier.n_waiting(), 1);
  EXPECT_TRUE(first.cancelled());
  const Task<void> third = create_task(waits(barrier));
  co_await sleep(1ms);
  EXPECT_EQ(barrier.n_waiting(), 2);
  const Task<void> fourth = create_task(waits(barrier));
  co_await second;
  co_await third;
  co_await fourth;
  expect_as_new(barrier);
}
// BarrierTests.test_filling_tasks_cancel_one
TEST_P(BarrierEverywhere, waits_for_another_one_in_place_of_one_that_was_cancelled) { run_here(one_cancelled()); }

Coro<void> with_nobody() {
  Barrier barrier(1);
  co_await barrier.reset();
  expect_as_new(barrier);
  co_await barrier.abort();
  EXPECT_EQ(barrier.n_waiting(), 0);
  EXPECT_TRUE(barrier.broken());
}
// BarrierTests.test_reset_barrier, test_abort_barrier
TEST_P(BarrierEverywhere, is_reset_and_aborted_though_nobody_waits) { run_here(with_nobody()); }

Coro<void> reset_half_way() {
  Barrier barrier(kParties);
  int passed = 0;
  int broke = 0;
  const auto party = [&]() -> Coro<void> {
    const bool broken = co_await breaks(barrier);
    if (broken) ++broke;
    if (!broken && ++passed == kParties - kParties / 2) co_await barrier.reset();
  };
  co_await all_of(tasks_of(kParties, party));
  EXPECT_EQ(broke, kParties / 2);
  expect_as_new(barrier);
}
// BarrierTests.test_reset_barrier_when_tasks_half_draining
TEST(Barrier, that_is_reset_while_it_drains_throws_in_those_that_are_still_inside) { run_in_order(reset_half_way()); }

Coro<void> reset_with_some_outside() {
  Barrier barrier(kParties);
  int passed = 0;
  int broke = 0;
  int broke_outside = 0;
  const auto party = [&]() -> Coro<void> {
    const bool broken = co_await breaks(barrier);
    if (!broken && ++passed <= kParties / 2) {
      const bool outside = co_await breaks(barrier);
      if (outside) ++broke_outside;
      co_return;
    }
    if (broken) ++broke;
    if (!broken) co_await barrier.reset();
    co_await barrier.wait();
  };
  co_await all_of(tasks_of(kParties, party));
  EXPECT_EQ(broke, kParties / 2);
  EXPECT_EQ(broke_outside, 0) << "those outside wait for the next round";
  expect_as_new(barrier);
}
// BarrierTests.test_reset_barrier_when_tasks_half_draining_half_blocking
TEST(Barrier, that_is_reset_while_it_drains_lets_those_outside_wait_on) { run_in_order(reset_with_some_outside()); }

Coro<void> reset_and_again() {
  Barrier barrier(kParties);
  std::atomic<int> broke = 0;
  std::atomic<int> passed = 0;
  const auto party = [&]() -> Coro<void> {
    const bool broken = co_await breaks(barrier);
    if (broken) ++broke;
    co_await barrier.wait();
    ++passed;
  };
  auto tasks = tasks_of(kParties - 1, party);
  co_await sleep(1ms);
  co_await barrier.reset();
  co_await barrier.wait();
  co_await all_of(std::move(tasks));
  EXPECT_EQ(broke, kParties - 1);
  EXPECT_EQ(passed, kParties - 1);
  expect_as_new(barrier);
}
// BarrierTests.test_reset_barrier_while_tasks_waiting_and_waiting_again
TEST_P(BarrierEverywhere, that_was_reset_is_passed_by_those_that_come_again) { run_here(reset_and_again()); }

Coro<void> reset_by_the_last() {
  Barrier barrier(kParties);
  int left = 0;
  int broke = 0;
  int passed = 0;
  const auto party = [&]() -> Coro<void> {
    co_await barrier.wait();
    if (++left == kParties) co_await barrier.reset();
    const bool broken = co_await breaks(barrier);
    if (broken) ++broke;
    co_await barrier.wait();
    ++passed;
  };
  co_await all_of(tasks_of(kParties, party));
  EXPECT_EQ(broke, 0);
  EXPECT_EQ(passed, kParties);
  expect_as_new(barrier);
}
// BarrierTests.test_reset_barrier_while_tasks_draining
TEST(Barrier, that_is_reset_by_the_last_one_that_leaves_it_throws_in_nobody) { run_in_order(reset_by_the_last()); }

Coro<void> aborted_half_way() {
  Barrier barrier(kParties);
  int passed = 0;
  int broke = 0;
  int broke_outside = 0;
  const auto party = [&]() -> Coro<void> {
    const bool broken = co_await breaks(barrier);
    if (broken) {
      ++broke;
      co_return;
    }
    if (++passed > kParties / 2) {
      co_await barrier.abort();
      co_return;
    }
    const bool outside = co_await breaks(barrier);
    if (outside) ++broke_outside;
  };
  co_await all_of(tasks_of(kParties, party));
  EXPECT_EQ(broke, kParties / 2);
  EXPECT_EQ(broke_outside, kParties - kParties / 2 - 1);
  EXPECT_EQ(barrier.describe(), "<Barrier broken>");
  EXPECT_EQ(barrier.n_waiting(), 0);
}
// BarrierTests.test_abort_barrier_when_tasks_half_draining_half_blocking
TEST(Barrier, that_is_aborted_while_it_drains_throws_in_those_inside_and_outside) { run_in_order(aborted_half_way()); }

// One party fails after the first round and aborts the second one. The others: 1 each that broke.
Coro<int> round_with_a_failure(Barrier& barrier) {
  try {
    const int number = co_await barrier.wait();
    if (number == kParties / 2) throw ValueError("on purpose");
    co_await barrier.wait();
    ADD_FAILURE() << "the second round cannot be complete";
  } catch (const BrokenBarrierError&) {
    co_return 1;
  } catch (const ValueError&) {
  }
  co_await barrier.abort();
  co_return 0;
}
Coro<void> aborted_by_a_failure() {
  Barrier barrier(kParties);
  std::atomic<int> broke = 0;
  const auto party = [&]() -> Coro<void> {
    const int once = co_await round_with_a_failure(barrier);
    broke += once;
  };
  co_await all_of(tasks_of(kParties, party));
  EXPECT_EQ(broke, kParties - 1);
  EXPECT_TRUE(barrier.broken());
  EXPECT_EQ(barrier.n_waiting(), 0);
}
// BarrierTests.test_abort_barrier_when_exception
TEST_P(BarrierEverywhere, that_one_party_aborts_throws_in_all_others) { run_here(aborted_by_a_failure()); }

Coro<void> reset_after_the_failure() {
  Barrier barrier(kParties);
  Barrier meeting(kParties);
  std::atomic<int> broke = 0;
  std::atomic<int> passed = 0;
  const auto party = [&]() -> Coro<void> {
    const int once = co_await round_with_a_failure(barrier);
    broke += once;
    const int number = co_await meeting.wait();
    if (number == kParties / 2) co_await barrier.reset();
    co_await meeting.wait();
    co_await barrier.wait();
    ++passed;
  };
  co_await all_of(tasks_of(kParties, party));
  EXPECT_EQ(broke, kParties - 1);
  EXPECT_EQ(passed, kParties);
  expect_as_new(barrier);
}
// BarrierTests.test_abort_barrier_when_exception_then_resetting
TEST_P(BarrierEverywhere, that_was_aborted_is_passed_again_after_a_reset) { run_here(reset_after_the_failure()); }

}  // namespace
}  // namespace weft::tests
