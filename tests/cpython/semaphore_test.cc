// What CPython's test_locks.py checks of Semaphore and BoundedSemaphore and tests/primitives and the recorded traces do not.
#include "weft/primitives/semaphore.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class SemaphoreEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, SemaphoreEverywhere, every_setting, setting_name);

TEST(Semaphore, of_no_permits_is_locked) {
  const Semaphore semaphore(0);
  EXPECT_TRUE(semaphore.locked());
  EXPECT_EQ(semaphore.describe(), "<Semaphore locked>");
}

Coro<void> takes(Semaphore& semaphore) { co_await semaphore.acquire(); }
Coro<void> takes_and_notes(Semaphore& semaphore, std::vector<int>& order, int number) {
  co_await semaphore.acquire();
  order.push_back(number);
}

Coro<void> three_permits() {
  Semaphore semaphore(3);
  std::vector<int> order;
  EXPECT_TRUE(co_await semaphore.acquire());
  EXPECT_TRUE(co_await semaphore.acquire());
  EXPECT_FALSE(semaphore.locked());
  std::vector<Task<void>> tasks;
  for (int i = 1; i <= 3; ++i) tasks.push_back(create_task(takes_and_notes(semaphore, order, i)));
  co_await sleep(0s);
  EXPECT_EQ(order, std::vector<int>{1});
  EXPECT_EQ(semaphore.describe(), "<Semaphore locked, 2 waiting>");
  EXPECT_EQ(semaphore.value(), 0);
  tasks.push_back(create_task(takes_and_notes(semaphore, order, 4)));
  semaphore.release();
  semaphore.release();
  EXPECT_EQ(semaphore.value(), 0) << "the permits are on their way";
  co_await sleep(0s);
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(semaphore.describe(), "<Semaphore locked, 1 waiting>");
  semaphore.release();
  for (const Task<void>& task : tasks) co_await task;
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4}));
}
// SemaphoreTests.test_acquire, test_repr
TEST(Semaphore, lets_one_task_in_per_permit_and_per_release) { run_in_order(three_permits()); }

Coro<void> cancelled_alone() {
  Semaphore semaphore;
  co_await semaphore.acquire();
  const Task<void> task = create_task(takes(semaphore));
  get_running_loop().call_soon([task] { task.cancel(); });
  co_await wait(only(task));
  EXPECT_TRUE(task.cancelled());
  EXPECT_EQ(semaphore.describe(), "<Semaphore locked>") << "nobody waits";
  semaphore.release();
  EXPECT_EQ(semaphore.value(), 1);
}
// SemaphoreTests.test_acquire_cancel
TEST_P(SemaphoreEverywhere, forgets_one_whose_wait_was_cancelled) { run_here(cancelled_alone()); }

Coro<void> cancelled_before_the_release() {
  Semaphore semaphore(0);
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 4; ++i) {
    tasks.push_back(create_task(takes(semaphore)));
    co_await sleep(1ms);
  }
  tasks[0].cancel();
  tasks[1].cancel();
  semaphore.release();
  co_await sleep(1ms);
  EXPECT_TRUE(tasks[0].cancelled() && tasks[1].cancelled());
  EXPECT_TRUE(tasks[2].done());
  EXPECT_FALSE(tasks[3].done()) << "there was one permit";
  EXPECT_TRUE(semaphore.locked());
  tasks[3].cancel();
  co_await wait(tasks);
  EXPECT_EQ(semaphore.describe(), "<Semaphore locked>");
}
// SemaphoreTests.test_acquire_cancel_before_awoken, test_acquire_hang
TEST_P(SemaphoreEverywhere, gives_the_permit_to_the_first_that_was_not_cancelled) {
  run_here(cancelled_before_the_release());
}

Coro<void> holds_and_cancels(Semaphore& semaphore, const Task<void>& victim) {
  {
    const auto held = co_await semaphore.scoped();
    co_await sleep(0s);
  }
  victim.cancel();
}
Coro<void> uses(Semaphore& semaphore) {
  const auto held = co_await semaphore.scoped();
  ADD_FAILURE() << "it was cancelled when the permit was on its way";
}
Coro<void> cancelled_behind_the_release() {
  Semaphore semaphore(1);
  Task<void> victim;
  const Task<void> holder = create_task(holds_and_cancels(semaphore, victim));
  victim = create_task(uses(semaphore));
  const std::vector<Task<void>> both = {holder, victim};
  co_await wait(both);
  EXPECT_EQ(holder.exception(), nullptr);
  EXPECT_TRUE(victim.cancelled());
  const auto acquire = [&semaphore]() -> Coro<void> { co_await semaphore.acquire(); };
  co_await with_timeout(1s, acquire);
}
// SemaphoreTests.test_acquire_no_hang
TEST(Semaphore, has_its_permit_again_from_one_that_was_cancelled_on_its_way) {
  run_in_order(cancelled_behind_the_release());
}

