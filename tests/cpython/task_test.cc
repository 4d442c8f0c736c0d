// What CPython's test_tasks.py checks of tasks and their cancellation, and tests/task and the recorded traces do not.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class TaskEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, TaskEverywhere, every_setting, setting_name);

Coro<void> sleeps() { co_await sleep(1h); }

// The message of the CancelledError that `ask` throws; "nothing" for none.
template <class Ask>
std::string message_of(Ask ask) {
  try {
    ask();
  } catch (const CancelledError& error) {
    return error.message();
  }
  return "nothing";
}

Coro<void> messages() {
  for (const bool begun : {false, true}) {
    for (const std::string message : {"", "the reason"}) {
      const Task<void> task = create_task(sleeps());
      if (begun) co_await sleep(1ms);
      EXPECT_TRUE(task.cancel(message));
      co_await wait(only(task));
      EXPECT_EQ(message_of([&task] { task.result(); }), message);
      EXPECT_EQ(message_of([&task] { static_cast<void>(task.exception()); }), message);
    }
  }
}
// BaseTaskTests.test_cancel_with_message_then_future_result, test_cancel_with_message_then_future_exception,
// test_cancel_with_message_before_starting_task, test_task_cancel_message_getter
TEST_P(TaskEverywhere, that_was_cancelled_gives_the_message_to_whoever_asks_for_its_result) { run_here(messages()); }

Coro<void> cancelled_again(bool one_worker) {
  const auto body = []() -> Coro<void> {
    try {
      co_await sleep(10s);
    } catch (const CancelledError&) {
      current_task().uncancel();
    }
    co_await sleep(10s);
  };
  const Task<void> task = create_task(body);
  co_await sleep(1ms);
  EXPECT_TRUE(task.cancel());
  const unsigned requests = task.cancelling();
  EXPECT_TRUE(requests == 1 || (requests == 0 && !one_worker)) << "elsewhere the task may have taken it back";
  co_await sleep(1ms);
  EXPECT_EQ(task.cancelling(), 0u);
  EXPECT_FALSE(task.done());
  EXPECT_TRUE(task.cancel());
  EXPECT_EQ(task.cancelling(), 1u);
  co_await wait(only(task));
  EXPECT_TRUE(task.cancelled());
  task.uncancel();
  EXPECT_TRUE(task.cancelled()) << "it is too late to take the request back";
  EXPECT_TRUE(task.done());
}
// BaseTaskTests.test_uncancel_basic
TEST_P(TaskEverywhere, that_took_a_request_back_can_be_cancelled_again) { run_here(cancelled_again(one_worker())); }

struct Ends {
  bool timed_out = false;
  bool block_ended = false;
  bool went_on = false;
};
// A timeout made of a timer, cancel() and uncancel().
Coro<Ends> with_own_timeout(std::chrono::milliseconds length, std::chrono::milliseconds limit) {
  Ends ends;
  const AnyTask task = current_task();
  TimerHandle timer = get_running_loop().call_later(limit, [&ends, task] {
    ends.timed_out = true;
    task.cancel();
  });
  try {
    co_await sleep(length);
    ends.block_ended = true;
    timer.cancel();
  } catch (const CancelledError&) {
    if (!ends.timed_out || task.uncancel() != 0) throw;
  }
  ends.went_on = true;
  co_await sleep(0s);
  co_return ends;
}
Coro<void> own_timeouts() {
  const Task<Ends> late = create_task(with_own_timeout(10s, 100ms));
  const Ends of_late = co_await late;
  EXPECT_TRUE(of_late.timed_out && of_late.went_on && !of_late.block_ended);
  EXPECT_EQ(late.cancelling(), 0u);
  const Task<Ends> early = create_task(with_own_timeout(0ms, 10s));
  const Ends of_early = co_await early;
  EXPECT_TRUE(!of_early.timed_out && of_early.went_on && of_early.block_ended);
  EXPECT_EQ(early.cancelling(), 0u);
}
// BaseTaskTests.test_uncancel_structured_blocks
TEST_P(TaskEverywhere, can_build_a_timeout_of_cancel_and_uncancel) { run_here(own_timeouts()); }

