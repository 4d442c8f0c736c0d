#include "weft/runtime/flow/as_completed.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class AsCompletedEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, AsCompletedEverywhere, every_setting, setting_name);

Coro<int> after(std::chrono::milliseconds delay, int value) {
  co_await sleep(delay);
  co_return value;
}
Coro<void> nothing_after(std::chrono::milliseconds delay) { co_await sleep(delay); }
Coro<int> fail_after(std::chrono::milliseconds delay, const char* text) {
  co_await sleep(delay);
  throw ValueError(text);
}
Coro<std::unique_ptr<int>> make_unique_int(int value) {
  co_await sleep(std::chrono::milliseconds(value));
  co_return std::make_unique<int>(value);
}
std::vector<Coro<int>> three() {
  std::vector<Coro<int>> coros;
  coros.push_back(after(3ms, 3));
  coros.push_back(after(1ms, 1));
  coros.push_back(after(2ms, 2));
  return coros;
}

// --- the two forms -----------------------------------------------------------------------------------------------------

Coro<void> handles_in_order() {
  const Task<int> slow = create_task(after(3ms, 3));
  const Task<int> fast = create_task(after(1ms, 1));
  const Task<int> middle = create_task(after(2ms, 2));
  std::vector<Task<int>> tasks{slow, fast, middle};
  auto completed = as_completed(tasks);
  std::vector<Task<int>> given;
  while (Task<int> task = co_await completed.next()) {
    EXPECT_TRUE(task.done());
    given.push_back(task);
  }
  EXPECT_EQ(given, (std::vector<Task<int>>{fast, middle, slow}));
  EXPECT_EQ(tasks.size(), 3u);
  const Task<int> end = co_await completed.next();
  EXPECT_FALSE(end) << "the end stays the end";
}
TEST_P(AsCompletedEverywhere, gives_the_very_tasks_in_the_order_in_which_they_end) { run_here(handles_in_order()); }

Coro<void> tasks_of_coroutines() {
  auto completed = as_completed(three());
  std::string results;
  while (const Task<int> task = co_await completed.next()) results += std::to_string(task.result());
  EXPECT_EQ(results, "123");
}
TEST_P(AsCompletedEverywhere, makes_tasks_of_coroutines_and_gives_those) { run_here(tasks_of_coroutines()); }

Coro<void> futures() {
  EventLoop& loop = get_running_loop();
  const Future<int> first = loop.create_future<int>();
  const Future<int> second = loop.create_future<int>();
  loop.call_later(2ms, [first] { first.set_result(1); });
  loop.call_later(1ms, [second] { second.set_result(2); });
  auto completed = as_completed(first, second);
  std::vector<Future<int>> given;
  while (const Future<int> future = co_await completed.next()) given.push_back(future);
  EXPECT_EQ(given, (std::vector<Future<int>>{second, first}));
}
TEST_P(AsCompletedEverywhere, gives_the_very_futures) { run_here(futures()); }

Coro<void> results_in_order() {
  std::string results;
  auto completed = as_completed(three());
  for (Coro<int> next : completed) results += std::to_string(co_await std::move(next));
  EXPECT_EQ(results, "123");
}
TEST_P(AsCompletedEverywhere, is_iterated_as_coroutines_of_which_each_gives_the_next_result) {
  run_here(results_in_order());
}

Coro<void> steps_as_tasks() {
  auto completed = as_completed(three());
  std::vector<Task<int>> steps;
  for (Coro<int> next : completed) steps.push_back(create_task(std::move(next)));
  EXPECT_EQ(steps.size(), 3u);
  const std::vector<int> results = co_await gather(steps);
  int sum = 0;
  for (const int result : results) sum += result;
  EXPECT_EQ(sum, 6);
}
TEST_P(AsCompletedEverywhere, gives_steps_that_may_be_awaited_at_once_by_several_tasks) { run_here(steps_as_tasks()); }

