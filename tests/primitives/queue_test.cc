#include "weft/primitives/queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <limits>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "primitives/said_by.h"
#include "task/settings.h"

namespace weft::tests {
namespace {

class QueueEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, QueueEverywhere, every_setting, setting_name);

Coro<void> nowait() {
  Queue<int> queue(2);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.maxsize(), 2);
  EXPECT_EQ(queue.describe(), "<Queue maxsize=2 size=0>");
  EXPECT_EQ(said_by<QueueEmpty>([&] { queue.get_nowait(); }),
            "get_nowait(): <Queue maxsize=2 size=0> is empty; co_await get() waits for an item");
  queue.put_nowait(1);
  EXPECT_FALSE(queue.empty());
  EXPECT_FALSE(queue.full());
  queue.put_nowait(2);
  EXPECT_TRUE(queue.full());
  EXPECT_EQ(said_by<QueueFull>([&] { queue.put_nowait(3); }),
            "put_nowait(): <Queue maxsize=2 size=2 unfinished=2> is full; co_await put() waits for room");
  EXPECT_EQ(queue.get_nowait(), 1);
  EXPECT_EQ(co_await queue.get(), 2);
  EXPECT_EQ(queue.qsize(), 0u);
  EXPECT_EQ(queue.describe(), "<Queue maxsize=2 size=0 unfinished=2>");
}
TEST_P(QueueEverywhere, gives_items_in_the_order_of_their_coming_without_waiting) { run_here(nowait()); }

Coro<void> unbounded() {
  Queue<int> queue;
  for (int i = 0; i < 1000; ++i) co_await queue.put(i);
  EXPECT_FALSE(queue.full());
  EXPECT_EQ(queue.qsize(), 1000u);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(co_await queue.get(), i);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(Queue<int>(-7).maxsize(), -7) << "as given; it means no bound";
}
TEST_P(QueueEverywhere, without_a_maxsize_takes_everything) { run_here(unbounded()); }

Coro<void> puts_all(Queue<int>& queue, int first, int count) {
  for (int i = first; i < first + count; ++i) co_await queue.put(i);
}
Coro<long> gets_until_shut_down(Queue<int>& queue) {
  long sum = 0;
  try {
    for (;;) {
      sum += co_await queue.get();
      queue.task_done();
    }
  } catch (const QueueShutDown&) {
  }
  co_return sum;
}
Coro<void> many_to_many() {
  Queue<int> queue(5);
  std::vector<Task<void>> producers;
  std::vector<Task<long>> consumers;
  for (int i = 0; i < 4; ++i) consumers.push_back(create_task(gets_until_shut_down(queue)));
  for (int i = 0; i < 4; ++i) producers.push_back(create_task(puts_all(queue, 500 * i, 500)));
  for (const Task<void>& producer : producers) co_await producer;
  co_await queue.join();
  queue.shutdown();
  long sum = 0;
  for (const Task<long>& consumer : consumers) sum += co_await consumer;
  EXPECT_EQ(sum, 2000l * 1999 / 2);
  EXPECT_EQ(queue.describe(), "<Queue maxsize=5 size=0 shutdown>");
}
TEST_P(QueueEverywhere, passes_each_item_to_one_getter) { run_here(many_to_many()); }

Coro<int> gets(Queue<int>& queue) { co_return co_await queue.get(); }
Coro<void> puts(Queue<int>& queue, int item) { co_await queue.put(item); }

Coro<void> lines() {
  Queue<int> queue(1);
  std::vector<Task<int>> getters;
  for (int i = 0; i < 3; ++i) {
    getters.push_back(create_task(gets(queue)));
    co_await sleep(1ms);
  }
  EXPECT_EQ(queue.describe(), "<Queue maxsize=1 size=0 getters=3>");
  for (int i = 0; i < 3; ++i) {
    queue.put_nowait(i);
    EXPECT_EQ(co_await getters[static_cast<std::size_t>(i)], i);
  }
  std::vector<Task<void>> putters;
  for (int i = 0; i < 3; ++i) {
    putters.push_back(create_task(puts(queue, i)));
    co_await sleep(1ms);
  }
  EXPECT_EQ(queue.describe(), "<Queue maxsize=1 size=1 putters=2 unfinished=4>");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(queue.get_nowait(), i);
    co_await sleep(1ms);
  }
}
TEST_P(QueueEverywhere, lets_those_that_wait_go_on_in_the_order_of_their_coming) { run_here(lines()); }

Coro<void> cancelled_getter() {
  Queue<int> queue;
  const Task<int> first = create_task(gets(queue));
  co_await sleep(1ms);
  const Task<int> second = create_task(gets(queue));
  co_await sleep(1ms);
  first.cancel();
  co_await wait(std::vector<Task<int>>(1, first));
  EXPECT_TRUE(first.cancelled());
  EXPECT_EQ(queue.describe(), "<Queue size=0 getters=1>");
  queue.put_nowait(7);
  EXPECT_EQ(co_await second, 7);
}
TEST_P(QueueEverywhere, loses_nothing_to_a_getter_that_is_cancelled) { run_here(cancelled_getter()); }

