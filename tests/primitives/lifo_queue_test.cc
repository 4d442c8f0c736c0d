#include "weft/primitives/lifo_queue.h"

#include <gtest/gtest.h>

#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class LifoQueueEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, LifoQueueEverywhere, every_setting, setting_name);

Coro<void> newest_first() {
  LifoQueue<int> queue(3);
  for (int i = 0; i < 3; ++i) co_await queue.put(i);
  EXPECT_FALSE(queue.try_put(4));
  EXPECT_EQ(queue.describe(), "<LifoQueue maxsize=3 size=3 unfinished=3>");
  for (int i = 2; i >= 0; --i) EXPECT_EQ(co_await queue.get(), i);
  EXPECT_FALSE(queue.try_get());
}
TEST_P(LifoQueueEverywhere, gives_the_newest_item_first) { run_here(newest_first()); }

Coro<int> gets(LifoQueue<int>& queue) { co_return co_await queue.get(); }
Coro<void> waits() {
  LifoQueue<int> queue;
  const Task<int> getter = create_task(gets(queue));
  co_await sleep(1ms);
  EXPECT_EQ(queue.describe(), "<LifoQueue size=0 getters=1>");
  std::vector<int> items(3, 7);
  co_await queue.put_many(items);
  EXPECT_EQ(co_await getter, 7);
  EXPECT_EQ((co_await queue.get_many(5)).size(), 2u);
}
TEST_P(LifoQueueEverywhere, waits_for_an_item) { run_here(waits()); }

}  // namespace
}  // namespace weft::tests