Coro<void> both_forms() {
  auto completed = as_completed(three());
  const Task<int> first = co_await completed.next();
  EXPECT_EQ(first.result(), 1);
  std::string results;
  for (Coro<int> next : completed) results += std::to_string(co_await std::move(next));
  EXPECT_EQ(results, "23");
}
TEST_P(AsCompletedEverywhere, takes_both_forms_in_turn) { run_here(both_forms()); }

Coro<void> other_results() {
  std::vector<Coro<void>> nothings;
  nothings.push_back(nothing_after(1ms));
  nothings.push_back(nothing_after(2ms));
  int steps = 0;
  auto of_nothing = as_completed(std::move(nothings));
  for (Coro<void> next : of_nothing) {
    co_await std::move(next);
    ++steps;
  }
  EXPECT_EQ(steps, 2);
  std::list<Coro<std::unique_ptr<int>>> pointers;
  pointers.push_back(make_unique_int(2));
  pointers.push_back(make_unique_int(1));
  std::string results;
  auto of_pointers = as_completed(std::move(pointers));
  for (Coro<std::unique_ptr<int>> next : of_pointers) {
    const std::unique_ptr<int> result = co_await std::move(next);
    results += std::to_string(*result);
  }
  EXPECT_EQ(results, "12");
  int target = 0;
  const auto refer = [](int& to) -> Coro<int&> { co_return to; };
  auto of_reference = as_completed(refer(target));
  for (Coro<int&> next : of_reference) {
    int& result = co_await std::move(next);
    EXPECT_EQ(&result, &target);
  }
}
TEST_P(AsCompletedEverywhere, gives_nothing_references_and_what_can_only_be_moved) { run_here(other_results()); }

Coro<void> mixed() {
  const Task<int> number = create_task(after(2ms, 7));
  const Future<std::string> text = get_running_loop().create_future<std::string>();
  get_running_loop().call_later(1ms, [text] { text.set_result("set"); });
  auto completed = as_completed(number, text, gather(after(3ms, 1), after(1ms, 2)), sleep(4ms, 'c'));
  const AnyFuture first = co_await completed.next();
  const AnyFuture second = co_await completed.next();
  EXPECT_TRUE(first == text);
  EXPECT_TRUE(second == number);
  int others = 0;
  while (const AnyFuture future = co_await completed.next()) {
    EXPECT_TRUE(future.done());
    ++others;
  }
  EXPECT_EQ(others, 2);
  const Future<int> future = get_running_loop().create_future<int>();
  future.set_result(3);
  auto same_result = as_completed(future, after(1ms, 4));
  std::string results;
  for (Coro<int> next : same_result) results += std::to_string(co_await std::move(next));
  EXPECT_EQ(results, "34");
}
TEST_P(AsCompletedEverywhere, takes_awaitables_of_different_kinds_and_results) { run_here(mixed()); }

Coro<void> empty() {
  auto completed = as_completed(std::vector<Coro<int>>(), {.timeout = 1ms});
  const Task<int> none = co_await completed.next();
  EXPECT_FALSE(none);
  int steps = 0;
  for (Coro<int> next : completed) {
    co_await std::move(next);
    ++steps;
  }
  EXPECT_EQ(steps, 0);
}
TEST_P(AsCompletedEverywhere, of_nothing_ends_at_once) { run_here(empty()); }

Coro<void> duplicates() {
  const Task<int> a = create_task(after(1ms, 1));
  const Task<int> b = create_task(after(2ms, 2));
  std::string results;
  auto completed = as_completed(b, a, b, a, a);
  for (Coro<int> next : completed) results += std::to_string(co_await std::move(next));
  EXPECT_EQ(results, "12");
}
TEST_P(AsCompletedEverywhere, gives_what_comes_twice_once) { run_here(duplicates()); }

Coro<void> mark(std::atomic<bool>& ran) {
  ran = true;
  co_return;
}
Coro<void> starts_at_once() {
  std::atomic<bool> ran = false;
  auto completed = as_completed(mark(ran));
  co_await sleep(1ms);
  EXPECT_TRUE(ran);
  const Task<void> task = co_await completed.next();
  EXPECT_TRUE(task.done());
}
TEST_P(AsCompletedEverywhere, starts_its_coroutines_before_anybody_asks) { run_here(starts_at_once()); }

