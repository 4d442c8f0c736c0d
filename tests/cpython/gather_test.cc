// What CPython's test_tasks.py checks of gather, shield and wait, and tests/flow and the recorded traces do not.
#include <gtest/gtest.h>

#include <atomic>
#include <ranges>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class GatherEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, GatherEverywhere, every_setting, setting_name);
class ShieldEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, ShieldEverywhere, every_setting, setting_name);
class WaitEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, WaitEverywhere, every_setting, setting_name);

Coro<void> after(std::chrono::milliseconds delay) { co_await sleep(delay); }
Coro<int> value_of(Future<int> future) { co_return co_await future; }
std::vector<Future<int>> make_futures(int count) {
  std::vector<Future<int>> futures;
  for (int i = 0; i < count; ++i) futures.push_back(get_running_loop().create_future<int>());
  return futures;
}
std::vector<Coro<int>> values_of(const std::vector<Future<int>>& futures) {
  std::vector<Coro<int>> coros;
  for (const Future<int>& future : futures) coros.push_back(value_of(future));
  return coros;
}
void count_in(const AnyFuture& future, std::atomic<int>& count) {
  future.add_done_callback([&count](const AnyFuture&) { ++count; });
}

// --- gather ------------------------------------------------------------------------------------------------------------

// `start`: what gathers the futures, or coroutines that wait for them.
template <class Start>
Coro<void> done_with_the_last(Start start) {
  const std::vector<Future<int>> futures = make_futures(3);
  const auto all = start(futures);
  std::atomic<int> called = 0;
  count_in(all, called);
  futures[1].set_result(1);
  futures[0].set_result(2);
  co_await sleep(1ms);
  EXPECT_EQ(called, 0);
  EXPECT_FALSE(all.done());
  futures[2].set_result(3);
  co_await sleep(1ms);
  EXPECT_EQ(called, 1);
  EXPECT_EQ(all.result(), (std::vector<int>{2, 1, 3}));
}
Coro<void> results_in_order() {
  const auto of_futures = [](const auto& futures) { return ensure_future(gather(futures)); };
  const auto of_coros = [](const auto& futures) { return ensure_future(gather(values_of(futures))); };
  co_await done_with_the_last(of_futures);
  co_await done_with_the_last(of_coros);
}
// GatherTestsBase.test_success
TEST_P(GatherEverywhere, is_done_with_its_last_child_and_tells_its_callbacks_once) { run_here(results_in_order()); }

template <class Start>
Coro<void> outcomes_when_all_ended(Start start) {
  const std::vector<Future<int>> futures = make_futures(6);
  const auto all = start(futures);
  std::atomic<int> called = 0;
  count_in(all, called);
  const auto first_error = std::make_exception_ptr(ValueError("first"));
  const auto second_error = std::make_exception_ptr(RuntimeError("second"));
  futures[0].set_result(1);
  futures[1].set_exception(first_error);
  futures[2].cancel();
  co_await sleep(1ms);
  EXPECT_FALSE(all.done());
  futures[3].set_result(3);
  futures[4].cancel();
  futures[5].set_exception(second_error);
  const std::vector<Outcome<int>>& outcomes = co_await all;
  EXPECT_EQ(outcomes[0].value(), 1);
  EXPECT_TRUE(outcomes[1].exception() == first_error);
  EXPECT_TRUE(outcomes[2].cancelled());
  EXPECT_EQ(outcomes[3].value(), 3);
  EXPECT_TRUE(outcomes[4].cancelled());
  EXPECT_TRUE(outcomes[5].exception() == second_error);
  co_await sleep(1ms);
  EXPECT_EQ(called, 1);
}
Coro<void> outcomes_in_order() {
  const auto of_futures = [](const auto& futures) { return ensure_future(gather(return_exceptions, futures)); };
  const auto of_coros = [](const auto& futures) {
    return ensure_future(gather(return_exceptions, values_of(futures)));
  };
  co_await outcomes_when_all_ended(of_futures);
  co_await outcomes_when_all_ended(of_coros);
}
// GatherTestsBase.test_result_exception_success, test_return_exceptions,
// FutureGatherTests.test_result_exception_one_cancellation
TEST_P(GatherEverywhere, with_return_exceptions_gives_the_very_errors_of_futures_that_end_one_by_one) {
  run_here(outcomes_in_order());
}

