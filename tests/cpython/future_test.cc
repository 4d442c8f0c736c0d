// What CPython's test_futures.py checks and tests/task and the recorded traces do not.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

// BaseFutureTests.test_tb_logger_not_called_after_cancel
TEST(Future, that_failed_and_is_cancelled_afterwards_has_nothing_to_report) {
  Reports reports;
  EventLoop loop(RunOptions{.workers = 1});
  reports.listen_to(loop);
  {
    const Future<int> future = loop.create_future<int>();
    future.set_exception(ValueError("failed"));
    EXPECT_FALSE(future.cancel());
    EXPECT_FALSE(future.cancelled());
  }
  EXPECT_EQ(reports.count(), 0u);
}

// BaseFutureTests.test_set_result_unless_cancelled
TEST(Future, that_was_cancelled_stays_so_whoever_tries_to_set_it) {
  EventLoop loop(RunOptions{.workers = 1});
  const Future<int> future = loop.create_future<int>();
  EXPECT_TRUE(future.cancel());
  EXPECT_FALSE(future.try_set_result(2));
  EXPECT_FALSE(future.try_set_exception(ValueError("late")));
  EXPECT_TRUE(future.cancelled());
}

class FutureEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, FutureEverywhere, every_setting, setting_name);

Coro<void> awaited_twice() {
  const Future<int> future = get_running_loop().create_future<int>();
  std::vector<std::string> steps;
  const auto body = [&]() -> Coro<void> {
    steps.emplace_back("begins");
    steps.push_back(std::to_string(co_await future));
    steps.push_back(std::to_string(co_await future));
  };
  const Task<void> task = create_task(body);
  co_await sleep(1ms);
  EXPECT_EQ(steps.size(), 1u);
  future.set_result(42);
  co_await task;
  EXPECT_EQ(steps, (std::vector<std::string>{"begins", "42", "42"}));
}
// BaseFutureTests.test_yield_from_twice
TEST_P(FutureEverywhere, gives_its_result_to_a_coroutine_that_awaits_it_twice) { run_here(awaited_twice()); }

struct Noting {
  int number;
  std::vector<int>* called;
  bool operator==(const Noting& other) const { return number == other.number; }
  void operator()(const AnyFuture&) const { called->push_back(number); }
};
Coro<std::vector<int>> called_after_removing(std::vector<int> removed) {
  const Future<int> future = get_running_loop().create_future<int>();
  std::vector<int> called;
  for (const int number : {42, 17, 100}) future.add_done_callback(Noting{number, &called});
  for (const int number : removed) future.remove_done_callback(Noting{number, nullptr});
  future.set_result(1);
  EXPECT_TRUE(called.empty());
  co_await sleep(0s);
  EXPECT_EQ(future.result(), 1);
  co_return called;
}
// BaseFutureDoneCallbackTests.test_callbacks_remove_first_callback, test_callbacks_remove_first_and_second_callback,
// test_callbacks_remove_third_callback
TEST(DoneCallback, removed_leaves_the_others_in_their_order) {
  EXPECT_EQ(run_in_order(called_after_removing({42, 42})), (std::vector<int>{17, 100}));
  EXPECT_EQ(run_in_order(called_after_removing({42, 17, 42})), std::vector<int>{100});
  EXPECT_EQ(run_in_order(called_after_removing({100, 100})), (std::vector<int>{42, 17}));
}

// Equal to none, but not idle while it is compared.
struct Meddling {
  Future<int> future;
  bool adds = false;
  bool operator==(const Meddling& other) const {
    if (adds || other.adds) {
      future.add_done_callback([](const AnyFuture&) {});
    } else {
      future.remove_done_callback(CallbackId{});
    }
    return false;
  }
  void operator()(const AnyFuture&) const {}
};
void compare_while_meddling(bool adds) {
  EventLoop loop(RunOptions{.workers = 1});
  const Future<int> future = loop.create_future<int>();
  for (int i = 0; i < 64; ++i) future.add_done_callback(Meddling{future, adds});
  EXPECT_EQ(future.remove_done_callback(Meddling{future, adds}), 0u);
  future.set_result(1);
}
// BaseFutureDoneCallbackTests.test_remove_done_callbacks_list_mutation, test_remove_done_callbacks_list_clear
TEST(DoneCallback, that_removes_others_while_it_is_compared_leaves_the_future_intact) { compare_while_meddling(false); }
// BaseFutureDoneCallbackTests.test_schedule_callbacks_list_mutation_2
TEST(DoneCallback, that_adds_others_while_it_is_compared_leaves_the_future_intact) { compare_while_meddling(true); }

}  // namespace
}  // namespace weft::tests