// --- errors ------------------------------------------------------------------------------------------------------------

Coro<void> failing() {
  const Task<int> cancelled = create_task(after(5ms, 5));
  get_running_loop().call_later(2ms, [cancelled] { cancelled.cancel("enough"); });
  std::string seen;
  auto completed = as_completed(fail_after(1ms, "one"), cancelled, after(3ms, 3));
  for (Coro<int> next : completed) {
    try {
      const int result = co_await std::move(next);
      seen += std::to_string(result);
    } catch (const ValueError& error) {
      seen += std::string(error.what()) + " ";
    } catch (const CancelledError& error) {
      seen += error.message() + " ";
    }
  }
  EXPECT_EQ(seen, "one enough 3");
  auto handles = as_completed(fail_after(1ms, "two"));
  const Task<int> failed = co_await handles.next();
  EXPECT_EQ(text_of(failed.exception()), "weft::ValueError: two");
}
TEST_P(AsCompletedEverywhere, throws_an_error_where_its_result_would_be_given) { run_here(failing()); }

TEST(AsCompleted, refuses_empty_handles_foreign_futures_and_calls_without_a_loop) {
  EXPECT_THROW(static_cast<void>(as_completed(std::vector<Coro<int>>())), RuntimeError);
  EventLoop other({.workers = 1});
  const Future<int> foreign = other.create_future<int>();
  run_in_order([](Future<int> future) -> Coro<void> {
    EXPECT_THROW(static_cast<void>(as_completed(Task<int>())), RuntimeError);
    EXPECT_THROW(static_cast<void>(as_completed(future)), ValueError);
    EXPECT_THROW(static_cast<void>(AsCompletedOptions{.timeout = std::numeric_limits<double>::quiet_NaN()}),
                 ValueError);
    co_return;
  }(foreign));
}

// --- timeout -----------------------------------------------------------------------------------------------------------

Coro<void> times_out() {
  std::vector<Coro<int>> coros = three();
  coros.push_back(after(9ms, 9));
  auto completed = as_completed(std::move(coros), {.timeout = 2500us});
  std::string seen;
  for (Coro<int> next : completed) {
    try {
      const int result = co_await std::move(next);
      seen += std::to_string(result) + " ";
    } catch (const TimeoutError& error) {
      seen += std::string(error.what()) + " ";
    }
  }
  const std::string late = "as_completed: 2 of 4 awaitables had not ended after 0.0025 s; they run on ";
  EXPECT_EQ(seen, "1 2 " + late + late);
  EXPECT_EQ(get_running_loop().time().time_since_epoch(), 2500us);
}
TEST_P(AsCompletedEverywhere, throws_a_timeout_for_each_that_had_not_ended_in_time) { run_here(times_out()); }

Coro<void> runs_on() {
  const Task<int> late = create_task(after(9ms, 9));
  auto completed = as_completed(AsCompletedOptions{.timeout = 0.001}, late);
  bool timed_out = false;
  try {
    co_await completed.next();
  } catch (const TimeoutError&) {
    timed_out = true;
  }
  EXPECT_TRUE(timed_out);
  EXPECT_FALSE(late.done());
  const Task<int> end = co_await completed.next();
  EXPECT_FALSE(end);
  const int result = co_await late;
  EXPECT_EQ(result, 9);
}
TEST_P(AsCompletedEverywhere, lets_run_on_what_had_not_ended_in_time) { run_here(runs_on()); }

Coro<void> kept_over_the_timeout() {
  auto completed = as_completed(AsCompletedOptions{.timeout = 2ms}, after(1ms, 1), after(3ms, 3));
  co_await sleep(5ms);
  const Task<int> first = co_await completed.next();
  EXPECT_EQ(first.result(), 1);
  bool timed_out = false;
  try {
    co_await completed.next();
  } catch (const TimeoutError&) {
    timed_out = true;
  }
  EXPECT_TRUE(timed_out) << "3 had not ended in time, though it has ended now";
}
TEST_P(AsCompletedEverywhere, gives_after_the_timeout_what_ended_before_it) { run_here(kept_over_the_timeout()); }

