// What cancel() does to a task, state by state.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"
#include "weft/runtime/task/task.h"

namespace weft::tests {
namespace {

class TaskCancel : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, TaskCancel, every_setting, setting_name);

Coro<int> long_sleep() {
  co_await sleep(1h);
  co_return 1;
}
// How an await of the task ends: "result", "cancelled: <message>" or what it threw.
Coro<std::string> end_of(Task<int> task) {
  try {
    static_cast<void>(co_await task);
  } catch (const CancelledError& error) {
    co_return "cancelled: " + error.message();
  } catch (const std::exception& error) {
    co_return error.what();
  }
  co_return "result";
}

Coro<void> while_sleeping() {
  const Task<int> task = create_task(long_sleep());
  co_await sleep(1ms);
  EXPECT_EQ(task.cancelling(), 0u);
  EXPECT_TRUE(task.cancel("enough"));
  EXPECT_EQ(task.cancelling(), 1u);
  EXPECT_EQ(co_await end_of(task), "cancelled: enough");
  EXPECT_TRUE(task.done());
  EXPECT_TRUE(task.cancelled());
  EXPECT_FALSE(task.cancel("too late"));
  EXPECT_EQ(get_running_loop().time().time_since_epoch(), 1ms);
}
TEST_P(TaskCancel, of_a_sleeping_task_throws_where_it_sleeps) { run_here(while_sleeping()); }

Coro<int> hold(Tracked tracked, bool& ran) {
  ran = true;
  co_await sleep(0s);
  co_return tracked.value;
}
Coro<void> before_start() {
  Census census;
  bool ran = false;
  const Task<int> task = create_task(hold(Tracked(census), ran));
  EXPECT_TRUE(task.cancel("at once"));
  EXPECT_FALSE(task.done());
  EXPECT_EQ(co_await end_of(task), "cancelled: at once");
  EXPECT_FALSE(ran);
  EXPECT_EQ(census.alive(), 0);
}
TEST(Task, cancelled_before_its_first_step_never_runs_and_destroys_its_parameters) { run_in_order(before_start()); }

Coro<int> swallow(int& caught) {
  for (int turn = 0; turn < 2; ++turn) {
    try {
      co_await sleep(1h);
    } catch (const CancelledError&) {
      ++caught;
    }
  }
  co_return 5;
}
Coro<void> caught_and_gone_on() {
  int caught = 0;
  const Task<int> task = create_task(swallow(caught));
  co_await sleep(1ms);
  EXPECT_TRUE(task.cancel());
  co_await sleep(1ms);
  EXPECT_FALSE(task.done());
  EXPECT_TRUE(task.cancel());
  EXPECT_EQ(co_await task, 5);
  EXPECT_EQ(caught, 2);
  EXPECT_FALSE(task.cancelled());
  EXPECT_EQ(task.cancelling(), 2u);
}
TEST_P(TaskCancel, that_is_caught_lets_the_task_go_on) { run_here(caught_and_gone_on()); }

Coro<int> turn_into_error() {
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
    throw ValueError("instead");
  }
  co_return 0;
}
Coro<void> another_error() {
  const Task<int> task = create_task(turn_into_error());
  co_await sleep(1ms);
  EXPECT_TRUE(task.cancel());
  EXPECT_EQ(co_await end_of(task), "instead");
  EXPECT_FALSE(task.cancelled());
  EXPECT_EQ(text_of(task.exception()), "weft::ValueError: instead");
}
TEST_P(TaskCancel, may_end_the_task_with_another_error) { run_here(another_error()); }

Coro<int> throw_cancelled() {
  co_await sleep(0s);
  throw CancelledError("by hand");
}
Coro<void> unrequested() {
  const Task<int> task = create_task(throw_cancelled());
  EXPECT_EQ(co_await end_of(task), "cancelled: by hand");
  EXPECT_TRUE(task.cancelled());
  EXPECT_EQ(task.cancelling(), 0u);
}
TEST_P(TaskCancel, thrown_by_the_task_itself_counts_as_its_cancellation) { run_here(unrequested()); }

