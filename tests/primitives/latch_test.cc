#include "weft/primitives/latch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class LatchEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, LatchEverywhere, every_setting, setting_name);

template <class Call>
std::string refusal_of(Call call) {
  try {
    call();
  } catch (const ValueError& error) {
    return error.what();
  }
  return "nothing";
}

Coro<void> waits_at(Latch& latch, std::vector<int>& order, int number) {
  co_await latch.wait();
  order.push_back(number);
}
Coro<void> counted() {
  Latch latch(3, "start");
  EXPECT_EQ(latch.describe(), "<Latch 'start' 3 pending>");
  std::vector<int> order;
  std::vector<Task<void>> tasks;
  tasks.push_back(create_task(waits_at(latch, order, 1)));
  co_await sleep(1ms);
  latch.count_down();
  EXPECT_EQ(latch.pending(), 2);
  EXPECT_FALSE(latch.try_wait());
  co_await sleep(1ms);
  EXPECT_EQ(order.size(), 0u);
  EXPECT_EQ(latch.describe(), "<Latch 'start' 2 pending, 1 waiting>");
  latch.count_down(2);
  EXPECT_TRUE(latch.try_wait());
  co_await latch.wait();
  co_await wait(tasks);
  EXPECT_EQ(order, std::vector<int>{1});
  EXPECT_EQ(latch.describe(), "<Latch 'start' open>");
  latch.count_down(0);
}
TEST_P(LatchEverywhere, is_counted_down_and_stays_open) { run_here(counted()); }

Coro<void> all_that_wait(int count) {
  Latch latch(1);
  std::atomic<int> gone_on = 0;
  const auto waits = [](Latch* given, std::atomic<int>* on) -> Coro<void> {
    co_await given->wait();
    ++*on;
  };
  std::vector<Task<void>> tasks;
  for (int i = 0; i < count; ++i) tasks.push_back(create_task(waits, &latch, &gone_on));
  co_await sleep(1ms);
  tasks[1].cancel();
  co_await wait(only(tasks[1]));
  EXPECT_EQ(latch.describe(), "<Latch 1 pending, " + std::to_string(count - 1) + " waiting>");
  latch.count_down();
  co_await wait(tasks);
  EXPECT_EQ(gone_on, count - 1);
  EXPECT_TRUE(tasks[1].cancelled());
}
TEST_P(LatchEverywhere, wakes_all_that_wait) { run_here(all_that_wait(500)); }

Coro<void> order() {
  Latch latch(1);
  std::vector<int> order;
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 4; ++i) tasks.push_back(create_task(waits_at(latch, order, i)));
  co_await sleep(0s);
  latch.count_down();
  co_await wait(tasks);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
}
TEST(Latch, wakes_in_the_order_in_which_tasks_came) { run_in_order(order()); }

// Whoever goes on finds what all others did before they arrived.
Coro<void> arrives(Latch& latch, std::vector<int>& done, std::size_t number) {
  done[number] = 1;
  co_await latch.arrive_and_wait();
  for (const int each : done) EXPECT_EQ(each, 1);
}
Coro<void> meeting() {
  constexpr std::size_t kParties = 20;
  Latch latch(kParties);
  std::vector<int> done(kParties);
  std::vector<Task<void>> tasks;
  for (std::size_t i = 0; i < kParties; ++i) tasks.push_back(create_task(arrives(latch, done, i)));
  for (const Task<void>& task : tasks) co_await task;
  EXPECT_EQ(latch.pending(), 0);
}
TEST_P(LatchEverywhere, shows_what_was_done_before_each_arrival) { run_here(meeting()); }

