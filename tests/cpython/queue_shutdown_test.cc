// What CPython's test_queues.py checks of join and shutdown, of each kind of queue.
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "task/settings.h"
#include "weft/primitives/lifo_queue.h"
#include "weft/primitives/priority_queue.h"
#include "weft/primitives/queue.h"

namespace weft::tests {
namespace {

class EachQueueEverywhere : public EverySetting {
 protected:
  template <class Function>
  void run_with_each(Function test) {
    run_here(with<Queue<int>>(test, "Queue"));
    run_here(with<LifoQueue<int>>(test, "LifoQueue"));
    run_here(with<PriorityQueue<int>>(test, "PriorityQueue"));
  }

 private:
  template <class Kind, class Function>
  static Coro<void> with(Function test, std::string name) {
    Kind queue(0);
    co_await test(queue, name);
  }
};
INSTANTIATE_TEST_SUITE_P(workers, EachQueueEverywhere, every_setting, setting_name);

template <class Kind>
Coro<void> refuses_all(Kind& queue) {
  EXPECT_THROW(co_await queue.put(1), QueueShutDown);
  EXPECT_THROW(queue.put_nowait(1), QueueShutDown);
  EXPECT_THROW(co_await queue.get(), QueueShutDown);
  EXPECT_THROW(queue.get_nowait(), QueueShutDown);
}
template <class Kind>
Coro<int> gets(Kind& queue) {
  co_return co_await queue.get();
}
template <class Kind>
Coro<void> puts(Kind& queue, int item) {
  co_await queue.put(item);
}
template <class Kind>
Coro<void> joins(Kind& queue) {
  co_await queue.join();
}

// _QueueJoinTestMixin.test_task_done_underflow, test_join_empty_queue
TEST_P(EachQueueEverywhere, has_nothing_to_join_while_nothing_was_put) {
  run_with_each([](auto& queue, const std::string&) -> Coro<void> {
    EXPECT_THROW(queue.task_done(), ValueError);
    co_await queue.join();
    co_await queue.join();
  });
}

template <class Kind>
Coro<void> works(Kind& queue, std::atomic<int>& sum, std::atomic<bool>& running) {
  while (running) {
    sum += co_await queue.get();
    queue.task_done();
  }
}
// _QueueJoinTestMixin.test_task_done
TEST_P(EachQueueEverywhere, is_joined_when_its_workers_have_done_every_item) {
  run_with_each([](auto& queue, const std::string&) -> Coro<void> {
    for (int i = 0; i < 100; ++i) queue.put_nowait(i);
    std::atomic<int> sum = 0;
    std::atomic<bool> running = true;
    const auto block = [&](TaskGroup& group) -> Coro<void> {
      for (int i = 0; i < 2; ++i) group.create_task(works(queue, sum, running));
      co_await queue.join();
      EXPECT_EQ(sum, 100 * 99 / 2);
      running = false;
      for (int i = 0; i < 2; ++i) queue.put_nowait(0);
    };
    co_await with_task_group(block);
  });
}

// _QueueJoinTestMixin.test_format, _QueueShutdownTestMixin.test_format
TEST_P(EachQueueEverywhere, says_how_much_is_unfinished_and_that_it_was_shut_down) {
  run_with_each([](auto& queue, const std::string& name) -> Coro<void> {
    EXPECT_EQ(queue.describe(), "<" + name + " size=0>");
    for (int i = 0; i < 2; ++i) queue.put_nowait(i);
    for (int i = 0; i < 2; ++i) co_await queue.get();
    EXPECT_EQ(queue.describe(), "<" + name + " size=0 unfinished=2>");
    queue.task_done(2);
    queue.shutdown();
    EXPECT_EQ(queue.describe(), "<" + name + " size=0 shutdown>");
  });
}

// _QueueShutdownTestMixin.test_shutdown_empty
TEST_P(EachQueueEverywhere, that_is_empty_and_shut_down_lets_its_getters_go) {
  run_with_each([](auto& queue, const std::string&) -> Coro<void> {
    const Task<int> getter = create_task(gets(queue));
    co_await sleep(1ms);
    queue.shutdown();
    EXPECT_EQ(queue.qsize(), 0u);
    co_await queue.join();
    co_await sleep(1ms);
    EXPECT_TRUE(getter.done());
    EXPECT_THROW(co_await getter, QueueShutDown);
    co_await refuses_all(queue);
  });
}

template <class Kind>
Coro<void> shut_down_with_an_item() {
  Kind queue(1);
  queue.put_nowait(7);
  const Task<void> joiner = create_task(joins(queue));
  const Task<void> putter = create_task(puts(queue, 8));
  co_await sleep(1ms);
  EXPECT_FALSE(putter.done());
  queue.shutdown();
  EXPECT_EQ(queue.qsize(), 1u);
  co_await sleep(1ms);
  EXPECT_TRUE(putter.done());
  EXPECT_THROW(co_await putter, QueueShutDown);
  EXPECT_EQ(co_await queue.get(), 7);
  co_await sleep(1ms);
  EXPECT_FALSE(joiner.done());
  co_await refuses_all(queue);
  queue.task_done();
  co_await sleep(1ms);
  EXPECT_TRUE(joiner.done());
  co_await joiner;
  EXPECT_THROW(queue.task_done(), ValueError);
}
// _QueueShutdownTestMixin.test_shutdown_nonempty
TEST_P(EachQueueEverywhere, that_is_full_and_shut_down_refuses_its_putters_and_gives_what_it_has) {
  run_here(shut_down_with_an_item<Queue<int>>());
  run_here(shut_down_with_an_item<LifoQueue<int>>());
  run_here(shut_down_with_an_item<PriorityQueue<int>>());
}

// _QueueShutdownTestMixin.test_shutdown_immediate
TEST_P(EachQueueEverywhere, that_is_shut_down_immediately_is_joined) {
  run_with_each([](auto& queue, const std::string&) -> Coro<void> {
    queue.put_nowait(7);
    const Task<void> joiner = create_task(joins(queue));
    queue.shutdown(true);
    EXPECT_EQ(queue.qsize(), 0u);
    co_await sleep(1ms);
    EXPECT_TRUE(joiner.done());
    co_await joiner;
    co_await refuses_all(queue);
    EXPECT_THROW(queue.task_done(), ValueError);
  });
}

// _QueueShutdownTestMixin.test_shutdown_immediate_with_unfinished
TEST_P(EachQueueEverywhere, that_is_shut_down_immediately_is_joined_when_what_was_got_is_done) {
  run_with_each([](auto& queue, const std::string&) -> Coro<void> {
    for (int i = 0; i < 2; ++i) queue.put_nowait(7);
    const Task<void> joiner = create_task(joins(queue));
    EXPECT_EQ(co_await queue.get(), 7);
    queue.shutdown(true);
    EXPECT_EQ(queue.qsize(), 0u);
    co_await sleep(1ms);
    EXPECT_FALSE(joiner.done());
    co_await refuses_all(queue);
    queue.task_done();
    EXPECT_THROW(queue.task_done(), ValueError);
    co_await sleep(1ms);
    EXPECT_TRUE(joiner.done());
    co_await joiner;
  });
}

}  // namespace
}  // namespace weft::tests
