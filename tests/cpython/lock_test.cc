// What CPython's test_locks.py checks of Lock and Event and tests/primitives and the recorded traces do not.
#include "weft/primitives/lock.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "task/settings.h"
#include "weft/primitives/event.h"

namespace weft::tests {
namespace {

class LockEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, LockEverywhere, every_setting, setting_name);
class EventEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, EventEverywhere, every_setting, setting_name);

Coro<void> takes_and_notes(Lock& lock, std::vector<int>& order, int number) {
  const bool taken = co_await lock.acquire();
  if (taken) order.push_back(number);
}
Coro<void> takes(Lock& lock) { co_await lock.acquire(); }

Coro<void> one_by_one() {
  Lock lock;
  std::vector<int> order;
  EXPECT_TRUE(co_await lock.acquire());
  const Task<void> one = create_task(takes_and_notes(lock, order, 1));
  const Task<void> two = create_task(takes_and_notes(lock, order, 2));
  co_await sleep(0s);
  EXPECT_EQ(order, std::vector<int>());
  lock.release();
  co_await sleep(0s);
  EXPECT_EQ(order, std::vector<int>{1});
  co_await sleep(0s);
  EXPECT_EQ(order, std::vector<int>{1}) << "it is held again";
  const Task<void> three = create_task(takes_and_notes(lock, order, 3));
  lock.release();
  co_await sleep(0s);
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
  lock.release();
  co_await sleep(0s);
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
  EXPECT_TRUE(one.done() && two.done() && three.done());
}
// LockTests.test_acquire
TEST(Lock, goes_to_one_task_per_release_in_the_tick_after_it) { run_in_order(one_by_one()); }

Coro<void> cancelled_alone() {
  Lock lock;
  co_await lock.acquire();
  const Task<void> waits = create_task(takes(lock));
  get_running_loop().call_soon([waits] { waits.cancel(); });
  bool cancelled = false;
  try {
    co_await waits;
  } catch (const CancelledError&) {
    cancelled = true;
  }
  EXPECT_TRUE(cancelled);
  EXPECT_EQ(lock.describe(), "<Lock locked>") << "nobody waits";
}
// LockTests.test_acquire_cancel
TEST_P(LockEverywhere, forgets_one_whose_wait_was_cancelled) { run_here(cancelled_alone()); }

Coro<void> holds_until(Lock& lock, Future<void> end) {
  const auto held = co_await lock.scoped();
  co_await end;
}
Coro<void> uses(Lock& lock) { const auto held = co_await lock.scoped(); }
Coro<void> cancel_beside_the_release(bool one_worker) {
  Lock lock;
  Future<void> end = get_running_loop().create_future<void>();
  const Task<void> holder = create_task(holds_until(lock, end));
  co_await sleep(1ms);
  EXPECT_TRUE(lock.locked());
  const Task<void> first = create_task(uses(lock));
  co_await sleep(1ms);
  EXPECT_EQ(lock.describe(), "<Lock locked, 1 waiting>");
  const Task<void> second = create_task(uses(lock));
  co_await sleep(1ms);
  EXPECT_EQ(lock.describe(), "<Lock locked, 2 waiting>");
  end.set_result();
  const bool asked = first.cancel();
  EXPECT_TRUE(asked || !one_worker) << "elsewhere it may have had the lock, and ended, before it was asked";
  co_await wait(only(first));
  co_await holder;
  co_await second;
  EXPECT_EQ(first.cancelled(), asked);
  EXPECT_EQ(lock.describe(), "<Lock unlocked>");
}
// LockTests.test_cancel_race
TEST_P(LockEverywhere, goes_on_to_the_next_one_when_the_first_is_cancelled_beside_the_release) {
  run_here(cancel_beside_the_release(one_worker()));
}

