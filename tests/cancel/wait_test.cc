// Cancelled wherever a wait or a step of as_completed is. Both leave alone what they wait for.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "cancel/everywhere.h"

namespace weft::tests {
namespace {

// Tasks that count how they end. A wait does not cancel them: each ends with its number.
struct Crew {
  std::atomic<int> begun{0};
  std::atomic<int> ended{0};
};
Coro<int> member(Crew& crew, std::chrono::milliseconds delay, int number) {
  ++crew.begun;
  co_await sleep(delay);
  ++crew.ended;
  if (number < 0) throw ValueError("on purpose");
  co_return number;
}
Crew& crew_of(Probe& probe) {
  Crew& crew = probe.keep<Crew>();
  probe.at_end([&probe, &crew] {
    probe.expect(crew.begun == crew.ended, "something that was waited for was cancelled with the wait");
  });
  return crew;
}
std::vector<Task<int>> tasks_of(Crew& crew, const std::vector<int>& numbers) {
  std::vector<Task<int>> tasks;
  for (const int number : numbers)
    tasks.push_back(create_task(member(crew, std::chrono::milliseconds(tasks.size() + 1), number)));
  return tasks;
}

Coro<void> for_all(Probe& probe) {
  const std::vector<Task<int>> tasks = tasks_of(crew_of(probe), std::vector<int>(3, 1));
  const Waited<Task<int>> waited = co_await wait(tasks);
  probe.expect(waited.done.size() == 3 && waited.pending.empty(), "wait() ended too early");
}
TEST(CancelWait, for_all) { everywhere(for_all); }

Coro<void> for_the_first(Probe& probe) {
  std::vector<Task<int>> left = tasks_of(crew_of(probe), std::vector<int>(3, 1));
  std::size_t done = 0;
  while (!left.empty()) {
    Waited<Task<int>> waited = co_await wait(left, {.return_when = FIRST_COMPLETED});
    probe.expect(!waited.done.empty(), "wait() ended though nothing is done");
    done += waited.done.size();
    left = std::move(waited.pending);
  }
  probe.expect(done == 3, "a task was given twice or never");
}
TEST(CancelWait, for_the_first_again_and_again) { everywhere(for_the_first); }

Coro<void> for_an_exception(Probe& probe) {
  probe.may_report("never retrieved");  // of a task that fails when nobody waits any more
  std::vector<int> numbers(3, 1);
  numbers[1] = -1;
  const std::vector<Task<int>> tasks = tasks_of(crew_of(probe), numbers);
  const Waited<Task<int>> waited = co_await wait(tasks, {.return_when = FIRST_EXCEPTION});
  probe.expect(!waited.done.empty(), "wait() ended though nothing is done");
  probe.expect(tasks[1].exception() != nullptr, "the task that fails has not failed");
}
TEST(CancelWait, for_an_exception) { everywhere(for_an_exception); }

Coro<void> with_a_timeout_that_passes(Probe& probe) {
  const std::vector<Task<int>> tasks = tasks_of(crew_of(probe), std::vector<int>(4, 1));
  const Waited<Task<int>> waited = co_await wait(tasks, {.timeout = 2500us});
  probe.expect(waited.done.size() + waited.pending.size() == 4, "a handle was lost");
}
TEST(CancelWait, with_a_timeout_that_passes) { everywhere(with_a_timeout_that_passes); }

Coro<void> with_a_timeout_in_time(Probe& probe) {
  const std::vector<Task<int>> tasks = tasks_of(crew_of(probe), std::vector<int>(2, 1));
  const Waited<Task<int>> waited = co_await wait(tasks, {.timeout = 1h});
  probe.expect(waited.pending.empty(), "wait() ended too early");
}
TEST(CancelWait, with_a_timeout_that_does_not_pass) { everywhere(with_a_timeout_in_time); }

Coro<void> with_no_time(Probe& probe) {
  const std::vector<Task<int>> tasks = tasks_of(crew_of(probe), std::vector<int>(2, 1));
  const Waited<Task<int>> waited = co_await wait(tasks, {.timeout = 0s});
  probe.expect(waited.done.size() + waited.pending.size() == 2, "a handle was lost");
}
TEST(CancelWait, with_no_time) { everywhere(with_no_time); }

Coro<void> for_futures(Probe& probe) {
  std::vector<Future<int>> futures;
  for (int i = 0; i < 3; ++i) futures.push_back(get_running_loop().create_future<int>());
  const Later later(1ms, [futures] {
    for (const Future<int>& future : futures) future.try_set_result(1);
  });
  co_await wait(futures);
  for (const Future<int>& future : futures) probe.expect(future.done(), "wait() ended too early");
}
TEST(CancelWait, for_futures_that_are_set_at_once) { everywhere(for_futures); }

// --- as_completed -----------------------------------------------------------------------------------------------------

Coro<void> handles_as_completed(Probe& probe) {
  const std::vector<Task<int>> tasks = tasks_of(crew_of(probe), std::vector<int>(3, 1));
  const auto completed = as_completed(tasks);
  std::size_t given = 0;
  for (;;) {
    const Task<int> task = co_await completed.next();
    if (!task) break;
    probe.expect(task.done(), "a step gave a task that is not done");
    ++given;
  }
  probe.expect(given == 3, "a task was given twice or never");
}
TEST(CancelAsCompleted, by_handles) { everywhere(handles_as_completed); }

Coro<void> results_as_completed(Probe& probe) {
  Census& census = census_of(probe);
  int sum = 0;
  const auto completed =
      as_completed(number_after(3ms, 1, census), number_after(1ms, 10, census), number_after(2ms, 100, census));
  for (Coro<int> next : completed) sum += co_await std::move(next);
  probe.expect(sum == 111, "a result was given twice or never");
}
TEST(CancelAsCompleted, by_results) { everywhere(results_as_completed); }

// A step that is cancelled has taken nothing: whoever asks again gets every task.
Coro<void> asks_again(Probe& probe) {
  const std::vector<Task<int>> tasks = tasks_of(crew_of(probe), std::vector<int>(3, 1));
  const auto completed = as_completed(tasks);
  std::size_t given = 0;
  bool over = false;
  while (!over) {
    try {
      const Task<int> task = co_await completed.next();
      over = !task;
      if (!over) ++given;
    } catch (const CancelledError&) {
      probe.swallows_cancel();
    }
  }
  probe.expect(given == 3, "a cancelled step took a task with it: " + std::to_string(given) + " of 3 were given");
}
TEST(CancelAsCompleted, a_cancelled_step_takes_nothing) { everywhere_swallowed(asks_again); }

Coro<void> times_out(Probe& probe) {
  const std::vector<Task<int>> tasks = tasks_of(crew_of(probe), std::vector<int>(3, 1));
  int given = 0;
  int late = 0;
  for (Coro<int> next : as_completed(tasks, {.timeout = 1500us})) {
    try {
      given += co_await std::move(next);
    } catch (const TimeoutError&) {
      ++late;
    }
  }
  probe.expect(given + late == 3, "a step is missing");
}
TEST(CancelAsCompleted, with_a_timeout_that_passes) { everywhere(times_out); }

Coro<void> fails_as_completed(Probe& probe) {
  probe.may_report("never retrieved");  // of a task that fails when nobody takes any more
  Census& census = census_of(probe);
  int failed = 0;
  for (Coro<int> next : as_completed(failure_after(1ms, census), number_after(2ms, 1, census))) {
    try {
      static_cast<void>(co_await std::move(next));
    } catch (const ValueError&) {
      ++failed;
    }
  }
  probe.expect(failed == 1, "the failure was not given once");
}
TEST(CancelAsCompleted, of_a_child_that_fails) { everywhere(fails_as_completed); }

}  // namespace
}  // namespace weft::tests
