#include "weft/primitives/condition.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class ConditionEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, ConditionEverywhere, every_setting, setting_name);

Coro<void> misuse() {
  Condition condition;
  std::string said;
  try {
    co_await condition.wait();
  } catch (const RuntimeError& error) {
    said = error.what();
  }
  EXPECT_EQ(said, "cannot wait on un-acquired lock: hold the condition's lock, by acquire() or scoped()");
  EXPECT_THROW(condition.notify(), RuntimeError);
  EXPECT_THROW(condition.notify_all(), RuntimeError);
  EXPECT_THROW(condition.release(), RuntimeError);
  EXPECT_EQ(condition.describe(), "<Condition unlocked>");
}
TEST_P(ConditionEverywhere, needs_its_lock) { run_here(misuse()); }

struct Store {
  Condition changed;
  std::deque<int> items;
  int taken = 0;
};
Coro<void> takes(Store& store, int count) {
  for (int i = 0; i < count; ++i) {
    const auto held = co_await store.changed.scoped();
    co_await store.changed.wait_for([&store] { return !store.items.empty(); });
    store.items.pop_front();
    ++store.taken;
  }
}
Coro<void> puts(Store& store, int count) {
  for (int i = 0; i < count; ++i) {
    const auto held = co_await store.changed.scoped();
    store.items.push_back(i);
    store.changed.notify();
  }
}
Coro<void> passes_items() {
  Store store;
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 4; ++i) tasks.push_back(create_task(takes(store, 100)));
  for (int i = 0; i < 4; ++i) tasks.push_back(create_task(puts(store, 100)));
  for (const Task<void>& task : tasks) co_await task;
  EXPECT_EQ(store.taken, 400);
  EXPECT_TRUE(store.items.empty());
  EXPECT_FALSE(store.changed.locked());
}
TEST_P(ConditionEverywhere, guards_what_tasks_wait_for) { run_here(passes_items()); }

Coro<void> waits_in(Condition& condition, std::vector<int>& order, int number) {
  const auto held = co_await condition.scoped();
  co_await condition.wait();
  order.push_back(number);
}
// On several workers those that were woken come to the lock in any order.
std::vector<int> sorted(std::vector<int> numbers) {
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}
Coro<void> notifies() {
  Lock lock;
  Condition condition(lock);
  std::vector<int> order;
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 5; ++i) {
    tasks.push_back(create_task(waits_in(condition, order, i)));
    co_await sleep(1ms);
  }
  EXPECT_EQ(condition.describe(), "<Condition unlocked, 5 waiting>");
  {
    const auto held = co_await lock.scoped();
    condition.notify(2);
    EXPECT_EQ(condition.describe(), "<Condition locked, 3 waiting>");
  }
  co_await sleep(1ms);
  EXPECT_EQ(get_running_loop().workers() == 1 ? order : sorted(order), (std::vector<int>{0, 1}));
  {
    const auto held = co_await lock.scoped();
    condition.notify_all();
  }
  co_await wait(tasks);
  EXPECT_EQ(get_running_loop().workers() == 1 ? order : sorted(order), (std::vector<int>{0, 1, 2, 3, 4}));
}
TEST_P(ConditionEverywhere, notifies_those_that_have_waited_longest_first) { run_here(notifies()); }

// CPython's test_wait_cancel_after_notify and its like.
Coro<void> cancelled_twice() {
  Condition condition;
  std::vector<int> order;
  const Task<void> first = create_task(waits_in(condition, order, 1));
  const Task<void> second = create_task(waits_in(condition, order, 2));
  co_await sleep(0s);
  co_await condition.acquire();
  condition.notify();
  first.cancel("once");
  co_await sleep(0s);
  EXPECT_FALSE(first.done()) << "it takes the lock first";
  first.cancel("twice");
  co_await sleep(0s);
  EXPECT_FALSE(first.done());
  condition.release();
  std::string message;
  try {
    co_await first;
  } catch (const CancelledError& error) {
    message = error.message();
  }
  EXPECT_EQ(message, "twice");
  co_await second;
  EXPECT_EQ(order, std::vector<int>{2}) << "the notification goes to the next one";
  EXPECT_FALSE(condition.locked());
}
TEST(Condition, whose_wait_is_cancelled_takes_the_lock_again_and_notifies_another) { run_in_order(cancelled_twice()); }

}  // namespace
}  // namespace weft::tests