Coro<int> cancel_self_then_sleep(bool& went_on) {
  current_task().cancel("myself");
  went_on = true;
  co_await sleep(1h);
  co_return 1;
}
Coro<int> cancel_self_and_return() {
  current_task().cancel();
  co_return 7;
}
Coro<void> of_self() {
  bool went_on = false;
  const Task<int> sleeping = create_task(cancel_self_then_sleep(went_on));
  EXPECT_EQ(co_await end_of(sleeping), "cancelled: myself");
  EXPECT_TRUE(went_on);
  EXPECT_TRUE(sleeping.cancelled());
  const Task<int> returning = create_task(cancel_self_and_return());
  EXPECT_EQ(co_await end_of(returning), "cancelled: ");
  EXPECT_TRUE(returning.cancelled());
}
TEST_P(TaskCancel, of_itself_takes_effect_at_the_next_await_or_at_the_end) { run_here(of_self()); }

Coro<int> cancel_self_and_fail() {
  current_task().cancel();
  throw ValueError("the error of the last step");
  co_return 7;
}
Coro<void> of_self_that_fails() {
  const Task<int> failing = create_task(cancel_self_and_fail());
  EXPECT_EQ(co_await end_of(failing), "the error of the last step");
  EXPECT_FALSE(failing.cancelled());
}
TEST_P(TaskCancel, gives_way_to_an_error_that_the_last_step_throws) { run_here(of_self_that_fails()); }

Coro<int> wait_for(Task<int> task) { co_return co_await task; }
Coro<void> through_a_chain() {
  const Task<int> inner = create_task(long_sleep());
  std::vector<Task<int>> chain{inner};
  for (int i = 0; i < 100; ++i) chain.push_back(create_task(wait_for(chain.back())));
  co_await sleep(1ms);
  EXPECT_TRUE(chain.back().cancel("from the outside"));
  EXPECT_EQ(co_await end_of(chain.back()), "cancelled: from the outside");
  for (const auto& task : chain) EXPECT_TRUE(task.cancelled());
  EXPECT_EQ(inner.cancelling(), 1u);
}
TEST_P(TaskCancel, of_a_task_that_waits_for_another_goes_to_the_innermost) { run_here(through_a_chain()); }

Coro<int> wait_for_future(Future<int> future) { co_return co_await future; }
Coro<void> after_completion() {
  const Future<int> future = get_running_loop().create_future<int>();
  const Task<int> task = create_task(wait_for_future(future));
  co_await sleep(0s);
  future.set_result(1);
  EXPECT_TRUE(task.cancel());  // its step has not run yet
  EXPECT_EQ(co_await end_of(task), "cancelled: ");
  EXPECT_EQ(future.result(), 1);
}
TEST(Task, cancelled_between_the_end_of_what_it_awaits_and_its_step_is_cancelled) { run_in_order(after_completion()); }

// --- counting ----------------------------------------------------------------------------------------------------------

Coro<int> count_down(unsigned& first, unsigned& second) {
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
    first = current_task().uncancel();
    second = current_task().uncancel();
  }
  co_await sleep(1ms);
  co_return 3;
}
Coro<void> uncancel() {
  unsigned first = 9;
  unsigned second = 9;
  const Task<int> task = create_task(count_down(first, second));
  co_await sleep(1ms);
  EXPECT_EQ(task.uncancel(), 0u);
  EXPECT_TRUE(task.cancel());
  EXPECT_TRUE(task.cancel());
  EXPECT_EQ(task.cancelling(), 2u);
  EXPECT_EQ(co_await task, 3);
  EXPECT_EQ(first, 1u);
  EXPECT_EQ(second, 0u);
  EXPECT_EQ(task.cancelling(), 0u);
}
TEST(Task, counts_cancel_requests_and_takes_them_back) { run_in_order(uncancel()); }

