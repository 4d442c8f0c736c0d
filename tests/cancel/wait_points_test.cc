// Cancelled wherever a task waits by itself: sleeps, futures, tasks and chains of coroutines.
#include <gtest/gtest.h>

#include <atomic>
#include <utility>
#include <vector>

#include "cancel/everywhere.h"

namespace weft::tests {
namespace {

Coro<void> sleeps_once(Probe& probe) {
  const Tracked held(census_of(probe));
  co_await sleep(10ms);
}
TEST(CancelWaitPoints, one_sleep) { everywhere(sleeps_once); }

Coro<void> yields(Probe& probe) {
  const Tracked held(census_of(probe));
  for (int i = 0; i < 4; ++i) co_await sleep(0s);
}
TEST(CancelWaitPoints, turns_without_time) { everywhere(yields); }

Coro<void> sleeps_with_results(Probe& probe) {
  Census& census = census_of(probe);
  Tracked carried(census, 1);
  const Tracked first = co_await sleep(2ms, std::move(carried));
  Tracked carried_too(census, 2);
  const Tracked second = co_await sleep(0s, std::move(carried_too));
  probe.expect(first.value == 1 && second.value == 2, "a sleep gave something else than its result");
}
TEST(CancelWaitPoints, sleeps_that_carry_objects) { everywhere(sleeps_with_results); }

Coro<void> sleeps_of_all_lengths(Probe& probe) {
  const Tracked held(census_of(probe));
  co_await sleep(1us);
  co_await sleep(0s);
  co_await sleep(300ms);
  co_await sleep(26h);
  co_await sleep(0s);
}
TEST(CancelWaitPoints, sleeps_of_all_lengths) { everywhere(sleeps_of_all_lengths, {.settle = 48h}); }

Coro<void> awaits_a_future(Probe& probe) {
  const Future<int> future = get_running_loop().create_future<int>();
  const Later later(5ms, [future] { future.try_set_result(7); });
  probe.expect(co_await future == 7, "the future gave something else than its result");
}
TEST(CancelWaitPoints, a_future_that_a_timer_sets) { everywhere(awaits_a_future); }

Coro<void> awaits_done_futures(Probe& probe) {
  const Future<int> future = get_running_loop().create_future<int>();
  future.set_result(1);
  int sum = 0;
  for (int i = 0; i < 3; ++i) {
    sum += co_await future;
    co_await sleep(0s);
  }
  probe.expect(sum == 3, "a done future gave something else than its result");
}
TEST(CancelWaitPoints, a_future_that_is_done) { everywhere(awaits_done_futures); }

Coro<void> awaits_a_failing_future(Probe& probe) {
  const Future<void> future = get_running_loop().create_future();
  const Later later(5ms, [future] { future.try_set_exception(ValueError("on purpose")); });
  bool thrown = false;
  try {
    co_await future;
  } catch (const ValueError&) {
    thrown = true;
  }
  probe.expect(thrown, "the future did not throw its error");
}
TEST(CancelWaitPoints, a_future_that_fails) { everywhere(awaits_a_failing_future); }

struct Told {
  std::atomic<int> waiters{0};
};
Coro<void> waits_too(Future<void> future, Told& told) {
  try {
    co_await future;
  } catch (const CancelledError&) {
  }
  ++told.waiters;
}
Coro<void> shares_a_future(Probe& probe) {
  Told& told = probe.keep<Told>();
  const Future<void> future = get_running_loop().create_future();
  const Later later(3ms, [future] { future.try_set_result(); });
  probe.at_end([&probe, &told] { probe.expect(told.waiters == 3, "a waiter of a shared future was not told"); });
  for (int i = 0; i < 3; ++i) create_task(waits_too(future, told));
  co_await future;
}
TEST(CancelWaitPoints, a_future_that_others_wait_for_too) { everywhere(shares_a_future); }

Coro<void> awaits_a_task(Probe& probe) {
  const Task<int> task = create_task(number_after(5ms, 3, census_of(probe)));
  probe.expect(co_await task == 3, "the task gave something else than its result");
}
TEST(CancelWaitPoints, a_task) {
  const CancelReport report = everywhere(awaits_a_task);
  EXPECT_GT(report.positions, 5u);
}

Coro<void> awaits_a_task_that_cleans_up(Probe& probe) {
  const Task<int> task = create_task(number_with_clean_up(5ms, 3, census_of(probe)));
  const CancelledAtExit at_exit(task);
  probe.expect(co_await task == 3, "the task gave something else than its result");
}
TEST(CancelWaitPoints, a_task_that_awaits_while_it_cleans_up) { everywhere(awaits_a_task_that_cleans_up); }

Coro<int> swallowing(Probe& probe) {
  try {
    co_await sleep(5ms);
  } catch (const CancelledError&) {
    probe.swallows_cancel();
    co_return 1;
  }
  co_return 2;
}
// A cancel between the task's end and the step of the one who waits for it is the waiter's own.
Coro<void> awaits_a_task_that_swallows(Probe& probe) {
  const int number = co_await create_task(swallowing(probe));
  probe.expect(number == 1 || number == 2, "the task gave something else than its result");
}
TEST(CancelWaitPoints, a_task_that_swallows_the_cancel) { everywhere_swallowed(awaits_a_task_that_swallows); }

Coro<void> awaits_a_failing_task(Probe& probe) {
  const Task<int> task = create_task(failure_after(5ms, census_of(probe)));
  const CancelledAtExit at_exit(task);
  bool thrown = false;
  try {
    static_cast<void>(co_await task);
  } catch (const ValueError&) {
    thrown = true;
    // The cancel may have come while the awaited task took its last step; its error goes before (docs/guarantees.md).
    if (get_running_loop().order() == Order::depth_first) probe.swallows_cancel();
  }
  probe.expect(thrown, "the task did not throw its error");
}
// A task that is cancelled before it has begun to wait leaves a failing one that nobody looks at.
TEST(CancelWaitPoints, a_task_that_fails) { everywhere(awaits_a_failing_task); }

Coro<int> chain(int depth, Census& census) {
  const Tracked held(census, depth);
  if (depth == 0) {
    co_await sleep(0s);
    co_await sleep(3ms);
    co_return 0;
  }
  co_return co_await chain(depth - 1, census) + 1;
}
Coro<void> awaits_a_chain(Probe& probe) {
  probe.expect(co_await chain(6, census_of(probe)) == 6, "the chain lost a level");
}
TEST(CancelWaitPoints, a_chain_of_coroutines) { everywhere(awaits_a_chain); }

Coro<int> chain_of_tasks(int depth, Census& census) {
  const Tracked held(census, depth);
  if (depth == 0) co_return co_await number_after(3ms, 0, census);
  const Task<int> next = create_task(chain_of_tasks(depth - 1, census));
  const CancelledAtExit at_exit(next);
  co_return co_await next + 1;
}
Coro<void> awaits_a_chain_of_tasks(Probe& probe) {
  probe.expect(co_await chain_of_tasks(5, census_of(probe)) == 5, "the chain lost a level");
}
TEST(CancelWaitPoints, a_chain_of_tasks) { everywhere(awaits_a_chain_of_tasks); }

// Two tasks that wait for each other through futures, step by step.
Coro<void> answer(std::vector<Future<int>> questions, std::vector<Future<int>> answers, Census& census) {
  const Tracked held(census);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const int question = co_await questions[i];
    answers[i].try_set_result(question + 1);
  }
}
Coro<void> converses(Probe& probe) {
  std::vector<Future<int>> questions;
  std::vector<Future<int>> answers;
  for (int i = 0; i < 3; ++i) {
    questions.push_back(get_running_loop().create_future<int>());
    answers.push_back(get_running_loop().create_future<int>());
  }
  const CancelledAtExit other(create_task(answer(questions, answers, census_of(probe))));
  for (int i = 0; i < 3; ++i) {
    const auto at = static_cast<std::size_t>(i);
    questions[at].set_result(i);
    probe.expect(co_await answers[at] == i + 1, "an answer belongs to another question");
  }
}
TEST(CancelWaitPoints, questions_and_answers_between_two_tasks) { everywhere(converses); }

}  // namespace
}  // namespace weft::tests