Coro<void> takes_twice(Semaphore& semaphore, std::vector<std::string>& order, std::string name) {
  for (const char* round : {"_1", "_2"}) {
    co_await semaphore.acquire();
    order.push_back(name + round);
    co_await sleep(10ms);
    semaphore.release();
  }
}
Coro<void> in_turn() {
  Semaphore semaphore(1);
  std::vector<std::string> order;
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    for (const char* name : {"c1", "c2", "c3"}) group.create_task(takes_twice(semaphore, order, name));
    co_return;
  };
  co_await with_task_group(block);
  EXPECT_EQ(order, (std::vector<std::string>{"c1_1", "c2_1", "c3_1", "c1_2", "c2_2", "c3_2"}));
}
// SemaphoreTests.test_acquire_fifo_order
TEST(Semaphore, serves_who_comes_again_behind_those_that_wait) { run_in_order(in_turn()); }

Coro<void> gives_back_and_takes(Semaphore& semaphore, std::vector<int>& order) {
  co_await semaphore.acquire();
  order.push_back(2);
  semaphore.release();
  co_await semaphore.acquire();
  order.push_back(4);
}
Coro<void> who_gives_back_comes_last() {
  Semaphore semaphore(1);
  std::vector<int> order;
  std::vector<Task<void>> tasks;
  tasks.push_back(create_task(takes_and_notes(semaphore, order, 1)));
  tasks.push_back(create_task(gives_back_and_takes(semaphore, order)));
  tasks.push_back(create_task(takes_and_notes(semaphore, order, 3)));
  co_await sleep(0s);
  semaphore.release();
  semaphore.release();
  for (const Task<void>& task : tasks) co_await task;
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4}));
}
// SemaphoreTests.test_acquire_fifo_order_2
TEST(Semaphore, is_not_taken_again_by_who_gives_it_back_before_those_that_wait) {
  run_in_order(who_gives_back_comes_last());
}

Coro<void> first_cancelled() {
  Semaphore semaphore(0);
  std::vector<int> order;
  std::vector<Task<void>> tasks;
  for (int i = 1; i <= 3; ++i) tasks.push_back(create_task(takes_and_notes(semaphore, order, i)));
  co_await sleep(0s);
  tasks[0].cancel();
  co_await sleep(0s);
  semaphore.release();
  semaphore.release();
  co_await wait(tasks);
  EXPECT_EQ(order, (std::vector<int>{2, 3}));
}
// SemaphoreTests.test_acquire_fifo_order_3
TEST(Semaphore, serves_the_others_in_order_when_the_first_was_cancelled) { run_in_order(first_cancelled()); }

Coro<void> notes(std::vector<int>& order, int number) {
  order.push_back(number);
  co_return;
}
Coro<void> several_permits_at_once() {
  Semaphore semaphore(0);
  std::vector<int> order;
  Task<void> late;
  const auto first = [&]() -> Coro<void> {
    co_await semaphore.acquire();
    EXPECT_EQ(semaphore.value(), 0) << "the others were woken before this one went on";
    late = create_task(notes(order, 4));
    order.push_back(1);
  };
  const auto second = [&]() -> Coro<void> {
    for (int i = 0; i < 3; ++i) semaphore.release();
    EXPECT_EQ(semaphore.value(), 2);
    EXPECT_TRUE(semaphore.locked()) << "the first one has not run yet";
    co_await semaphore.acquire();
    order.push_back(2);
  };
  std::vector<Task<void>> tasks;
  tasks.push_back(create_task(first()));
  tasks.push_back(create_task(second()));
  tasks.push_back(create_task(takes_and_notes(semaphore, order, 3)));
  co_await sleep(0s);
  EXPECT_EQ(semaphore.value(), 2);
  EXPECT_EQ(semaphore.describe(), "<Semaphore locked, 3 waiting>");
  co_await sleep(0s);
  for (const Task<void>& task : tasks) co_await task;
  co_await late;
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4}));
}
// SemaphoreTests.test_acquire_fifo_order_4
TEST(Semaphore, wakes_all_that_there_are_permits_for_when_the_first_goes_on) {
  run_in_order(several_permits_at_once());
}

}  // namespace
}  // namespace weft::tests
