#include "weft/primitives/priority_queue.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class PriorityQueueEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, PriorityQueueEverywhere, every_setting, setting_name);

Coro<void> least_first() {
  PriorityQueue<int> queue(4);
  for (const int item : {1, 3, 2, 0}) co_await queue.put(item);
  EXPECT_TRUE(queue.full());
  EXPECT_THROW(queue.put_nowait(9), QueueFull);
  EXPECT_EQ(queue.describe(), "<PriorityQueue maxsize=4 size=4 unfinished=4>");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(co_await queue.get(), i);
  EXPECT_THROW(queue.get_nowait(), QueueEmpty);
  queue.task_done(4);
  co_await queue.join();
}
TEST_P(PriorityQueueEverywhere, gives_the_least_item_first) { run_here(least_first()); }

Coro<void> puts_some(PriorityQueue<int>& queue, int first) {
  for (int i = first; i < 300; i += 3) co_await queue.put(i);
}
Coro<void> waiting() {
  PriorityQueue<int> queue(10);
  std::vector<Task<void>> putters;
  for (int i = 0; i < 3; ++i) putters.push_back(create_task(puts_some(queue, i)));
  long sum = 0;
  for (int i = 0; i < 300; ++i) sum += co_await queue.get();
  for (const Task<void>& putter : putters) co_await putter;
  EXPECT_EQ(sum, 300 * 299 / 2);
  EXPECT_TRUE(queue.empty());
}
TEST_P(PriorityQueueEverywhere, waits_for_room_and_for_items) { run_here(waiting()); }

Coro<void> shut_down() {
  PriorityQueue<int> queue;
  for (int i = 5; i > 0; --i) queue.put_nowait(i);
  queue.get_nowait();
  queue.shutdown(true);
  EXPECT_EQ(queue.describe(), "<PriorityQueue size=0 unfinished=1 shutdown>");
  EXPECT_THROW(co_await queue.get(), QueueShutDown);
}
TEST_P(PriorityQueueEverywhere, that_is_shut_down_immediately_drops_its_items) { run_here(shut_down()); }

struct Refuses {
  bool operator()(int a, int b) const {
    if (a == 13 || b == 13) throw ValueError("13 is not compared");
    return a < b;
  }
};
Coro<void> failing_comparison() {
  PriorityQueue<int, Refuses> queue;
  for (const int item : {5, 3, 4}) queue.put_nowait(item);
  EXPECT_THROW(queue.put_nowait(13), ValueError);
  EXPECT_THROW(co_await queue.put(13), ValueError);
  EXPECT_EQ(queue.qsize(), 3u);
  EXPECT_EQ(queue.describe(), "<PriorityQueue size=3 unfinished=3>");
  for (const int item : {3, 4, 5}) EXPECT_EQ(co_await queue.get(), item);
}
TEST_P(PriorityQueueEverywhere, is_as_before_when_a_comparison_throws) { run_here(failing_comparison()); }

TEST(PriorityQueue, takes_items_that_can_only_be_moved_and_an_order_of_ones_own) {
  const auto greater = [](const std::unique_ptr<int>& a, const std::unique_ptr<int>& b) { return *a > *b; };
  PriorityQueue<std::unique_ptr<int>, decltype(greater)> queue(0, "jobs", greater);
  for (const int item : {1, 3, 2}) queue.put_nowait(std::make_unique<int>(item));
  EXPECT_EQ(*queue.get_nowait(), 3);
  EXPECT_EQ(queue.describe(), "<PriorityQueue 'jobs' size=2 unfinished=3>");
}

}  // namespace
}  // namespace weft::tests
