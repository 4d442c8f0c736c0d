#include "weft/runtime/flow/sleep.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class SleepEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, SleepEverywhere, every_setting, setting_name);

std::chrono::nanoseconds now() { return get_running_loop().time().time_since_epoch(); }

Coro<void> lengths() {
  co_await sleep(10ms);
  EXPECT_EQ(now(), 10ms);
  co_await sleep(0.25);
  EXPECT_EQ(now(), 260ms);
  co_await sleep(std::chrono::hours(24 * 365));
  EXPECT_EQ(now(), 260ms + std::chrono::hours(24 * 365));
  co_await sleep(1ns);
  EXPECT_EQ(now(), 260ms + std::chrono::hours(24 * 365) + 1ns);
}
TEST_P(SleepEverywhere, takes_exactly_as_long_as_asked_on_the_loops_clock) { run_here(lengths()); }

Coro<void> gives_result() {
  EXPECT_EQ(co_await sleep(1ms, 5), 5);
  const std::string text = co_await sleep(0s, std::string("text"));
  EXPECT_EQ(text, "text");
  const std::unique_ptr<int> unique = co_await sleep(0.001, std::make_unique<int>(6));
  EXPECT_EQ(*unique, 6);
  std::string lvalue = "kept";
  const std::string copied = co_await sleep(1ms, lvalue);
  EXPECT_EQ(copied, lvalue);
}
TEST_P(SleepEverywhere, gives_the_result_it_was_given) { run_here(gives_result()); }

Coro<void> not_positive() {
  for (int turn = 0; turn < 3; ++turn) {
    bool other_ran = false;
    get_running_loop().call_soon([&other_ran] { other_ran = true; });
    if (turn == 0) co_await sleep(0s);
    if (turn == 1) co_await sleep(-5s);
    if (turn == 2) co_await sleep(-std::numeric_limits<double>::infinity());
    EXPECT_TRUE(other_ran);
  }
  EXPECT_EQ(now(), 0ns);
}
TEST(Sleep, of_no_or_negative_length_gives_way_for_one_turn) { run_in_order(not_positive()); }

Coro<void> take_turns(int number, std::vector<int>& order) {
  for (int turn = 0; turn < 3; ++turn) {
    order.push_back(number);
    co_await sleep(0s);
  }
}
Coro<void> fair() {
  std::vector<int> order;
  co_await gather(take_turns(1, order), take_turns(2, order), take_turns(3, order));
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 1, 2, 3, 1, 2, 3}));
}
TEST(Sleep, of_no_length_puts_the_task_behind_all_others) { run_in_order(fair()); }

Coro<void> not_a_number() {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  bool refused = false;
  try {
    co_await sleep(nan);
  } catch (const ValueError& error) {
    refused = std::string(error.what()).find("NaN") != std::string::npos;
  }
  EXPECT_TRUE(refused);
  refused = false;
  try {
    co_await sleep(std::chrono::duration<float>(std::numeric_limits<float>::quiet_NaN()), 3);
  } catch (const ValueError&) {
    refused = true;
  }
  EXPECT_TRUE(refused);
}
TEST_P(SleepEverywhere, of_a_length_that_is_not_a_number_is_refused_by_the_await) { run_here(not_a_number()); }

Coro<void> shortest_integer() {
  co_await sleep(std::chrono::nanoseconds::min());
  co_await sleep(std::chrono::hours::min());
  EXPECT_EQ(now(), 0ns);
}
TEST_P(SleepEverywhere, of_the_most_negative_length_gives_way_too) { run_here(shortest_integer()); }

Coro<void> note_after(std::chrono::milliseconds length, int number, std::vector<int>& order) {
  co_await sleep(length);
  order.push_back(number);
}
Coro<void> by_deadline() {
  std::vector<int> order;
  std::vector<Coro<void>> sleepers;
  for (const int number : {3, 1, 2, 5, 4}) {
    sleepers.push_back(note_after(std::chrono::milliseconds(number * 10), number, order));
  }
  sleepers.push_back(note_after(30ms, 33, order));
  co_await gather(std::move(sleepers));
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 33, 4, 5}));
}
TEST(Sleep, ends_by_deadline_then_by_creation) { run_in_order(by_deadline()); }

Coro<void> never_early() {
  for (const auto length : {1us, 50us, 300us, 2000us}) {
    const auto before = std::chrono::steady_clock::now();
    co_await sleep(length);
    const auto slept = std::chrono::steady_clock::now() - before;
    EXPECT_GE(slept, length);
  }
}
TEST(Sleep, never_ends_early_on_the_real_clock) {
  run(never_early(), {.workers = 1});
  run(never_early(), {.workers = 1, .order = Order::depth_first});
  run(never_early(), {.workers = 3});
}

// --- cancel ------------------------------------------------------------------------------------------------------------

Coro<void> sleep_for(std::chrono::nanoseconds length) { co_await sleep(length); }

Coro<void> cancel_removes() {
  std::vector<Task<void>> sleepers;
  for (int i = 0; i < 100; ++i) sleepers.push_back(create_task(sleep_for(std::chrono::hours(1 + i))));
  co_await sleep(1ms);
  for (const auto& task : sleepers) EXPECT_TRUE(task.cancel());
  for (const auto& task : sleepers) {
    bool cancelled = false;
    try {
      co_await task;
    } catch (const CancelledError&) {
      cancelled = true;
    }
    EXPECT_TRUE(cancelled);
  }
  // A timer that was left behind would make time jump to it, where nothing else waits.
  EXPECT_EQ(now(), 1ms);
  co_await sleep(2s);
  EXPECT_EQ(now(), 2001ms);
}
TEST_P(SleepEverywhere, that_is_cancelled_leaves_no_timer_behind) { run_here(cancel_removes()); }

Coro<void> endless_is_cancelled() {
  const Task<void> task = create_task([]() -> Coro<void> { co_await sleep(std::numeric_limits<double>::infinity()); });
  co_await sleep(1ms);
  EXPECT_FALSE(task.done());
  EXPECT_TRUE(task.cancel("enough"));
  std::string message;
  try {
    co_await task;
  } catch (const CancelledError& error) {
    message = error.message();
  }
  EXPECT_EQ(message, "enough");
}
TEST_P(SleepEverywhere, without_end_can_be_cancelled) { run_here(endless_is_cancelled()); }

Coro<void> awaited_again() {
  for (int turn = 0; turn < 1000; ++turn) co_await sleep(1us);
  EXPECT_EQ(now(), 1ms);
}
TEST_P(SleepEverywhere, can_be_repeated_in_a_loop) { run_here(awaited_again()); }

}  // namespace
}  // namespace weft::tests
