#include "weft/primitives/event.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class EventEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, EventEverywhere, every_setting, setting_name);

Coro<void> waits_in(Event& event, std::atomic<int>& gone_on) {
  EXPECT_TRUE(co_await event.wait());
  ++gone_on;
}

Coro<void> states() {
  Event event;
  EXPECT_EQ(event.describe(), "<Event unset>");
  event.set();
  EXPECT_TRUE(event.is_set());
  EXPECT_TRUE(co_await event.wait());
  event.set();
  event.clear();
  EXPECT_FALSE(event.is_set());
  event.clear();
  EXPECT_EQ(event.describe(), "<Event unset>");
}
TEST_P(EventEverywhere, is_set_and_cleared) { run_here(states()); }

Coro<void> many(int count) {
  Event event;
  std::atomic<int> gone_on = 0;
  std::vector<Task<void>> tasks;
  for (int i = 0; i < count; ++i) tasks.push_back(create_task(waits_in(event, gone_on)));
  co_await sleep(1ms);
  EXPECT_EQ(event.describe(), "<Event unset, " + std::to_string(count) + " waiting>");
  tasks[1].cancel();
  co_await wait(only(tasks[1]));
  event.set();
  event.clear();
  co_await wait(tasks);
  EXPECT_EQ(gone_on, count - 1);
  EXPECT_TRUE(tasks[1].cancelled());
  EXPECT_EQ(event.describe(), "<Event unset>");
}
TEST_P(EventEverywhere, wakes_all_that_wait_though_it_is_cleared_at_once) { run_here(many(1000)); }

Coro<void> waits_again(Event& event, int rounds) {
  for (int i = 0; i < rounds; ++i) co_await event.wait();
}
Coro<void> set_from_outside() {
  Event event;
  std::atomic<bool> over = false;
  std::thread setter([&] {
    while (!over) {
      event.set();
      event.clear();
    }
    event.set();
  });
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 8; ++i) tasks.push_back(create_task(waits_again(event, 200)));
  co_await sleep(5ms);
  over = true;
  for (const Task<void>& task : tasks) co_await task;
  setter.join();
}
TEST(Event, is_set_by_other_threads_while_tasks_come_and_wait) { run(set_from_outside(), {.workers = 4}); }

TEST(Event, outlives_a_loop_that_is_closed_while_tasks_wait_for_it) {
  Event event;
  std::atomic<int> gone_on = 0;
  {
    EventLoop loop(RunOptions{.workers = 1});
    loop.set_exception_handler([](const ExceptionContext&) {});
    const auto leave = [&]() -> Coro<void> {
      for (int i = 0; i < 3; ++i) create_task(waits_in(event, gone_on));
      co_await sleep(1ms);
    };
    loop.run_until_complete(leave());
  }
  EXPECT_EQ(event.describe(), "<Event unset>");
  event.set();
  EXPECT_EQ(gone_on, 0);
}

}  // namespace
}  // namespace weft::tests