template <class Start>
Coro<void> ends_with_the_first_failure(Start start, bool cancels) {
  const std::vector<Future<int>> futures = make_futures(5);
  const auto all = start(futures);
  std::atomic<int> called = 0;
  count_in(all, called);
  const auto error = std::make_exception_ptr(ValueError("first"));
  futures[0].set_result(1);
  if (cancels) {
    futures[1].cancel();
  } else {
    futures[1].set_exception(error);
  }
  co_await sleep(1ms);
  EXPECT_TRUE(all.done());
  EXPECT_EQ(called, 1);
  if (cancels) {
    EXPECT_THROW(static_cast<void>(all.result()), CancelledError);
  } else {
    EXPECT_TRUE(all.exception() == error);
  }
  futures[2].set_result(3);
  futures[3].cancel();
  futures[4].set_exception(RuntimeError("too late"));
  EXPECT_NE(futures[4].exception(), nullptr);
  co_await sleep(1ms);
  EXPECT_EQ(called, 1) << "the others change nothing";
}
Coro<void> first_failures() {
  const auto of_futures = [](const auto& futures) { return ensure_future(gather(futures)); };
  const auto of_coros = [](const auto& futures) { return ensure_future(gather(values_of(futures))); };
  for (const bool cancels : {false, true}) {
    co_await ends_with_the_first_failure(of_futures, cancels);
    co_await ends_with_the_first_failure(of_coros, cancels);
  }
}
// GatherTestsBase.test_one_exception, FutureGatherTests.test_one_cancellation
TEST_P(GatherEverywhere, ends_once_with_its_first_failure_whatever_its_other_children_do) {
  run_here(first_failures());
}

Coro<bool> cancelled_child_is_a_failure() {
  const std::vector<Future<int>> futures = make_futures(2);
  const auto all = ensure_future(gather(futures));
  futures[0].cancel();
  co_await sleep(1ms);
  bool raised = false;
  try {
    raised = all.exception() != nullptr;
  } catch (const CancelledError&) {
    raised = false;
  }
  futures[1].cancel();
  co_return raised && !all.cancelled();
}
// FutureGatherTests.test_one_cancellation
TEST_P(GatherEverywhere, of_a_cancelled_child_is_not_cancelled_but_has_the_cancellation_as_its_exception) {
  EXPECT_TRUE(run_here(cancelled_child_is_a_failure()));
}

Coro<void> cancel_of_what_is_as_good_as_done() {
  const Future<int> future = get_running_loop().create_future<int>();
  const auto all = ensure_future(gather(value_of(future)));
  co_await sleep(0s);
  bool told = true;
  future.add_done_callback([&all, &told](const AnyFuture&) { told = all.cancel(); });
  future.set_result(42);
  const auto& results = co_await all;
  EXPECT_FALSE(told);
  EXPECT_FALSE(all.cancelled());
  EXPECT_EQ(std::get<0>(results), 42);
}
// BaseTaskTests.test_cancel_gather_1
TEST(Gather, whose_children_are_all_done_refuses_a_cancel) { run_in_order(cancel_of_what_is_as_good_as_done()); }

Coro<void> cancelled_with_a_message() {
  for (const std::string message : {"", "the reason"}) {
    const auto body = []() -> Coro<void> {
      for (;;) co_await gather(return_exceptions, after(50ms));
    };
    const Task<void> task = create_task(body);
    co_await sleep(201ms);
    EXPECT_TRUE(task.cancel(message));
    std::string heard = "nothing";
    try {
      co_await task;
    } catch (const CancelledError& error) {
      heard = error.message();
    }
    EXPECT_EQ(heard, message);
  }
}
// BaseTaskTests.test_cancel_gather_2
TEST_P(GatherEverywhere, with_return_exceptions_passes_the_message_of_a_cancel_on) {
  run_here(cancelled_with_a_message());
}