Coro<int> cancel_and_uncancel() {
  current_task().cancel();
  EXPECT_EQ(current_task().uncancel(), 0u);
  co_await sleep(1ms);
  co_return 4;
}
Coro<void> forgotten() {
  const Task<int> task = create_task(cancel_and_uncancel());
  EXPECT_EQ(co_await task, 4);
  const Task<int> unstarted = create_task(long_sleep());
  EXPECT_TRUE(unstarted.cancel());
  EXPECT_EQ(unstarted.uncancel(), 0u);
  co_await sleep(1ms);
  EXPECT_FALSE(unstarted.done());
  EXPECT_TRUE(unstarted.cancel());
}
TEST(Task, a_remembered_request_that_is_taken_back_is_forgotten) { run_in_order(forgotten()); }

// --- destructors -------------------------------------------------------------------------------------------------------

Coro<int> inner_with_local(Census& census) {
  const Tracked local(census);
  co_await sleep(1h);
  co_return 0;
}
Coro<int> outer_with_local(Census& census) {
  const Tracked local(census);
  co_return co_await inner_with_local(census);
}
Coro<void> unwinds() {
  Census census;
  const Task<int> task = create_task(outer_with_local(census));
  co_await sleep(1ms);
  EXPECT_EQ(census.alive(), 2);
  task.cancel();
  EXPECT_EQ(co_await end_of(task), "cancelled: ");
  EXPECT_EQ(census.alive(), 0);
}
TEST_P(TaskCancel, runs_the_destructors_of_every_level) { run_here(unwinds()); }

Coro<int> clean_up_with_awaits(bool& cleaned) {
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
    cleaned = false;
  }
  co_await sleep(1ms);
  cleaned = true;
  throw CancelledError("after cleaning up");
}
Coro<void> awaits_after_cancel() {
  bool cleaned = false;
  const Task<int> task = create_task(clean_up_with_awaits(cleaned));
  co_await sleep(1ms);
  task.cancel();
  EXPECT_EQ(co_await end_of(task), "cancelled: after cleaning up");
  EXPECT_TRUE(cleaned);
  EXPECT_TRUE(task.cancelled());
}
TEST_P(TaskCancel, lets_the_task_await_while_it_cleans_up) { run_here(awaits_after_cancel()); }

Coro<int> result_of(Future<int> future) { co_return co_await future; }
// As in CPython, where the waking step looks at the future's outcome before it throws.
Coro<void> cancelled_between_an_error_and_its_step(Reports& reports) {
  reports.listen_to(get_running_loop());
  Future<int> future = get_running_loop().create_future<int>();
  Task<int> task = create_task(result_of(future));
  co_await sleep(1ms);
  future.set_exception(ValueError("too late"));
  const bool accepted = task.cancel("in between");
  const std::string end = co_await end_of(task);
  // On several workers the step may have begun; then its error goes before.
  const bool begun = get_running_loop().workers() > 1 && end == "too late";
  EXPECT_EQ(end, accepted && !begun ? "cancelled: in between" : "too late");
  future = {};
  task = {};
}
TEST_P(TaskCancel, between_an_error_and_the_step_that_was_to_throw_it_leaves_no_error_that_nobody_retrieved) {
  Reports reports;
  run_here(cancelled_between_an_error_and_its_step(reports));
  EXPECT_EQ(reports.count(), 0u);
}