Coro<void> cancelled_putter() {
  Queue<std::unique_ptr<int>> queue(1);
  queue.put_nowait(std::make_unique<int>(1));
  auto mine = std::make_unique<int>(2);
  const auto body = [&]() -> Coro<void> { co_await queue.put_from(mine); };
  const Task<void> putter = create_task(body());
  co_await sleep(1ms);
  putter.cancel();
  co_await wait(std::vector<Task<void>>(1, putter));
  EXPECT_NE(mine, nullptr) << "what was not put stays with the caller";
  EXPECT_EQ(*queue.get_nowait(), 1);
  co_await queue.put_from(mine);
  EXPECT_EQ(mine, nullptr);
  EXPECT_EQ(**queue.try_get(), 2);
  EXPECT_FALSE(queue.try_get());
}
TEST_P(QueueEverywhere, leaves_the_item_of_a_cancelled_put_from_with_its_owner) { run_here(cancelled_putter()); }

TEST(Queue, leaves_a_refused_item_of_put_nowait_with_its_owner) {
  Queue<std::unique_ptr<int>> queue(1);
  auto item = std::make_unique<int>(1);
  queue.put_nowait(std::move(item));
  item = std::make_unique<int>(2);
  EXPECT_THROW(queue.put_nowait(std::move(item)), QueueFull);
  EXPECT_NE(item, nullptr);
  EXPECT_FALSE(queue.try_put(std::move(item)));
  EXPECT_NE(item, nullptr);
  queue.shutdown();
  EXPECT_THROW(queue.put_nowait(std::move(item)), QueueShutDown);
  EXPECT_NE(item, nullptr);
}

Coro<void> joins(Queue<int>& queue, std::atomic<int>& joined) {
  co_await queue.join();
  ++joined;
}
Coro<void> join_accounting() {
  Queue<int> queue;
  co_await queue.join();
  EXPECT_EQ(said_by<ValueError>([&] { queue.task_done(); }),
            "task_done() called too many times: 1 at once, but 0 items are unfinished");
  for (int i = 0; i < 3; ++i) queue.put_nowait(i);
  std::atomic<int> joined = 0;
  std::vector<Task<void>> joiners;
  for (int i = 0; i < 2; ++i) joiners.push_back(create_task(joins(queue, joined)));
  co_await sleep(1ms);
  for (int i = 0; i < 3; ++i) queue.get_nowait();
  co_await sleep(1ms);
  EXPECT_EQ(joined, 0);
  queue.task_done();
  EXPECT_EQ(said_by<ValueError>([&] { queue.task_done(3); }),
            "task_done() called too many times: 3 at once, but 2 items are unfinished");
  EXPECT_THROW(queue.task_done(std::numeric_limits<std::uint64_t>::max()), ValueError);
  queue.task_done(2);
  for (const Task<void>& joiner : joiners) co_await joiner;
  EXPECT_EQ(queue.describe(), "<Queue size=0>");
}
TEST_P(QueueEverywhere, is_joined_when_every_item_was_worked_on) { run_here(join_accounting()); }

Coro<void> shut_down() {
  Queue<int> queue(2, "jobs");
  queue.put_nowait(1);
  queue.put_nowait(2);
  const Task<void> putter = create_task(puts(queue, 3));
  co_await sleep(1ms);
  queue.shutdown();
  EXPECT_THROW(co_await putter, QueueShutDown);
  EXPECT_EQ(said_by<QueueShutDown>([&] { queue.put_nowait(4); }),
            "<Queue 'jobs' maxsize=2 size=2 unfinished=2 shutdown> was shut down");
  EXPECT_EQ(co_await queue.get(), 1);
  EXPECT_EQ(queue.get_nowait(), 2);
  EXPECT_THROW(co_await queue.get(), QueueShutDown);
  EXPECT_THROW(queue.get_nowait(), QueueShutDown);
  EXPECT_THROW(co_await queue.put(5), QueueShutDown);
  queue.task_done(2);
  queue.shutdown();
}
TEST_P(QueueEverywhere, that_is_shut_down_gives_what_it_has_and_takes_no_more) { run_here(shut_down()); }

Coro<void> shut_down_at_once() {
  Queue<int> queue;
  for (int i = 0; i < 100; ++i) queue.put_nowait(i);
  std::atomic<int> joined = 0;
  const Task<void> joiner = create_task(joins(queue, joined));
  co_await sleep(1ms);
  queue.get_nowait();
  queue.shutdown(true);
  EXPECT_EQ(queue.describe(), "<Queue size=0 unfinished=1 shutdown>");
  co_await sleep(1ms);
  EXPECT_EQ(joined, 0) << "one item is still being worked on";
  queue.task_done();
  co_await joiner;
  EXPECT_THROW(co_await queue.get(), QueueShutDown);
}
TEST_P(QueueEverywhere, that_is_shut_down_immediately_counts_what_it_drops_as_done) { run_here(shut_down_at_once()); }