Coro<void> in_time() {
  auto completed = as_completed(three(), {.timeout = 1h});
  for (Coro<int> next : completed) co_await std::move(next);
  EXPECT_EQ(get_running_loop().time().time_since_epoch(), 3ms);
}
TEST_P(AsCompletedEverywhere, does_not_wait_for_a_timeout_that_is_not_needed) { run_here(in_time()); }

// --- cancellation ------------------------------------------------------------------------------------------------------

Coro<void> cancelled_step() {
  auto completed = as_completed(three());
  const Task<Task<int>> step = create_task(completed.next());
  co_await sleep(500us);
  EXPECT_TRUE(step.cancel("give up"));
  std::string message;
  try {
    co_await step;
  } catch (const CancelledError& error) {
    message = error.message();
  }
  EXPECT_EQ(message, "give up");
  std::string results;
  while (const Task<int> task = co_await completed.next()) results += std::to_string(task.result());
  EXPECT_EQ(results, "123");
}
TEST_P(AsCompletedEverywhere, loses_nothing_when_a_step_is_cancelled) { run_here(cancelled_step()); }

Coro<void> cancelled_when_told() {
  const Future<int> future = get_running_loop().create_future<int>();
  auto completed = as_completed(future);
  const Task<Future<int>> first = create_task(completed.next());
  co_await sleep(1ms);
  future.set_result(1);
  co_await sleep(0s);  // the callback has woken the first step
  first.cancel();
  bool cancelled = false;
  try {
    co_await first;
  } catch (const CancelledError&) {
    cancelled = true;
  }
  EXPECT_TRUE(cancelled);
  const Future<int> next = co_await completed.next();
  EXPECT_TRUE(next == future);
}
TEST(AsCompleted, loses_nothing_when_a_step_is_cancelled_after_it_was_woken) { run_in_order(cancelled_when_told()); }

Coro<void> passed_on() {
  const Future<int> a = get_running_loop().create_future<int>();
  const Future<int> b = get_running_loop().create_future<int>();
  auto completed = as_completed(a, b);
  const Task<Future<int>> first = create_task(completed.next());
  const Task<Future<int>> second = create_task(completed.next());
  co_await sleep(1ms);
  a.set_result(1);
  co_await sleep(0s);
  first.cancel();
  const Future<int> given = co_await second;
  EXPECT_TRUE(given == a);
  EXPECT_TRUE(first.cancelled());
}
TEST(AsCompleted, wakes_the_next_step_when_the_one_it_woke_was_cancelled) { run_in_order(passed_on()); }

// Steps are cancelled while results arrive on other workers: every result is given once. A task that is cancelled at its very end loses what it
// returns, as in asyncio; so what a step gave is noted inside.
Coro<void> note_next(AsCompleted<int, Task<int>>& completed, std::vector<std::atomic<int>>& given,
                     std::atomic<int>& left) {
  const Task<int> task = co_await completed.next();
  if (!task) co_return;
  ++given.at(static_cast<std::size_t>(task.result()));
  --left;
}
Coro<void> storm() {
  constexpr std::size_t kChildren = 200;
  std::vector<Coro<int>> coros;
  for (std::size_t i = 0; i < kChildren; ++i)
    coros.push_back(after(std::chrono::milliseconds(i % 7), static_cast<int>(i)));
  auto completed = as_completed(std::move(coros));
  std::vector<std::atomic<int>> given(kChildren);
  std::atomic<int> left = kChildren;
  while (left > 0) {
    std::vector<Task<void>> steps;
    for (int i = 0; i < 8; ++i) steps.push_back(create_task(note_next(completed, given, left)));
    co_await sleep(0s);
    for (std::size_t i = 0; i < steps.size(); i += 2) steps[i].cancel();
    co_await gather(return_exceptions, steps);
  }
  for (const std::atomic<int>& times : given) EXPECT_EQ(times, 1);
  const Task<int> end = co_await completed.next();
  EXPECT_FALSE(end);
}
TEST_P(AsCompletedEverywhere, gives_each_result_once_while_steps_are_cancelled) { run_here(storm()); }