Coro<int> await_and_give(Future<void> future, int value) {
  co_await future;
  co_return value;
}
Coro<void> taken_back_in_time() {
  const Future<void> future = get_running_loop().create_future<void>();
  const Task<int> task = create_task(await_and_give(future, 42));
  co_await sleep(0s);
  future.set_result();
  EXPECT_TRUE(task.cancel());
  EXPECT_EQ(task.cancelling(), 1u);
  EXPECT_EQ(task.uncancel(), 0u);
  EXPECT_EQ(co_await task, 42);
}
// BaseTaskTests.test_uncancel_resets_must_cancel
TEST(Task, whose_future_is_done_forgets_a_request_that_is_taken_back_before_its_step) {
  run_in_order(taken_back_in_time());
}

Coro<int> gives_way_twice() {
  co_await sleep(0s);
  co_await sleep(0s);
  co_return 12;
}
Coro<void> cancelled_between_steps() {
  const Task<int> task = create_task(gives_way_twice());
  co_await sleep(0s);
  EXPECT_TRUE(task.cancel());
  co_await wait(only(task));
  EXPECT_TRUE(task.cancelled());
  EXPECT_FALSE(task.cancel());
}
// BaseTaskTests.test_cancel_yield
TEST(Task, that_gives_way_is_cancelled_at_its_next_step) { run_in_order(cancelled_between_steps()); }

Coro<void> both_are_cancelled() {
  const Future<void> future = get_running_loop().create_future<void>();
  const Task<int> task = create_task(await_and_give(future, 12));
  co_await sleep(0s);
  EXPECT_TRUE(future.cancel());
  EXPECT_TRUE(task.cancel());
  co_await wait(only(task));
  EXPECT_TRUE(future.cancelled());
  EXPECT_TRUE(task.cancelled());
}
// BaseTaskTests.test_cancel_both_task_and_inner_future
TEST(Task, is_cancelled_once_when_it_and_its_future_are) { run_in_order(both_are_cancelled()); }