Coro<void> waiting_getters_of_a_shut_down_queue() {
  Queue<int> queue;
  std::vector<Task<int>> getters;
  for (int i = 0; i < 3; ++i) getters.push_back(create_task(gets(queue)));
  co_await sleep(1ms);
  queue.shutdown();
  for (const Task<int>& getter : getters) EXPECT_THROW(co_await getter, QueueShutDown);
}
TEST_P(QueueEverywhere, that_is_shut_down_wakes_all_that_wait) { run_here(waiting_getters_of_a_shut_down_queue()); }

Coro<void> puts_many(Queue<int>& queue, std::vector<int>& items) { co_await queue.put_many(items); }
Coro<void> batches() {
  Queue<int> queue(100);
  std::vector<int> items(350);
  std::iota(items.begin(), items.end(), 0);
  const Task<void> putter = create_task(puts_many(queue, items));
  int next = 0;
  while (next < 350) {
    const std::vector<int> got = co_await queue.get_many(80);
    EXPECT_GE(got.size(), 1u);
    EXPECT_LE(got.size(), 80u);
    for (const int item : got) EXPECT_EQ(item, next++);
    queue.task_done(got.size());
  }
  co_await putter;
  EXPECT_TRUE(items.empty());
  co_await queue.join();
  EXPECT_EQ(queue.describe(), "<Queue maxsize=100 size=0>");
}
TEST_P(QueueEverywhere, takes_and_gives_many_items_at_once) { run_here(batches()); }

Coro<void> cut_batch() {
  Queue<int> queue(2);
  std::vector<int> items(5);
  std::iota(items.begin(), items.end(), 0);
  const Task<void> putter = create_task(puts_many(queue, items));
  co_await sleep(1ms);
  putter.cancel();
  co_await wait(std::vector<Task<void>>(1, putter));
  EXPECT_EQ(items, (std::vector<int>{2, 3, 4})) << "what was not put stays with the caller";
  EXPECT_EQ(queue.qsize(), 2u);
  queue.shutdown();
  EXPECT_THROW(co_await queue.put_many(items), QueueShutDown);
  EXPECT_EQ(items.size(), 3u);
  co_await queue.get_many(10);
  std::vector<int> none;
  co_await queue.put_many(none);
}
TEST_P(QueueEverywhere, leaves_what_a_cancelled_put_many_did_not_put) { run_here(cut_batch()); }

// Its move fails when it is told to.
struct Brittle {
  explicit Brittle(int number) : value(number) {}
  Brittle(Brittle&& other) : value(other.value) {
    if (other.fails) throw RuntimeError("the move failed");
    other.value = -1;
  }
  Brittle& operator=(Brittle&& other) noexcept {
    value = std::exchange(other.value, -1);
    return *this;
  }
  int value;
  bool fails = false;
};
Coro<void> throwing_moves() {
  Queue<Brittle> queue(1);
  Brittle item(1);
  item.fails = true;
  EXPECT_THROW(queue.put_nowait(std::move(item)), RuntimeError);
  EXPECT_EQ(item.value, 1);
  EXPECT_TRUE(queue.empty());
  item.fails = false;
  co_await queue.put(std::move(item));
  item.value = 2;
  EXPECT_THROW(queue.put_nowait(std::move(item)), QueueFull);
  EXPECT_EQ(item.value, 2);
  const Brittle got = co_await queue.get();
  EXPECT_EQ(got.value, 1);
}
TEST_P(QueueEverywhere, keeps_its_order_when_the_move_of_an_item_throws) { run_here(throwing_moves()); }

TEST(Queue, refuses_a_size_that_overflows) {
  EXPECT_EQ(said_by<ValueError>([] { Queue<int> queue(std::numeric_limits<std::int64_t>::max()); }),
            "Queue: maxsize must be at most 1152921504606846975, but 9223372036854775807 was given; 0 means no bound");
}

TEST(Queue, may_be_a_local_of_a_coroutine_whose_frame_nobody_aligns) {
  EXPECT_LE(alignof(Queue<long>), alignof(std::max_align_t));
}

TEST(Queue, destroys_what_is_left_in_it) {
  const auto item = std::make_shared<int>(1);
  {
    Queue<std::shared_ptr<int>> queue;
    for (int i = 0; i < 200; ++i) queue.put_nowait(item);
    for (int i = 0; i < 70; ++i) queue.get_nowait();
    EXPECT_EQ(item.use_count(), 131);
  }
  EXPECT_EQ(item.use_count(), 1);
}

Coro<void> from_other_threads() {
  Queue<int> queue(8);
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&queue] {
      for (int i = 0; i < 500; ++i) {
        while (!queue.try_put(1)) std::this_thread::yield();
      }
    });
  }
  int sum = 0;
  for (int i = 0; i < 1000; ++i) sum += co_await queue.get();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sum, 1000);
}
TEST_P(QueueEverywhere, takes_items_from_threads_that_run_no_loop) {
  run(from_other_threads(), {.workers = GetParam().workers, .order = GetParam().order});
}

}  // namespace
}  // namespace weft::tests
