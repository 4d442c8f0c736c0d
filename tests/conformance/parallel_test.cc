// What stays true of asyncio's statements when tasks run in parallel: each over one worker in either order, two and eight.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "conformance/parallel.h"

namespace weft::conformance {
namespace {

INSTANTIATE_TEST_SUITE_P(workers, Parallel, every_setting, setting_name);

// --- results -------------------------------------------------------------------------------------------------------

Coro<void> results_in_order() {
  std::vector<Coro<int>> sleeping;
  std::vector<Coro<int>> yielding;
  std::vector<Coro<int>> forked;
  for (int value = 0; value < 200; ++value) {
    sleeping.push_back(after(value * 7 % 13, value));
    yielding.push_back(after_yields(value * 5 % 11, value));
    forked.push_back(value % 2 == 0 ? after(value % 5, value) : after_yields(value % 3, value));
  }
  const std::vector<int> slept = co_await gather(std::move(sleeping));
  const std::vector<int> yielded = co_await gather(std::move(yielding));
  const std::vector<int> joined = co_await fork_join(std::move(forked));
  for (int value = 0; value < 200; ++value) {
    const auto index = static_cast<std::size_t>(value);
    EXPECT_EQ(slept.at(index), value);
    EXPECT_EQ(yielded.at(index), value);
    EXPECT_EQ(joined.at(index), value);
  }
}
TEST_P(Parallel, gather_and_fork_join_give_results_in_argument_order) { run_here(results_in_order()); }

Coro<void> duplicates() {
  Task<int> task = create_task(after(3, 7));
  auto three = co_await gather(task, task, task);
  EXPECT_EQ(std::get<0>(three) + std::get<1>(three) + std::get<2>(three), 21);
}
TEST_P(Parallel, a_task_given_twice_to_gather_runs_once_and_gives_its_value_twice) { run_here(duplicates()); }

// --- failures ------------------------------------------------------------------------------------------------------

Coro<void> first_failure() {
  static constexpr int others = 20;
  // Outlives the children: they run on after gather has raised.
  static Counter ended;
  ended = 0;
  std::vector<Coro<void>> children;
  for (int child = 0; child < others; ++child) children.push_back(count_after(100, ended));
  children.insert(children.begin() + 7, fail_after(10, "the first"));
  children.push_back(fail_after(50, "the second"));
  std::string caught;
  try {
    co_await gather(std::move(children));
  } catch (const ValueError& error) {
    caught = error.what();
  }
  EXPECT_EQ(caught, "the first");
  EXPECT_EQ(ended, 0);
  co_await sleep(200ms);
  EXPECT_EQ(ended, others);
}
TEST_P(Parallel, gather_raises_the_first_failure_at_once_and_the_others_run_on) { run_here(first_failure()); }

Coro<void> fork_join_waits() {
  static constexpr int others = 20;
  Counter ended = 0;
  std::vector<Coro<void>> children;
  for (int child = 0; child < others; ++child) children.push_back(count_after(child * 10, ended));
  children.insert(children.begin(), fail_after(5, "the first"));
  children.push_back(fail_after(50, "the second"));
  std::string caught;
  try {
    co_await fork_join(std::move(children));
  } catch (const ValueError& error) {
    caught = error.what();
  }
  EXPECT_EQ(caught, "the first");
  EXPECT_EQ(ended, others);
}
TEST_P(Parallel, fork_join_raises_the_first_failure_after_all_children_have_ended) { run_here(fork_join_waits()); }

Coro<void> errors_as_values() {
  auto outcomes = co_await gather(return_exceptions, fail_after(5, "no"), after(9, 4), after_yields(3, 5));
  EXPECT_FALSE(std::get<0>(outcomes).ok());
  EXPECT_TRUE(std::get<0>(outcomes).exception() != nullptr);
  EXPECT_EQ(std::get<1>(outcomes).value(), 4);
  EXPECT_EQ(std::get<2>(outcomes).value(), 5);
}
TEST_P(Parallel, with_return_exceptions_errors_are_values) { run_here(errors_as_values()); }

// --- waiting -------------------------------------------------------------------------------------------------------

template <class From>
Coro<int> value_of(From from) {
  const int value = co_await from;
  co_return value;
}

template <class From>
Coro<int> sum_of_waiters(From from) {
  std::vector<Coro<int>> waiters;
  for (int waiter = 0; waiter < 100; ++waiter) waiters.push_back(value_of(from));
  const std::vector<int> values = co_await gather(std::move(waiters));
  int sum = 0;
  for (const int value : values) sum += value;
  co_return sum;
}

Coro<void> set_after_yields(Future<int> future, int yields) {
  for (int done = 0; done < yields; ++done) co_await sleep(0s);
  future.set_result(3);
}

Coro<void> all_waiters_resume() {
  for (int yields = 0; yields < 10; ++yields) {
    Future<int> future = get_running_loop().create_future<int>();
    Task<void> setter = create_task(set_after_yields(future, yields));
    const int of_future = co_await sum_of_waiters(future);
    EXPECT_EQ(of_future, 300);
    Task<int> task = create_task(after_yields(yields, 2));
    const int of_task = co_await sum_of_waiters(task);
    EXPECT_EQ(of_task, 200);
    co_await setter;
  }
}
TEST_P(Parallel, every_waiter_of_a_future_or_task_resumes_with_its_value) { run_here(all_waiters_resume()); }

Coro<int> caught_from(Task<void> task) {
  try {
    co_await task;
  } catch (const ValueError&) {
    co_return 1;
  }
  co_return 0;
}

Coro<void> all_waiters_catch() {
  Task<void> task = create_task(fail_after(10, "for all"));
  std::vector<Coro<int>> waiters;
  for (int waiter = 0; waiter < 50; ++waiter) waiters.push_back(caught_from(task));
  const std::vector<int> caught = co_await gather(std::move(waiters));
  EXPECT_EQ(std::count(caught.begin(), caught.end(), 1), 50);
}
TEST_P(Parallel, every_waiter_of_a_task_that_failed_gets_its_error) { run_here(all_waiters_catch()); }

Coro<void> callbacks_run_once() {
  Counter called = 0;
  std::vector<Task<int>> tasks;
  for (int value = 0; value < 100; ++value) {
    tasks.push_back(create_task(after_yields(value % 3, value)));
    tasks.back().add_done_callback([&called, value, task = tasks.back()](const AnyFuture& done) {
      EXPECT_TRUE(done == task);
      EXPECT_EQ(task.result(), value);
      ++called;
    });
  }
  for (Task<int>& task : tasks) co_await task;
  co_await sleep(10ms);
  EXPECT_EQ(called, 100);
}
TEST_P(Parallel, a_done_callback_is_called_once_with_its_task) { run_here(callbacks_run_once()); }

Coro<void> soon_runs_once() {
  Counter called = 0;
  EventLoop& loop = get_running_loop();
  for (int call = 0; call < 100; ++call) loop.call_soon([&called] { ++called; });
  for (int call = 0; call < 100; ++call) loop.call_later(std::chrono::milliseconds(call % 7), [&called] { ++called; });
  co_await sleep(20ms);
  EXPECT_EQ(called, 200);
}
TEST_P(Parallel, a_scheduled_callback_is_called_once) { run_here(soon_runs_once()); }

Coro<void> one_sleep(std::chrono::nanoseconds delay) {
  EventLoop& loop = get_running_loop();
  const TimePoint start = loop.time();
  co_await sleep(delay);
  EXPECT_GE(loop.time() - start, delay);
}

Coro<void> sleeps_are_never_short() {
  std::vector<Coro<void>> sleepers;
  for (int sleeper = 0; sleeper < 300; ++sleeper) sleepers.push_back(one_sleep(sleeper * 317 % 1000 * 1us));
  co_await gather(std::move(sleepers));
}
TEST_P(Parallel, sleep_never_returns_early) { run_here(sleeps_are_never_short()); }

// --- cancelling ----------------------------------------------------------------------------------------------------

Coro<bool> cancel_after_yields(Task<int> victim, int yields) {
  for (int done = 0; done < yields; ++done) co_await sleep(0s);
  co_return victim.cancel();
}

Coro<void> delivered_or_false() {
  for (int round = 0; round < 200; ++round) {
    Task<int> victim = create_task(after_yields(round % 7, round));
    Task<bool> canceller = create_task(cancel_after_yields(victim, round % 5));
    bool cancelled = false;
    try {
      const int value = co_await victim;
      EXPECT_EQ(value, round);
    } catch (const CancelledError&) {
      cancelled = true;
    }
    const bool given = co_await canceller;
    EXPECT_EQ(given, cancelled) << "round " << round;
    EXPECT_EQ(victim.cancelled(), cancelled);
  }
}
TEST_P(Parallel, cancel_is_delivered_or_returns_false) { run_here(delivered_or_false()); }

Coro<void> note_cancel(Counter& cancelled) {
  try {
    co_await sleep(100s);
  } catch (const CancelledError&) {
    ++cancelled;
    throw;
  }
}

Coro<void> gather_many(Counter& cancelled) {
  std::vector<Coro<void>> children;
  for (int child = 0; child < 30; ++child) children.push_back(note_cancel(cancelled));
  co_await gather(std::move(children));
}

Coro<void> fork_join_many(Counter& cancelled) {
  std::vector<Coro<void>> children;
  for (int child = 0; child < 30; ++child) children.push_back(note_cancel(cancelled));
  co_await fork_join(std::move(children));
}

Coro<void> cancel_reaches_children() {
  struct Form {
    const char* name;
    Coro<void> (*start)(Counter&);
  };
  static constexpr Form forms[] = {{"gather", gather_many}, {"fork_join", fork_join_many}};
  // Outlives gather's children, which may run on after it has raised.
  static Counter cancelled;
  for (const Form& form : forms) {
    cancelled = 0;
    const TimePoint start = get_running_loop().time();
    Task<void> task = create_task(form.start(cancelled));
    co_await sleep(1s);
    EXPECT_TRUE(task.cancel()) << form.name;
    bool raised = false;
    try {
      co_await task;
    } catch (const CancelledError&) {
      raised = true;
    }
    EXPECT_TRUE(raised) << form.name;
    EXPECT_EQ(get_running_loop().time() - start, 1s) << form.name;
    co_await sleep(1s);
    EXPECT_EQ(cancelled, 30) << form.name;
  }
}
TEST_P(Parallel, a_cancel_from_outside_reaches_every_child) { run_here(cancel_reaches_children()); }

}  // namespace
}  // namespace weft::conformance