Coro<void> counts(Lock& lock, int& calls, int& locks) {
  ++calls;
  co_await lock.acquire();
  ++locks;
}
Coro<void> cancel_then_release() {
  Lock lock;
  int calls = 0;
  int locks = 0;
  co_await lock.acquire();
  const Task<void> one = create_task(counts(lock, calls, locks));
  const Task<void> two = create_task(counts(lock, calls, locks));
  const Task<void> three = create_task(counts(lock, calls, locks));
  co_await sleep(0s);
  get_running_loop().call_soon([&] {
    one.cancel();
    lock.release();
  });
  co_await wait(only(one));
  EXPECT_TRUE(one.cancelled());
  EXPECT_EQ(locks, 1) << "one of the others has it";
  EXPECT_EQ(calls, 3);
  EXPECT_TRUE(two.done());
  three.cancel();
  co_await sleep(0s);
  EXPECT_TRUE(three.cancelled());
}
// LockTests.test_cancel_release_race
TEST(Lock, is_taken_once_when_the_first_is_cancelled_and_then_released) { run_in_order(cancel_then_release()); }

Coro<void> finished_and_cancelled() {
  Lock lock;
  co_await lock.acquire();
  const Task<void> first = create_task(takes(lock));
  co_await sleep(1ms);
  const Task<void> second = create_task(takes(lock));
  co_await sleep(1ms);
  first.cancel();
  lock.release();
  co_await second;
  co_await wait(only(first));
  EXPECT_TRUE(lock.locked());
  EXPECT_TRUE(first.cancelled());
}
// LockTests.test_finished_waiter_cancelled
TEST_P(LockEverywhere, is_not_lost_when_it_is_released_behind_a_cancel) { run_here(finished_and_cancelled()); }

Coro<void> waits_and_notes(Event& event, std::vector<int>& order, int number) {
  const bool woken = co_await event.wait();
  if (woken) order.push_back(number);
}
Coro<void> late_comer() {
  Event event;
  std::vector<int> order;
  std::vector<Task<void>> tasks;
  tasks.push_back(create_task(waits_and_notes(event, order, 1)));
  tasks.push_back(create_task(waits_and_notes(event, order, 2)));
  co_await sleep(0s);
  EXPECT_EQ(order, std::vector<int>());
  tasks.push_back(create_task(waits_and_notes(event, order, 3)));
  event.set();
  co_await sleep(0s);
  EXPECT_EQ(order, (std::vector<int>{3, 1, 2})) << "who finds it set does not wait";
  for (const Task<void>& task : tasks) EXPECT_TRUE(task.done());
}
// EventTests.test_wait
TEST(Event, is_passed_at_once_by_who_comes_before_those_that_were_woken_run) { run_in_order(late_comer()); }

Coro<void> set_and_cleared_again() {
  Event event;
  std::vector<int> order;
  const Task<void> waits = create_task(waits_and_notes(event, order, 1));
  co_await sleep(1ms);
  EXPECT_EQ(event.describe(), "<Event unset, 1 waiting>");
  event.set();
  event.clear();
  EXPECT_FALSE(event.is_set());
  event.set();
  event.set();
  co_await waits;
  EXPECT_EQ(order, std::vector<int>{1}) << "it is woken once";
  EXPECT_EQ(event.describe(), "<Event set>");
}
// EventTests.test_clear_with_waiters
TEST_P(EventEverywhere, wakes_one_that_waits_once_however_often_it_is_set) { run_here(set_and_cleared_again()); }

Coro<void> cancelled_wait() {
  Event event;
  const auto waits = [](Event* given) -> Coro<void> { co_await given->wait(); };
  const Task<void> task = create_task(waits(&event));
  get_running_loop().call_soon([task] { task.cancel(); });
  co_await wait(only(task));
  EXPECT_TRUE(task.cancelled());
  EXPECT_EQ(event.describe(), "<Event unset>") << "nobody waits";
}
// EventTests.test_wait_cancel
TEST_P(EventEverywhere, forgets_one_whose_wait_was_cancelled) { run_here(cancelled_wait()); }

}  // namespace
}  // namespace weft::tests