Coro<void> cancelled_arrival() {
  Latch latch(2);
  const auto arrive = [&latch]() -> Coro<void> { co_await latch.arrive_and_wait(); };
  const Task<void> task = create_task(arrive);
  co_await sleep(1ms);
  task.cancel();
  co_await wait(only(task));
  EXPECT_TRUE(task.cancelled());
  EXPECT_EQ(latch.describe(), "<Latch 1 pending>") << "it has arrived";
  co_await latch.arrive_and_wait();
}
TEST_P(LatchEverywhere, keeps_the_arrival_of_a_task_that_is_cancelled) { run_here(cancelled_arrival()); }

Coro<void> refused_arrival() {
  Latch latch(1);
  std::string said;
  try {
    co_await latch.arrive_and_wait(2);
  } catch (const ValueError& error) {
    said = error.what();
  }
  EXPECT_EQ(said, "Latch: count_down(2) is more than the 1 pending: nothing was counted");
  EXPECT_EQ(latch.pending(), 1);
}
TEST_P(LatchEverywhere, refuses_an_arrival_that_is_not_pending) { run_here(refused_arrival()); }

TEST(Latch, refuses_numbers_that_make_no_sense) {
  EXPECT_EQ(refusal_of([] { Latch latch(-1); }), "Latch: count must be >= 0, but -1 was given");
  EXPECT_NE(refusal_of([] { Latch latch(std::numeric_limits<std::int64_t>::max()); }), "nothing");
  Latch latch(2);
  EXPECT_EQ(refusal_of([&] { latch.count_down(-1); }), "Latch: count_down() takes a number >= 0, but -1 was given");
  EXPECT_EQ(refusal_of([&] { latch.count_down(3); }),
            "Latch: count_down(3) is more than the 2 pending: nothing was counted");
  EXPECT_EQ(latch.pending(), 2);
  latch.count_down(2);
  EXPECT_NE(refusal_of([&] { latch.count_down(); }), "nothing");
  EXPECT_TRUE(latch.try_wait());
  EXPECT_EQ(Latch((std::int64_t{1} << 62) - 1).pending(), (std::int64_t{1} << 62) - 1);
}

Coro<void> refused_while_waiting() {
  Latch latch(1);
  std::vector<int> order;
  const Task<void> waits = create_task(waits_at(latch, order, 1));
  co_await sleep(1ms);
  EXPECT_NE(refusal_of([&] { latch.count_down(2); }), "nothing");
  EXPECT_EQ(latch.describe(), "<Latch 1 pending, 1 waiting>");
  latch.count_down();
  co_await waits;
}
TEST_P(LatchEverywhere, is_unharmed_by_a_count_that_is_refused_while_tasks_wait) { run_here(refused_while_waiting()); }

// It goes behind wait(), while the last count_down() may still be on its way back to its caller.
Coro<void> counted_from_outside() {
  for (int round = 0; round < 300; ++round) {
    auto latch = std::make_unique<Latch>(3);
    int written = 0;
    std::vector<std::thread> threads;
    threads.emplace_back([&written, counted = latch.get()] {
      written = 1;
      counted->count_down();
    });
    threads.emplace_back([counted = latch.get()] { counted->count_down(2); });
    co_await latch->wait();
    EXPECT_EQ(written, 1);
    latch.reset();
    for (std::thread& thread : threads) thread.join();
  }
}
TEST(Latch, may_be_destroyed_behind_a_wait_that_other_threads_ended) { run(counted_from_outside(), {.workers = 2}); }

TEST(Latch, outlives_a_loop_that_is_closed_while_tasks_wait_for_it) {
  Latch latch(2);
  std::vector<int> order;
  {
    EventLoop loop(RunOptions{.workers = 1});
    loop.set_exception_handler([](const ExceptionContext&) {});
    const auto leave = [&]() -> Coro<void> {
      for (int i = 0; i < 3; ++i) create_task(waits_at(latch, order, i));
      co_await sleep(1ms);
    };
    loop.run_until_complete(leave());
  }
  EXPECT_EQ(latch.describe(), "<Latch 2 pending>");
  latch.count_down(2);
  EXPECT_EQ(order.size(), 0u);
}

}  // namespace
}  // namespace weft::tests