Coro<int> ignores_one_cancel(Future<void> first, Future<void> second, Future<int> third, bool returns) {
  co_await first;
  bool cancelled = false;
  try {
    co_await second;
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (cancelled && returns) co_return 42;
  co_return co_await third;
}
Coro<void> ignored() {
  for (const bool returns : {true, false}) {
    const Future<void> first = get_running_loop().create_future<void>();
    const Future<void> second = get_running_loop().create_future<void>();
    const Future<int> third = get_running_loop().create_future<int>();
    const Task<int> task = create_task(ignores_one_cancel(first, second, third, returns));
    co_await sleep(1ms);
    first.set_result();
    co_await sleep(1ms);
    EXPECT_TRUE(task.cancel());
    EXPECT_TRUE(second.cancelled()) << "at once";
    co_await sleep(1ms);
    EXPECT_EQ(task.done(), returns);
    third.set_result(42);
    EXPECT_EQ(co_await task, 42);
    EXPECT_FALSE(third.cancelled());
    EXPECT_FALSE(task.cancelled());
  }
}
// BaseTaskTests.test_cancel_task_catching, test_cancel_task_ignoring
TEST_P(TaskEverywhere, that_ignores_a_cancel_loses_only_the_future_it_waited_for) { run_here(ignored()); }

Coro<void> inline_cancel() {
  int proof = 0;
  const Future<void> future = get_running_loop().create_future<void>();
  const auto inner = [&]() -> Coro<void> {
    try {
      co_await future;
    } catch (const CancelledError&) {
      proof += 1;
      throw;
    }
  };
  const auto outer = [&]() -> Coro<void> {
    try {
      co_await inner();
    } catch (const CancelledError&) {
      proof += 100;
    }
  };
  const Task<void> task = create_task(outer);
  co_await sleep(1ms);
  EXPECT_TRUE(task.cancel());
  co_await task;
  EXPECT_EQ(proof, 101);
  EXPECT_TRUE(future.cancelled());
  EXPECT_FALSE(task.cancelled());
}
// BaseTaskTests.test_yield_future_passes_cancel
TEST_P(TaskEverywhere, takes_a_cancel_from_the_innermost_coroutine_up_to_the_one_that_catches_it) {
  run_here(inline_cancel());
}

Coro<void> fails() {
  throw ValueError("failed");
  co_return;
}
Coro<void> cancelled_too_late(Reports& reports) {
  reports.listen_to(get_running_loop());
  {
    const Task<void> task = create_task(fails());
    co_await sleep(50ms);
    EXPECT_TRUE(task.done());
    EXPECT_FALSE(task.cancel());
  }
  co_await sleep(1ms);
}
// BaseTaskTests.test_tb_logger_not_called_after_cancel
TEST_P(TaskEverywhere, that_failed_and_is_cancelled_afterwards_has_nothing_to_report) {
  Reports reports;
  run_here(cancelled_too_late(reports));
  EXPECT_EQ(reports.count(), 0u);
}

Coro<void> interrupts_when_cancelled() {
  try {
    co_await sleep(10s);
  } catch (const CancelledError&) {
    throw KeyboardInterrupt();
  }
}
// BaseTaskTests.test_baseexception_during_cancel
TEST(Task, that_answers_a_cancel_with_a_keyboard_interrupt_ends_by_that_and_so_does_the_loop) {
  VirtualClock clock;
  EventLoop loop(RunOptions{.workers = 1, .clock = &clock});
  const Task<void> task = loop.create_task(interrupts_when_cancelled());
  loop.call_later(1ms, [task] { EXPECT_TRUE(task.cancel()); });
  EXPECT_THROW(loop.run_forever(), KeyboardInterrupt);
  EXPECT_TRUE(task.done());
  EXPECT_FALSE(task.cancelled());
  EXPECT_THROW(std::rethrow_exception(task.exception()), KeyboardInterrupt);
}

Coro<void> stops_its_loop(EventLoop& loop, int& turns) {
  while (turns < 10) {
    co_await sleep(100ms);
    if (++turns == 2) loop.stop();
  }
}
// BaseTaskTests.test_stop_while_run_in_complete
TEST(Task, that_stops_the_loop_that_runs_until_it_is_complete_can_be_run_on) {
  VirtualClock clock;
  EventLoop loop(RunOptions{.workers = 1, .clock = &clock});
  int turns = 0;
  const Task<void> task = loop.create_task(stops_its_loop(loop, turns));
  std::string said;
  try {
    loop.run_until_complete(task);
  } catch (const RuntimeError& error) {
    said = error.what();
  }
  EXPECT_EQ(said, "Event loop stopped before Future completed.");
  EXPECT_FALSE(task.done());
  EXPECT_EQ(turns, 2);
  task.cancel();
  EXPECT_THROW(loop.run_until_complete(task), CancelledError);
}

Coro<Future<int>> gives_a_future(Future<int> future) { co_return future; }
Coro<void> future_as_result() {
  const Future<int> future = get_running_loop().create_future<int>();
  const Task<Future<int>> task = create_task(gives_a_future(future));
  const Future<int> given = co_await task;
  EXPECT_TRUE(given == future);
  EXPECT_FALSE(given.done());
}
// BaseTaskTests.test_coroutine_non_gen_function_return_future
TEST_P(TaskEverywhere, may_have_a_future_as_its_result_and_does_not_wait_for_it) { run_here(future_as_result()); }

Coro<void> interleaved() {
  const Future<void> first = get_running_loop().create_future<void>();
  const Future<void> second = get_running_loop().create_future<void>();
  AnyTask one;
  AnyTask two;
  const auto waits_first = [&]() -> Coro<void> {
    one = current_task();
    co_await first;
    EXPECT_TRUE(current_task() == one);
    second.set_result();
  };
  const auto sets_first = [&]() -> Coro<void> {
    two = current_task();
    first.set_result();
    co_await second;
    EXPECT_TRUE(current_task() == two);
  };
  const Task<void> task_1 = create_task(waits_first);
  const Task<void> task_2 = create_task(sets_first);
  co_await task_1;
  co_await task_2;
  EXPECT_TRUE(task_1 == one);
  EXPECT_TRUE(task_2 == two);
}
// BaseTaskTests.test_current_task_with_interleaving_tasks
TEST_P(TaskEverywhere, is_current_in_its_own_steps_only_when_tasks_take_turns) { run_here(interleaved()); }

}  // namespace
}  // namespace weft::tests