// FutureGatherTests.test_constructor_empty_sequence_without_loop, CoroutineGatherTests.test_constructor_without_loop
TEST(Gather, outside_a_loop_is_not_started_and_its_coroutines_are_destroyed) {
  Census census;
  const auto holds = [](Tracked) -> Coro<int> { co_return 1; };
  EXPECT_THROW(static_cast<void>(ensure_future(gather())), RuntimeError);
  EXPECT_THROW(static_cast<void>(ensure_future(gather(holds(Tracked(census)), holds(Tracked(census))))), RuntimeError);
  EXPECT_EQ(census.alive(), 0);
}

Coro<void> of_two_loops(Future<int> foreign) {
  const Future<int> own = get_running_loop().create_future<int>();
  std::string said;
  try {
    static_cast<void>(ensure_future(gather(own, foreign)));
  } catch (const std::exception& error) {
    said = error.what();
  }
  EXPECT_NE(said, "");
  co_return;
}
// FutureGatherTests.test_constructor_heterogenous_futures
TEST(Gather, of_futures_of_two_loops_is_refused) {
  EventLoop other(RunOptions{.workers = 1});
  const Future<int> foreign = other.create_future<int>();
  run_in_order(of_two_loops(foreign));
  EXPECT_FALSE(foreign.done());
}

Coro<void> broadcast() {
  int proof = 0;
  const Future<void> future = get_running_loop().create_future<void>();
  const auto inner = [&]() -> Coro<void> {
    co_await future;
    proof += 1;
  };
  const Task<void> first = create_task(inner);
  const Task<void> second = create_task(inner);
  AnyFuture gathered;
  const auto outer = [&]() -> Coro<void> {
    const auto both = ensure_future(gather(first, second));
    gathered = both;
    co_await both;
    proof += 100;
  };
  const Task<void> task = create_task(outer);
  co_await sleep(1ms);
  EXPECT_TRUE(task.cancel());
  co_await wait(only(task));
  EXPECT_TRUE(task.cancelled());
  EXPECT_FALSE(gathered.cancel());
  EXPECT_TRUE(future.cancelled());
  // The first one that ends has ended the gather.
  const std::vector<Task<void>> children{first, second};
  co_await wait(children);
  EXPECT_TRUE(first.cancelled());
  EXPECT_TRUE(second.cancelled());
  EXPECT_EQ(proof, 0);
}
// CoroutineGatherTests.test_cancellation_broadcast
TEST_P(GatherEverywhere, that_has_started_is_cancelled_with_all_its_children_by_its_waiter) { run_here(broadcast()); }

// --- shield ------------------------------------------------------------------------------------------------------------

Coro<void> outer_futures() {
  const Future<int> fails = get_running_loop().create_future<int>();
  const Future<int> of_failing = shield(fails);
  co_await sleep(1ms);
  const auto error = std::make_exception_ptr(RuntimeError("expected"));
  fails.set_exception(error);
  co_await sleep(1ms);
  EXPECT_TRUE(of_failing.exception() == error);
  const Future<int> goes_on = get_running_loop().create_future<int>();
  const Future<int> outer = shield(goes_on);
  co_await sleep(1ms);
  EXPECT_TRUE(outer.cancel());
  co_await sleep(1ms);
  EXPECT_TRUE(outer.cancelled());
  EXPECT_FALSE(goes_on.done());
  goes_on.set_result(1);
  co_await sleep(1ms);
  EXPECT_TRUE(outer.cancelled());
  const Future<int> done = get_running_loop().create_future<int>();
  done.set_result(42);
  EXPECT_EQ(co_await shield(done), 42);
}
// BaseTaskTests.test_shield_exception, test_shield_cancel_outer, test_shield_shortcut
TEST_P(ShieldEverywhere, of_a_future_fails_with_the_very_error_and_can_be_cancelled_alone) {
  run_here(outer_futures());
}

