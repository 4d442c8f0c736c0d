// What CPython's test_locks.py checks of Condition and tests/primitives and the recorded traces do not.
#include "weft/primitives/condition.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class ConditionEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, ConditionEverywhere, every_setting, setting_name);

Coro<void> waits_and_keeps(Condition& condition, std::vector<int>& order, int number) {
  co_await condition.acquire();
  const bool woken = co_await condition.wait();
  if (woken) order.push_back(number);
}
Coro<void> keeps_the_lock() {
  Condition condition;
  std::vector<int> order;
  std::vector<Task<void>> tasks;
  for (int i = 1; i <= 3; ++i) tasks.push_back(create_task(waits_and_keeps(condition, order, i)));
  co_await sleep(0s);
  EXPECT_EQ(order, std::vector<int>());
  EXPECT_FALSE(condition.locked());
  EXPECT_TRUE(co_await condition.acquire());
  condition.notify();
  co_await sleep(0s);
  EXPECT_EQ(order, std::vector<int>()) << "it waits for the lock";
  EXPECT_TRUE(condition.locked());
  condition.release();
  co_await sleep(0s);
  EXPECT_EQ(order, std::vector<int>{1});
  EXPECT_TRUE(condition.locked());
  condition.notify(2);
  co_await sleep(0s);
  EXPECT_EQ(order, std::vector<int>{1});
  condition.release();
  co_await sleep(0s);
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
  condition.release();
  co_await sleep(0s);
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
  EXPECT_TRUE(condition.locked());
  for (const Task<void>& task : tasks) EXPECT_TRUE(task.done());
}
// ConditionTests.test_wait
TEST(Condition, lets_one_that_was_notified_go_on_per_release) { run_in_order(keeps_the_lock()); }

Coro<void> waits(Condition& condition) { co_await condition.wait(); }
Coro<void> cancelled_with_the_lock() {
  Condition condition;
  co_await condition.acquire();
  const Task<void> task = create_task(waits(condition));
  get_running_loop().call_soon([task] { task.cancel(); });
  co_await wait(only(task));
  EXPECT_TRUE(task.cancelled());
  EXPECT_EQ(condition.describe(), "<Condition locked>") << "nobody waits, and it was taken again";
}
// ConditionTests.test_wait_cancel
TEST(Condition, has_its_lock_held_behind_a_wait_that_was_cancelled) { run_in_order(cancelled_with_the_lock()); }

Coro<void> contested() {
  Condition condition;
  co_await condition.acquire();
  const Task<void> task = create_task(waits(condition));
  co_await sleep(0s);
  EXPECT_FALSE(condition.locked());
  co_await condition.acquire();
  condition.notify();
  get_running_loop().call_soon([task] { task.cancel(); });
  get_running_loop().call_soon([&] { condition.release(); });
  co_await wait(only(task));
  EXPECT_TRUE(condition.locked());
}
// ConditionTests.test_wait_cancel_contested
TEST(Condition, has_its_lock_held_behind_a_cancel_that_came_while_it_was_waited_for) { run_in_order(contested()); }

Coro<void> waits_for(Condition& condition, const bool& ready, std::vector<int>& order) {
  co_await condition.acquire();
  const bool result = co_await condition.wait_for([&ready] { return ready; });
  if (result) order.push_back(1);
  condition.release();
}
Coro<void> predicate() {
  Condition condition;
  bool ready = false;
  std::vector<int> order;
  const Task<void> task = create_task(waits_for(condition, ready, order));
  co_await sleep(1ms);
  for (const bool becomes : {false, true}) {
    {
      const auto held = co_await condition.scoped();
      ready = becomes;
      condition.notify();
    }
    co_await sleep(1ms);
    EXPECT_EQ(order.size(), becomes ? 1u : 0u);
  }
  EXPECT_TRUE(task.done());
  EXPECT_EQ(condition.describe(), "<Condition unlocked>");
}
// ConditionTests.test_wait_for
TEST_P(ConditionEverywhere, goes_back_to_wait_until_its_predicate_is_true) { run_here(predicate()); }

Coro<void> unacquired() {
  Condition condition;
  const std::string three = "three";
  const char* result = co_await condition.wait_for([&three] { return three.c_str(); });
  EXPECT_STREQ(result, "three") << "what the predicate gave";
  std::string said;
  try {
    co_await condition.wait_for([] { return false; });
  } catch (const RuntimeError& error) {
    said = error.what();
  }
  EXPECT_EQ(said.substr(0, 32), "cannot wait on un-acquired lock:");
}
// ConditionTests.test_wait_for_unacquired
TEST_P(ConditionEverywhere, needs_its_lock_only_when_the_predicate_is_false) { run_here(unacquired()); }

