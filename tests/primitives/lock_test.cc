#include "weft/primitives/lock.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class LockEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, LockEverywhere, every_setting, setting_name);

Coro<void> uncontended() {
  Lock lock;
  EXPECT_FALSE(lock.locked());
  EXPECT_TRUE(co_await lock.acquire());
  EXPECT_TRUE(lock.locked());
  EXPECT_EQ(lock.describe(), "<Lock locked>");
  lock.release();
  EXPECT_EQ(lock.describe(), "<Lock unlocked>");
  std::string said;
  try {
    lock.release();
  } catch (const RuntimeError& error) {
    said = error.what();
  }
  EXPECT_EQ(said, "Lock is not acquired: release() needs a lock that is held");
  EXPECT_FALSE(lock.locked()) << "a mistake changes nothing";
  {
    const auto held = co_await lock.scoped();
    EXPECT_TRUE(lock.locked());
  }
  EXPECT_FALSE(lock.locked());
}
TEST_P(LockEverywhere, is_taken_and_released) { run_here(uncontended()); }

Coro<void> adds(Lock& lock, long& sum) {
  for (int i = 0; i < 200; ++i) {
    const auto held = co_await lock.scoped();
    const long seen = sum;
    if (i % 10 == 0) co_await sleep(0s);
    sum = seen + 1;
  }
}
Coro<void> exclusion() {
  Lock lock;
  long sum = 0;
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 20; ++i) tasks.push_back(create_task(adds(lock, sum)));
  for (const Task<void>& task : tasks) co_await task;
  EXPECT_EQ(sum, 20 * 200);
  EXPECT_FALSE(lock.locked());
}
TEST_P(LockEverywhere, lets_one_task_in_at_a_time_also_while_that_waits) { run_here(exclusion()); }

Coro<void> in_line(Lock& lock, std::vector<int>& order, int number) {
  const auto held = co_await lock.scoped();
  order.push_back(number);
}
Coro<void> order() {
  Lock lock;
  std::vector<int> order;
  std::vector<Task<void>> tasks;
  {
    const auto held = co_await lock.scoped();
    for (int i = 0; i < 5; ++i) {
      tasks.push_back(create_task(in_line(lock, order, i)));
      co_await sleep(1ms);
    }
    EXPECT_EQ(lock.describe(), "<Lock locked, 5 waiting>");
    tasks[1].cancel();
    tasks[3].cancel();
    co_await wait(std::vector<Task<void>>(1, tasks[3]));
  }
  co_await wait(tasks);
  EXPECT_EQ(order, (std::vector<int>{0, 2, 4}));
  EXPECT_FALSE(lock.locked());
}
TEST_P(LockEverywhere, serves_those_that_wait_in_the_order_in_which_they_came) { run_here(order()); }

Coro<void> takes_and_keeps(Lock& lock) { co_await lock.acquire(); }
Coro<void> handed_over() {
  Lock lock;
  co_await lock.acquire();
  const Task<void> first = create_task(takes_and_keeps(lock));
  const Task<void> second = create_task(takes_and_keeps(lock));
  co_await sleep(1ms);
  lock.release();
  EXPECT_FALSE(lock.locked()) << "it is on its way";
  first.cancel();
  co_await wait(only(first));
  co_await second;
  EXPECT_TRUE(first.cancelled());
  EXPECT_TRUE(lock.locked());
}
TEST(Lock, that_was_on_its_way_to_a_task_that_is_cancelled_goes_to_the_next_one) { run_in_order(handed_over()); }

Coro<void> released_elsewhere() {
  Lock lock;
  co_await lock.acquire();
  const Task<void> waits = create_task(takes_and_keeps(lock));
  co_await sleep(1ms);
  std::thread([&lock] { lock.release(); }).join();
  co_await waits;
  EXPECT_TRUE(lock.locked());
}
TEST(Lock, may_be_released_by_any_thread) { run(released_elsewhere(), {.workers = 2}); }

TEST(Lock, outlives_a_loop_that_is_closed_while_tasks_wait_for_it) {
  Lock lock;
  {
    EventLoop loop(RunOptions{.workers = 1});
    loop.set_exception_handler([](const ExceptionContext&) {});
    const auto hold = [&lock]() -> Coro<void> {
      co_await lock.acquire();
      create_task(takes_and_keeps(lock));
      create_task(takes_and_keeps(lock));
      co_await sleep(0s);
      co_await sleep(0s);
    };
    loop.run_until_complete(hold());
  }
  EXPECT_EQ(lock.describe(), "<Lock locked>");
  lock.release();
  EXPECT_FALSE(lock.locked());
}

}  // namespace
}  // namespace weft::tests
