// What CPython's test_queues.py checks of queues that get and put.
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "task/settings.h"
#include "weft/primitives/event.h"
#include "weft/primitives/queue.h"

namespace weft::tests {
namespace {

class QueuesEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, QueuesEverywhere, every_setting, setting_name);

Coro<int> gets(Queue<int>& queue) { co_return co_await queue.get(); }
Coro<void> puts(Queue<int>& queue, int item) { co_await queue.put(item); }

Coro<void> descriptions() {
  Queue<int> queue;
  EXPECT_EQ(queue.describe(), "<Queue size=0>");
  const Task<int> getter = create_task(gets(queue));
  co_await sleep(1ms);
  EXPECT_EQ(queue.describe(), "<Queue size=0 getters=1>");
  queue.put_nowait(0);
  EXPECT_EQ(co_await getter, 0);

  Queue<int> bounded(1);
  bounded.put_nowait(1);
  const Task<void> putter = create_task(puts(bounded, 2));
  co_await sleep(1ms);
  EXPECT_EQ(bounded.describe(), "<Queue maxsize=1 size=1 putters=1 unfinished=1>");
  bounded.get_nowait();
  co_await putter;
  EXPECT_EQ(bounded.describe(), "<Queue maxsize=1 size=1 unfinished=2>");
}
// QueueBasicTests.test_repr, test_str
TEST_P(QueuesEverywhere, say_how_many_items_they_have_and_who_waits) { run_here(descriptions()); }

Coro<void> emptiness() {
  Queue<int> queue;
  EXPECT_TRUE(queue.empty());
  EXPECT_FALSE(queue.full());
  co_await queue.put(1);
  EXPECT_FALSE(queue.empty());
  EXPECT_FALSE(queue.full());
  EXPECT_EQ(co_await queue.get(), 1);
  EXPECT_TRUE(queue.empty());
  Queue<int> bounded(1);
  co_await bounded.put(1);
  EXPECT_TRUE(bounded.full());
}
// QueueBasicTests.test_empty, test_full; QueueGetTests.test_blocking_get; QueuePutTests.test_blocking_put
TEST_P(QueuesEverywhere, say_whether_they_are_empty_or_full) { run_here(emptiness()); }

Coro<void> order() {
  Queue<int> queue;
  for (const int item : {1, 3, 2}) co_await queue.put(item);
  for (const int item : {1, 3, 2}) EXPECT_EQ(co_await queue.get(), item);
}
// QueueBasicTests.test_order
TEST_P(QueuesEverywhere, give_their_items_in_the_order_of_the_puts) { run_here(order()); }

Coro<bool> puts_and_notes(Queue<int>& queue, std::vector<int>& put) {
  for (int i = 0; i < 3; ++i) {
    co_await queue.put(i);
    put.push_back(i);
  }
  co_return true;
}
Coro<void> bound() {
  Queue<int> queue(2);
  EXPECT_EQ(queue.maxsize(), 2);
  std::vector<int> put;
  const Task<bool> putter = create_task(puts_and_notes(queue, put));
  co_await sleep(1ms);
  EXPECT_EQ(put, (std::vector<int>{0, 1}));
  EXPECT_EQ(co_await queue.get(), 0);
  co_await sleep(1ms);
  EXPECT_EQ(put, (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(co_await queue.get(), 1);
  EXPECT_EQ(co_await queue.get(), 2);
  EXPECT_TRUE(putter.done());
  EXPECT_TRUE(co_await putter);
}
// QueueBasicTests.test_maxsize
TEST_P(QueuesEverywhere, let_no_more_in_than_their_maxsize) { run_here(bound()); }

Coro<int> gets_later(Queue<int>& queue, Event& started, bool& finished) {
  started.set();
  const int item = co_await queue.get();
  finished = true;
  co_return item;
}
Coro<void> late_item() {
  Queue<int> queue;
  Event started;
  bool finished = false;
  const Task<int> getter = create_task(gets_later(queue, started, finished));
  co_await started.wait();
  co_await sleep(1ms);
  EXPECT_FALSE(finished);
  get_running_loop().call_later(10ms, [&queue] { queue.put_nowait(1); });
  EXPECT_EQ(co_await getter, 1);
  EXPECT_TRUE(finished);
}
// QueueGetTests.test_blocking_get_wait; QueuePutTests.test_put_with_waiting_getters
TEST_P(QueuesEverywhere, let_a_getter_wait_until_something_is_put) { run_here(late_item()); }

Coro<void> puts_two(Queue<int>& queue, Event& started, bool& finished) {
  started.set();
  co_await queue.put(1);
  co_await queue.put(2);
  finished = true;
}
Coro<void> late_room() {
  Queue<int> queue(1);
  Event started;
  bool finished = false;
  const Task<void> putter = create_task(puts_two(queue, started, finished));
  co_await started.wait();
  co_await sleep(1ms);
  EXPECT_FALSE(finished);
  get_running_loop().call_later(10ms, [&queue] { EXPECT_EQ(queue.get_nowait(), 1); });
  co_await putter;
  EXPECT_TRUE(finished);
  EXPECT_EQ(queue.get_nowait(), 2);
}
// QueuePutTests.test_blocking_put_wait
TEST_P(QueuesEverywhere, let_a_putter_wait_until_something_is_got) { run_here(late_room()); }

// QueueGetTests.test_nonblocking_get, test_nonblocking_get_exception; QueuePutTests.test_nonblocking_put, test_nonblocking_put_exception
TEST(Queues, work_without_a_loop_where_nobody_waits) {
  Queue<int> queue(1);
  EXPECT_THROW(queue.get_nowait(), QueueEmpty);
  queue.put_nowait(1);
  EXPECT_THROW(queue.put_nowait(2), QueueFull);
  EXPECT_EQ(queue.get_nowait(), 1);
  EXPECT_THROW(queue.get_nowait(), QueueEmpty);
}

Coro<void> getter_and_putters() {
  Queue<int> queue(1);
  const Task<void> first = create_task(puts(queue, 'a'));
  co_await sleep(1ms);
  const Task<void> second = create_task(puts(queue, 'b'));
  EXPECT_EQ(co_await queue.get(), 'a');
  EXPECT_EQ(co_await queue.get(), 'b');
  co_await first;
  co_await second;
}
// QueueGetTests.test_get_with_waiting_putters
TEST_P(QueuesEverywhere, give_a_getter_what_a_putter_waits_with) { run_here(getter_and_putters()); }

Coro<void> produces(Queue<int>& queue, int count) {
  for (int i = 0; i < count; ++i) co_await queue.put(i);
}
Coro<void> consumes(Queue<int>& queue, int count) {
  for (int i = 0; i < count; ++i) EXPECT_EQ(co_await queue.get(), i);
}
Coro<void> one_at_a_time() {
  Queue<int> queue(1);
  const auto block = [&queue](TaskGroup& group) -> Coro<void> {
    group.create_task(produces(queue, 5));
    group.create_task(consumes(queue, 5));
    co_return;
  };
  co_await with_task_group(block);
  EXPECT_EQ(queue.describe(), "<Queue maxsize=1 size=0 unfinished=5>");
}
// QueueGetTests.test_why_are_getters_waiting
TEST_P(QueuesEverywhere, that_take_one_item_pass_on_one_after_another) { run_here(one_at_a_time()); }

Coro<void> late_getter() {
  Queue<int> queue(5);
  EXPECT_THROW(co_await wait_for(gets(queue), 100ms), TimeoutError);
  EXPECT_EQ(queue.describe(), "<Queue maxsize=5 size=0>");
}
// QueueGetTests.test_cancelled_getters_not_being_held_in_self_getters
TEST_P(QueuesEverywhere, forget_a_getter_whose_time_is_up) { run_here(late_getter()); }

// The item that the task got, or the first one that is there after its cancel.
Coro<int> settle(const Task<int>& getter, Queue<int>& queue) {
  co_await wait(only(getter));
  if (!getter.cancelled()) co_return co_await getter;
  co_return co_await queue.get();
}
Coro<void> woken_getter() {
  Queue<int> queue;
  const Task<int> getter = create_task(gets(queue));
  co_await sleep(1ms);
  queue.put_nowait(1);
  queue.put_nowait(2);
  getter.cancel();
  EXPECT_EQ(co_await settle(getter, queue), 1);
  EXPECT_EQ(co_await queue.get(), 2);
}
// QueuePutTests.test_get_cancel_drop_one_pending_reader
TEST_P(QueuesEverywhere, keep_the_item_of_a_getter_that_is_cancelled_after_its_wake_up) { run_here(woken_getter()); }

Coro<void> woken_getters() {
  Queue<int> queue;
  std::vector<Task<int>> getters;
  for (int i = 0; i < 3; ++i) getters.push_back(create_task(gets(queue)));
  co_await sleep(1ms);
  queue.put_nowait(1);
  queue.put_nowait(2);
  getters[0].cancel();
  co_await wait(only(getters[0]));
  // On several workers it may have been faster; then one more is needed for the others.
  int sum = 0;
  if (!getters[0].cancelled()) {
    sum += co_await getters[0];
    queue.put_nowait(3);
  }
  sum += co_await getters[1];
  sum += co_await getters[2];
  EXPECT_EQ(sum, getters[0].cancelled() ? 1 + 2 : 1 + 2 + 3);
  if (get_running_loop().order() == Order::asyncio) {
    EXPECT_TRUE(getters[0].cancelled());
  }
  EXPECT_TRUE(queue.empty());
}
// QueuePutTests.test_get_cancel_drop_many_pending_readers
TEST_P(QueuesEverywhere, wake_the_next_getter_in_place_of_a_cancelled_one) { run_here(woken_getters()); }

Coro<void> woken_putter() {
  Queue<int> queue(1);
  queue.put_nowait(1);
  const Task<void> putter = create_task(puts(queue, 2));
  co_await sleep(1ms);
  EXPECT_EQ(queue.get_nowait(), 1);
  putter.cancel();
  co_await wait(only(putter));
  if (get_running_loop().order() == Order::asyncio) {
    EXPECT_TRUE(putter.cancelled());
  }
  if (putter.cancelled()) co_await queue.put(2);
  EXPECT_EQ(queue.get_nowait(), 2);
  EXPECT_EQ(queue.qsize(), 0u);
}
// QueuePutTests.test_put_cancel_drop, test_cancelled_put_silence_value_error_exception
TEST_P(QueuesEverywhere, put_once_or_not_at_all_when_a_putter_is_cancelled_after_its_wake_up) {
  run_here(woken_putter());
}

Coro<bool> puts_one(Queue<int>& queue) {
  co_await queue.put(1);
  co_return true;
}
Coro<void> putter_of_a_getter() {
  Queue<int> queue;
  const Task<bool> putter = create_task(puts_one(queue));
  EXPECT_EQ(co_await queue.get(), 1);
  co_await sleep(1ms);
  EXPECT_TRUE(putter.done());
  EXPECT_TRUE(co_await putter);
}
// QueuePutTests.test_put_cancelled
TEST_P(QueuesEverywhere, let_a_putter_go_on_at_once_when_there_is_room) { run_here(putter_of_a_getter()); }

Coro<void> cancelled_among_putters() {
  Queue<int> queue(1);
  std::vector<Task<void>> putters;
  for (const int item : {'a', 'b', 'X'}) {
    putters.push_back(create_task(puts(queue, item)));
    co_await sleep(1ms);
  }
  EXPECT_TRUE(putters[0].done());
  EXPECT_FALSE(putters[1].done());
  putters[2].cancel();
  co_await sleep(1ms);
  EXPECT_TRUE(putters[2].cancelled());
  EXPECT_EQ(queue.get_nowait(), 'a');
  co_await sleep(1ms);
  EXPECT_EQ(queue.get_nowait(), 'b');
  co_await putters[1];
  EXPECT_TRUE(queue.empty());
}
// QueuePutTests.test_put_cancelled_race
TEST_P(QueuesEverywhere, leave_the_other_putters_in_line_when_one_is_cancelled) { run_here(cancelled_among_putters()); }

Coro<void> gets_all_that_is_there(Queue<int>& queue) {
  co_await sleep(1ms);
  for (std::uint64_t left = queue.qsize(); left != 0; --left) queue.get_nowait();
}
Coro<void> many_putters() {
  Queue<int> queue(2);
  const auto block = [&queue](TaskGroup& group) -> Coro<void> {
    group.create_task(gets_all_that_is_there(queue));
    for (int i = 0; i < 4; ++i) group.create_task(puts(queue, i));
    co_return;
  };
  co_await with_task_group(block);
  EXPECT_EQ(queue.describe(), "<Queue maxsize=2 size=2 unfinished=4>");
}
// QueuePutTests.test_why_are_putters_waiting
TEST_P(QueuesEverywhere, wake_as_many_putters_as_items_were_got) { run_here(many_putters()); }

Coro<void> forgotten_putter() {
  Queue<int> queue(1);
  queue.put_nowait(1);
  const Task<void> putter = create_task(puts(queue, 1));
  co_await sleep(1ms);
  EXPECT_EQ(queue.describe(), "<Queue maxsize=1 size=1 putters=1 unfinished=1>");
  putter.cancel();
  EXPECT_THROW(co_await putter, CancelledError);
  EXPECT_EQ(queue.describe(), "<Queue maxsize=1 size=1 unfinished=1>");
}
// QueuePutTests.test_cancelled_puts_not_being_held_in_self_putters
TEST_P(QueuesEverywhere, forget_a_putter_that_is_cancelled) { run_here(forgotten_putter()); }

}  // namespace
}  // namespace weft::tests