Coro<void> waits_in(Condition& condition, std::vector<int>& order, int number) {
  const auto held = co_await condition.scoped();
  const bool woken = co_await condition.wait();
  if (woken) order.push_back(number);
}
Coro<void> more_than_there_are() {
  Condition condition;
  std::vector<int> order;
  std::vector<Task<void>> tasks;
  for (int i = 1; i <= 3; ++i) tasks.push_back(create_task(waits_in(condition, order, i)));
  co_await sleep(0s);
  co_await condition.acquire();
  condition.notify();
  condition.release();
  co_await sleep(0s);
  EXPECT_EQ(order, std::vector<int>{1});
  co_await condition.acquire();
  condition.notify();
  condition.notify(2048);
  condition.release();
  co_await sleep(0s);
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
  for (const Task<void>& task : tasks) EXPECT_TRUE(task.done());
}
// ConditionTests.test_notify
TEST(Condition, notifies_all_when_more_are_asked_for_than_wait) { run_in_order(more_than_there_are()); }

Coro<void> with_the_same_lock() {
  Lock lock;
  Condition condition(lock);
  for (const bool by_condition : {true, false}) {
    EXPECT_FALSE(lock.locked() || condition.locked());
    {
      auto scope = by_condition ? condition.scoped() : lock.scoped();
      const auto held = co_await std::move(scope);
      EXPECT_TRUE(lock.locked() && condition.locked());
    }
  }
  EXPECT_FALSE(lock.locked() || condition.locked());
}
// ConditionTests.test_explicit_lock, test_context_manager
TEST_P(ConditionEverywhere, is_held_when_the_lock_that_it_was_given_is) { run_here(with_the_same_lock()); }

Coro<void> times_out() {
  Condition condition;
  const auto held = co_await condition.scoped();
  bool late = false;
  try {
    co_await wait_for(condition.wait(), 500ms);
  } catch (const TimeoutError&) {
    late = true;
  }
  EXPECT_TRUE(late);
  EXPECT_EQ(condition.describe(), "<Condition locked>");
}
// ConditionTests.test_timeout_in_block
TEST_P(ConditionEverywhere, has_its_lock_held_behind_a_wait_that_timed_out) { run_here(times_out()); }

Coro<void> passes_a_cancel_on(Condition& condition, std::string& seen) {
  const auto held = co_await condition.scoped();
  try {
    co_await condition.wait_for([] { return false; });
  } catch (const CancelledError& error) {
    seen = error.message();
    throw;
  }
}
Coro<std::string> message_of(Task<void> task) {
  try {
    co_await task;
  } catch (const CancelledError& error) {
    co_return error.message();
  }
  co_return "it was not cancelled";
}
Coro<void> message_while_it_waits() {
  Condition condition;
  std::string seen;
  const Task<void> task = create_task(passes_a_cancel_on(condition, seen));
  co_await sleep(1ms);
  task.cancel("foo");
  EXPECT_EQ(co_await message_of(task), "foo");
  EXPECT_EQ(seen, "foo");
}
// ConditionTests.test_cancelled_error_wakeup
TEST_P(ConditionEverywhere, passes_the_message_of_a_cancel_on) { run_here(message_while_it_waits()); }

Coro<void> message_while_it_waits_for_the_lock() {
  Condition condition;
  std::string seen;
  const Task<void> task = create_task(passes_a_cancel_on(condition, seen));
  co_await sleep(1ms);
  co_await condition.acquire();
  condition.notify();
  co_await sleep(1ms);
  task.cancel("foo");
  condition.release();
  EXPECT_EQ(co_await message_of(task), "foo");
  EXPECT_EQ(seen, "foo");
  EXPECT_FALSE(condition.locked());
}
// ConditionTests.test_cancelled_error_re_aquire
TEST_P(ConditionEverywhere, passes_the_message_of_a_cancel_on_that_came_while_it_waited_for_the_lock) {
  run_here(message_while_it_waits_for_the_lock());
}

struct Store {
  Condition changed;
  int items = 0;
};
Coro<void> consumes(Store& store) {
  const auto held = co_await store.changed.scoped();
  for (;;) {
    co_await store.changed.wait_for([&store] { return store.items != 0; });
    if (store.items < 0) co_return;
    --store.items;
    store.changed.notify_all();
  }
}
Coro<void> cancels_what_was_notified(bool waits_for_the_lock) {
  Store store;
  const Task<void> first = create_task(consumes(store));
  co_await sleep(1ms);
  const Task<void> second = create_task(consumes(store));
  co_await sleep(1ms);
  const auto stops = [&]() -> Coro<void> {
    const auto held = co_await store.changed.scoped();
    ++store.items;
    store.changed.notify();
    if (waits_for_the_lock) co_await sleep(1ms);
    first.cancel();
    co_await store.changed.wait_for([&store] { return store.items == 0; });
    store.items = -1;
    store.changed.notify_all();
  };
  co_await with_timeout(1s, stops);
  co_await wait(only(first));
  EXPECT_TRUE(first.cancelled());
  co_await second;
  EXPECT_EQ(store.changed.describe(), "<Condition unlocked>");
}
// ConditionTests.test_cancelled_wakeup
TEST_P(ConditionEverywhere, notifies_another_when_the_one_that_it_woke_is_cancelled) {
  run_here(cancels_what_was_notified(false));
}
// ConditionTests.test_cancelled_wakeup_relock
TEST_P(ConditionEverywhere, notifies_another_when_the_one_that_it_woke_is_cancelled_at_the_lock) {
  run_here(cancels_what_was_notified(true));
}

}  // namespace
}  // namespace weft::tests