// Many workers end children, several tasks take, and a timeout comes in between.
Coro<int> take_all(AsCompleted<int, Task<int>> completed) {
  int taken = 0;
  for (;;) {
    try {
      const Task<int> task = co_await completed.next();
      if (!task) co_return taken;
      ++taken;
    } catch (const TimeoutError&) {
      ++taken;
    }
  }
}
Coro<void> several_takers() {
  for (int round = 0; round < 20; ++round) {
    std::vector<Coro<int>> coros;
    for (int i = 0; i < 50; ++i) coros.push_back(after(std::chrono::milliseconds(i % 5), i));
    auto completed = as_completed(std::move(coros), {.timeout = 3ms});
    std::vector<Coro<int>> takers;
    for (int i = 0; i < 4; ++i) takers.push_back(take_all(completed));
    const std::vector<int> taken = co_await gather(std::move(takers));
    int sum = 0;
    for (const int each : taken) sum += each;
    EXPECT_EQ(sum, 50);
  }
}
TEST_P(AsCompletedEverywhere, is_taken_from_by_several_tasks_and_gives_a_step_for_each_awaitable) {
  run_here(several_takers());
}

// --- life --------------------------------------------------------------------------------------------------------------

Coro<void> dropped(Census& census) {
  const Task<int> task = create_task(after(2ms, 2));
  const auto hold = [](Tracked) -> Coro<int> {
    co_await sleep(1ms);
    co_return 1;
  };
  {
    auto completed = as_completed(AsCompletedOptions{.timeout = 1h}, task, hold(Tracked(census)));
    auto step = completed.next();
    static_cast<void>(step);
    for (Coro<int> next : completed) {
      static_cast<void>(next);
      break;
    }
  }
  const int result = co_await task;
  EXPECT_EQ(result, 2);
  EXPECT_EQ(get_running_loop().time().time_since_epoch(), 2ms);
}
TEST_P(AsCompletedEverywhere, leaves_its_awaitables_alone_when_it_is_dropped) {
  Census census;
  run_here(dropped(census));
  EXPECT_GT(census.born, 0);
  EXPECT_EQ(census.alive(), 0);
}

Coro<Tracked> track(Census& census) { co_return Tracked(census); }
Coro<void> lets_go(Census& census) {
  const Future<Tracked> pending = get_running_loop().create_future<Tracked>();
  {
    auto completed = as_completed(AsCompletedOptions{.timeout = 1h}, pending, track(census));
    co_await sleep(1ms);
    EXPECT_GT(census.alive(), 0);
  }
  EXPECT_EQ(census.alive(), 0) << "neither the pending future nor the timer keeps what was not taken";
  EXPECT_FALSE(pending.done());
}
TEST_P(AsCompletedEverywhere, does_not_listen_any_more_when_it_is_dropped) {
  Census census;
  run_here(lets_go(census));
}

Coro<void> forever(std::optional<AsCompleted<int, Task<int>>>& kept) {
  kept = as_completed(AsCompletedOptions{.timeout = 2h}, after(1h, 1), after(3h, 1));
  const Task<Task<int>> step = create_task(kept->next());
  co_await sleep(1ms);
  EXPECT_FALSE(step.done());
}
TEST_P(AsCompletedEverywhere, may_outlive_its_loop) {
  std::optional<AsCompleted<int, Task<int>>> kept;
  run_here(forever(kept));
  EXPECT_TRUE(kept);
}

TEST(AsCompleted, may_be_pending_when_its_loop_is_closed) {
  std::optional<AsCompleted<int, Task<int>>> kept;
  {
    EventLoop loop({.workers = 1});
    loop.set_exception_handler([](const ExceptionContext&) {});
    const Task<void> main = loop.create_task(forever(kept));
    loop.call_soon([&loop] { loop.call_soon([&loop] { loop.call_soon([&loop] { loop.stop(); }); }); });
    loop.run_forever();
  }
  EXPECT_TRUE(kept);
}

}  // namespace
}  // namespace weft::tests