// --- what random programs have found ------------------------------------------------------------------------------------
Coro<void> taken_back_after_the_wait() {
  const AnyTask task = current_task();
  bool thrown = false;
  task.cancel("first");
  get_running_loop().call_soon([task] { task.uncancel(); });
  try {
    co_await sleep(1s);
  } catch (const CancelledError& error) {
    thrown = true;
    EXPECT_EQ(error.message(), "first");
  }
  if (get_running_loop().order() == Order::asyncio) {
    EXPECT_TRUE(thrown) << "the sleep was cancelled before the request was taken back";
  } else {
    EXPECT_TRUE(thrown || get_running_loop().time().time_since_epoch() == 1s) << "neither slept nor cancelled";
  }
}
TEST_P(TaskCancel, that_is_taken_back_after_it_has_cancelled_a_sleep_is_thrown_all_the_same) {
  run_here(taken_back_after_the_wait());
}

Coro<void> second_message() {
  std::string message;
  const auto body = [&message]() -> Coro<void> {
    current_task().cancel("first");
    try {
      co_await sleep(1s);
    } catch (const CancelledError& error) {
      message = error.message();
    }
  };
  const Task<void> task = create_task(body);
  get_running_loop().call_soon([task] { task.cancel("second"); });
  co_await wait(only(task));
  EXPECT_EQ(message, "first");
}
TEST(TaskCancelInOrder, gives_the_message_of_the_request_that_has_cancelled_the_wait) {
  run_in_order(second_message());
}

Coro<void> all_in_order() {
  std::vector<Task<int>> tasks;
  for (int i = 0; i < 40; ++i) {
    tasks.push_back(i % 3 == 0 ? create_task(long_sleep()) : create_task(long_sleep(), {.name = std::to_string(i)}));
  }
  std::vector<AnyTask> all = all_tasks();
  EXPECT_EQ(all.size(), tasks.size() + 1);
  all.erase(all.begin());
  for (std::size_t i = 0; i < tasks.size(); ++i) EXPECT_TRUE(all.at(i) == tasks[i]) << i;
  for (const Task<int>& task : tasks) task.cancel();
  co_await wait(tasks);
}
TEST(AllTasks, are_in_the_order_of_their_creation_whether_named_or_not) { run_in_order(all_in_order()); }

Coro<int> waits_for(const Task<int>& other) { co_return co_await other; }
Coro<int> gathers(const Task<int>& other) {
  const std::vector<int> values = co_await gather(std::vector<Task<int>>(1, other));
  co_return values.front();
}
Coro<void> circle(std::size_t length) {
  std::vector<Task<int>> tasks(length);
  for (std::size_t i = 0; i < length; ++i) {
    const Task<int>& next = tasks[(i + 1) % length];
    tasks[i] = create_task(i % 3 == 2 ? gathers(next) : waits_for(next), {.eager_start = false});
  }
  for (const Task<int>& task : tasks) {
    while (capture_call_graph(task).state != TaskState::waiting) co_await sleep(0s);
  }
  EXPECT_TRUE(tasks[0].cancel("round"));
  for (const Task<int>& task : tasks) {
    bool cancelled = false;
    try {
      co_await task;
    } catch (const CancelledError&) {
      cancelled = true;
    }
    EXPECT_TRUE(cancelled);
  }
}
TEST(TaskCancelInOrder, ends_tasks_that_wait_for_each_other_in_a_circle) {
  for (const std::size_t length : {2u, 3u, 4u, 7u, 30u, 1000u}) run_in_order(circle(length));
}

Coro<int> counts_cancels(unsigned& cancels) {
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
    cancels = current_task().cancelling();
  }
  co_return 1;
}
Coro<void> given_twice(unsigned& cancels) {
  const Task<int> child = create_task(counts_cancels(cancels));
  const auto gathers_it = [child]() -> Coro<void> { co_await gather(std::vector<Task<int>>(2, child)); };
  const Task<void> task = create_task(gathers_it);
  co_await sleep(1ms);
  task.cancel();
  co_await wait(only(task));
}
TEST(TaskCancelInOrder, of_a_gather_reaches_a_child_as_often_as_it_was_given) {
  unsigned cancels = 0;
  run_in_order(given_twice(cancels));
  EXPECT_EQ(cancels, 2u);
}

}  // namespace
}  // namespace weft::tests