Coro<void> around_a_gather() {
  const std::vector<Future<int>> futures = make_futures(2);
  const auto parent = ensure_future(gather(futures));
  const auto outer = shield(parent);
  co_await sleep(1ms);
  EXPECT_TRUE(outer.cancel());
  co_await sleep(1ms);
  EXPECT_TRUE(outer.cancelled());
  futures[0].set_result(1);
  futures[1].set_result(2);
  co_await sleep(1ms);
  EXPECT_EQ(parent.result(), (std::vector<int>{1, 2}));
}
// BaseTaskTests.test_shield_gather
TEST_P(ShieldEverywhere, protects_a_gather_that_has_started) { run_here(around_a_gather()); }

Coro<void> inside_a_gather() {
  const std::vector<Future<int>> futures = make_futures(2);
  const Future<int> first = shield(futures[0]);
  const Future<int> second = shield(futures[1]);
  const auto parent = ensure_future(gather(first, second));
  co_await sleep(1ms);
  EXPECT_TRUE(parent.cancel());
  co_await sleep(1ms);
  EXPECT_THROW(static_cast<void>(parent.result()), CancelledError);
  EXPECT_TRUE(first.cancelled());
  EXPECT_TRUE(second.cancelled());
  EXPECT_FALSE(futures[0].done());
  EXPECT_FALSE(futures[1].done());
}
// BaseTaskTests.test_gather_shield
TEST_P(ShieldEverywhere, inside_a_gather_takes_its_cancel_and_passes_it_to_nobody) { run_here(inside_a_gather()); }

// BaseTaskTests.test_shield_coroutine_without_loop
TEST(Shield, outside_a_loop_is_refused_and_the_coroutine_is_destroyed) {
  Census census;
  const auto holds = [](Tracked) -> Coro<int> { co_return 1; };
  EXPECT_THROW(static_cast<void>(shield(holds(Tracked(census)))), RuntimeError);
  EXPECT_EQ(census.alive(), 0);
}

// --- wait --------------------------------------------------------------------------------------------------------------

Coro<int> give(int value) { co_return value; }
Coro<void> made_on_the_way() {
  const auto tasks = std::views::iota(0, 10) | std::views::transform([](int i) { return create_task(give(i)); });
  const Waited<Task<int>> waited = co_await wait(tasks);
  EXPECT_EQ(waited.done.size(), 10u);
  EXPECT_TRUE(waited.pending.empty());
  int sum = 0;
  for (const Task<int>& task : waited.done) sum += task.result();
  EXPECT_EQ(sum, 45) << "each is made once";
}
// BaseTaskTests.test_wait_generator, test_wait_with_iterator_of_tasks
TEST_P(WaitEverywhere, takes_a_range_that_makes_its_tasks_on_the_way) { run_here(made_on_the_way()); }

Coro<void> give_way(int turns) {
  for (int i = 0; i < turns; ++i) co_await sleep(0s);
}
Coro<void> done_before_the_waiter_runs() {
  const Task<void> first = create_task(give_way(1));
  const Task<void> second = create_task(give_way(2));
  std::vector<Task<void>> tasks = only(second);
  tasks.push_back(first);
  const Waited<Task<void>> waited = co_await wait(tasks, {.return_when = FIRST_COMPLETED});
  EXPECT_EQ(waited.done, tasks);
  EXPECT_TRUE(waited.pending.empty());
}
// BaseTaskTests.test_wait_really_done
TEST(Wait, for_the_first_counts_as_done_what_ended_before_the_waiter_runs) {
  run_in_order(done_before_the_waiter_runs());
}

}  // namespace
}  // namespace weft::tests
