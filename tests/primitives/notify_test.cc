#include "weft/primitives/notify.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class NotifyEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, NotifyEverywhere, every_setting, setting_name);

Coro<void> waits_for(Notify& notify, std::atomic<int>& gone_on) {
  co_await notify.notified();
  ++gone_on;
}
Coro<void> in_line(Notify& notify, std::vector<int>& order, int number) {
  co_await notify.notified();
  order.push_back(number);
}

Coro<void> kept() {
  Notify notify("work");
  EXPECT_EQ(notify.describe(), "<Notify 'work' idle>");
  notify.notify_one();
  notify.notify_one();
  EXPECT_EQ(notify.describe(), "<Notify 'work' notified>");
  co_await notify.notified();
  EXPECT_EQ(notify.describe(), "<Notify 'work' idle>") << "two were kept as one";
  std::atomic<int> gone_on = 0;
  const Task<void> waits = create_task(waits_for(notify, gone_on));
  co_await sleep(1ms);
  EXPECT_EQ(gone_on, 0);
  EXPECT_EQ(notify.describe(), "<Notify 'work' idle, 1 waiting>");
  notify.notify_one();
  co_await waits;
  EXPECT_EQ(notify.describe(), "<Notify 'work' idle>") << "it was for the one that waited";
}
TEST_P(NotifyEverywhere, keeps_one_notification_while_nobody_waits) { run_here(kept()); }

Coro<void> one_by_one() {
  Notify notify;
  std::vector<int> order;
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 4; ++i) {
    tasks.push_back(create_task(in_line(notify, order, i)));
    co_await sleep(1ms);
  }
  tasks[1].cancel();
  co_await wait(only(tasks[1]));
  for (int i : {0, 2, 3}) {
    notify.notify_one();
    co_await tasks[static_cast<std::size_t>(i)];
  }
  EXPECT_EQ(order, (std::vector<int>{0, 2, 3}));
  EXPECT_EQ(notify.describe(), "<Notify idle>");
}
TEST_P(NotifyEverywhere, wakes_one_the_one_that_has_waited_longest) { run_here(one_by_one()); }

Coro<void> all_at_once(int count) {
  Notify notify;
  std::atomic<int> gone_on = 0;
  notify.notify_all();
  EXPECT_EQ(notify.describe(), "<Notify idle>") << "nothing of it is kept";
  std::vector<Task<void>> tasks;
  for (int i = 0; i < count; ++i) tasks.push_back(create_task(waits_for(notify, gone_on)));
  co_await sleep(1ms);
  EXPECT_EQ(gone_on, 0);
  notify.notify_all();
  co_await wait(tasks);
  EXPECT_EQ(gone_on, count);
  const Task<void> late = create_task(waits_for(notify, gone_on));
  co_await sleep(1ms);
  EXPECT_FALSE(late.done()) << "it came after them";
  notify.notify_one();
  notify.notify_all();
  co_await late;
  EXPECT_EQ(notify.describe(), "<Notify idle>");
}
TEST_P(NotifyEverywhere, wakes_all_that_wait_and_nobody_who_comes_later) { run_here(all_at_once(500)); }

Coro<void> kept_over_all() {
  Notify notify;
  notify.notify_one();
  notify.notify_all();
  EXPECT_EQ(notify.describe(), "<Notify notified>");
  co_await notify.notified();
}
TEST_P(NotifyEverywhere, for_all_leaves_alone_what_is_kept_for_one) { run_here(kept_over_all()); }

Coro<void> too_late() {
  Notify notify;
  bool late = false;
  try {
    co_await wait_for(notify.notified(), 1ms);
  } catch (const TimeoutError&) {
    late = true;
  }
  EXPECT_TRUE(late);
  EXPECT_EQ(notify.describe(), "<Notify idle>");
  notify.notify_one();
  co_await wait_for(notify.notified(), 1ms);
}
TEST_P(NotifyEverywhere, is_waited_for_with_a_deadline) { run_here(too_late()); }

Coro<void> given_and_cancelled() {
  Notify notify;
  std::vector<int> order;
  const Task<void> first = create_task(in_line(notify, order, 1));
  const Task<void> second = create_task(in_line(notify, order, 2));
  co_await sleep(0s);
  notify.notify_one();
  first.cancel();
  co_await wait(only(first));
  EXPECT_TRUE(first.cancelled());
  co_await second;
  EXPECT_EQ(order, std::vector<int>{2});
  const Task<void> third = create_task(in_line(notify, order, 3));
  co_await sleep(0s);
  notify.notify_one();
  third.cancel();
  co_await wait(only(third));
  EXPECT_EQ(notify.describe(), "<Notify notified>") << "nobody else waits";
}
TEST(Notify, passes_on_what_was_given_to_a_task_that_is_cancelled) { run_in_order(given_and_cancelled()); }

Coro<void> all_and_cancelled() {
  Notify notify;
  std::vector<int> order;
  const Task<void> first = create_task(in_line(notify, order, 1));
  co_await sleep(0s);
  notify.notify_all();
  const Task<void> second = create_task(in_line(notify, order, 2));
  first.cancel();
  co_await wait(only(first));
  co_await sleep(0s);
  EXPECT_TRUE(first.cancelled());
  EXPECT_EQ(notify.describe(), "<Notify idle, 1 waiting>") << "it was for those that waited then";
  second.cancel();
}
TEST(Notify, of_all_is_not_passed_on_by_a_task_that_is_cancelled) { run_in_order(all_and_cancelled()); }

// Each wait must end, whichever side of the suspension the notification comes on.
Coro<void> from_outside() {
  constexpr int kRounds = 20'000;
  Notify notify;
  std::atomic<int> sent = 0;
  std::thread sender([&] {
    for (int i = 0; i < kRounds; ++i) {
      sent.store(i + 1, std::memory_order_relaxed);
      notify.notify_one();
    }
  });
  while (sent.load(std::memory_order_relaxed) != kRounds) co_await notify.notified();
  sender.join();
}
TEST(Notify, of_another_thread_is_never_missed) { run(from_outside(), {.workers = 2}); }

// What one side wrote before its notification the other side reads behind it.
Coro<void> plays(Notify& mine, Notify& other, long& ball, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    co_await mine.notified();
    ++ball;
    other.notify_one();
  }
}
Coro<void> ping_pong() {
  constexpr int kRounds = 2'000;
  Notify ping;
  Notify pong;
  long ball = 0;
  const Task<void> first = create_task(plays(ping, pong, ball, kRounds));
  const Task<void> second = create_task(plays(pong, ping, ball, kRounds));
  ping.notify_one();
  co_await first;
  co_await second;
  EXPECT_EQ(ball, 2 * kRounds);
}
TEST_P(NotifyEverywhere, hands_over_what_was_written_before_it) { run_here(ping_pong()); }

TEST(Notify, outlives_a_loop_that_is_closed_while_tasks_wait_for_it) {
  Notify notify;
  std::atomic<int> gone_on = 0;
  {
    EventLoop loop(RunOptions{.workers = 1});
    loop.set_exception_handler([](const ExceptionContext&) {});
    const auto leave = [&]() -> Coro<void> {
      for (int i = 0; i < 3; ++i) create_task(waits_for(notify, gone_on));
      co_await sleep(1ms);
    };
    loop.run_until_complete(leave());
    notify.notify_one();  // the task that it wakes does not run any more
  }
  EXPECT_EQ(notify.describe(), "<Notify notified>");
  EXPECT_EQ(gone_on, 0);
}

}  // namespace
}  // namespace weft::tests
