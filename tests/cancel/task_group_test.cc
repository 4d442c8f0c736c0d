// Cancelled wherever a task group is: it ends when its tasks have, and an accepted cancel is never lost in it.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "cancel/everywhere.h"

namespace weft::tests {
namespace {

// A group whose tasks have all ended when it has; its failures are counted.
template <class Function>
Coro<int> failures_of(Probe& probe, Census& census, Function block) {
  int failures = 0;
  bool cancelled = false;
  try {
    co_await with_task_group(block);
  } catch (const ExceptionGroup& group) {
    failures = static_cast<int>(group.exceptions().size());
  } catch (const CancelledError&) {
    cancelled = true;
  }
  probe.expect(census.alive() == 0, "a task outlives its group");
  if (cancelled) throw CancelledError();
  co_return failures;
}

Coro<void> of_two(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census](TaskGroup& group) -> Coro<void> {
    group.create_task(number_after(3ms, 1, census));
    group.create_task(number_after(1ms, 2, census));
    co_await sleep(2ms);
  };
  probe.expect(co_await failures_of(probe, census, block) == 0, "a task has failed");
}
TEST(CancelTaskGroup, of_two_tasks) { everywhere(of_two); }

Coro<void> with_a_result(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census](TaskGroup& group) -> Coro<int> {
    const Task<int> task = group.create_task(number_after(2ms, 5, census));
    co_return co_await task + 1;
  };
  probe.expect(co_await with_task_group(block) == 6, "the result is wrong");
}
TEST(CancelTaskGroup, whose_block_awaits_a_task) { everywhere(with_a_result); }

// When a task has failed the group throws that, and the cancel comes at the next await, or the task ends as cancelled.
Coro<void> failing(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census](TaskGroup& group) -> Coro<void> {
    group.create_task(failure_after(1ms, census));
    group.create_task(number_with_clean_up(1h, 2, census));
    co_await sleep(1h);
  };
  const int failures = co_await failures_of(probe, census, block);
  probe.expect(failures == 1, "the group gave " + std::to_string(failures) + " failures instead of one");
  co_await sleep(0s);
}
TEST(CancelTaskGroup, whose_task_fails) { everywhere(failing); }

Coro<void> failing_at_the_end(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census](TaskGroup& group) -> Coro<void> {
    group.create_task(failure_after(1ms, census));
    group.create_task(failure_after(1ms, census));
    co_return;
  };
  const int failures = co_await failures_of(probe, census, block);
  probe.expect(failures > 0, "the group swallowed its failures");
}
TEST(CancelTaskGroup, whose_tasks_fail_together) { everywhere(failing_at_the_end); }

Coro<void> block_fails(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census](TaskGroup& group) -> Coro<void> {
    group.create_task(number_with_clean_up(1h, 1, census));
    co_await sleep(1ms);
    throw ValueError("on purpose");
  };
  probe.expect(co_await failures_of(probe, census, block) == 1, "the block's failure is lost");
}
TEST(CancelTaskGroup, whose_block_fails) { everywhere(block_fails); }

Coro<int> cancels_itself(Census& census) {
  const Tracked held(census);
  co_await sleep(1ms);
  throw CancelledError();
}
Coro<void> with_a_cancelled_task(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census](TaskGroup& group) -> Coro<void> {
    group.create_task(cancels_itself(census));
    const Task<int> victim = group.create_task(number_after(1h, 2, census));
    co_await sleep(2ms);
    victim.cancel();
  };
  probe.expect(co_await failures_of(probe, census, block) == 0, "a cancelled task was taken for a failed one");
}
TEST(CancelTaskGroup, some_of_whose_tasks_are_cancelled) { everywhere(with_a_cancelled_task); }

Coro<void> cancels_group(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census](TaskGroup& group) -> Coro<void> {
    group.create_task(number_with_clean_up(1h, 1, census));
    group.create_task(number_after(1h, 2, census));
    co_await sleep(1ms);
    group.cancel();
    co_await sleep(1h);
  };
  probe.expect(co_await failures_of(probe, census, block) == 0, "a group that was cancelled gave a failure");
  // In order depth first the cancel of the scenario may be counted at any time.
  if (get_running_loop().order() == Order::asyncio)
    probe.expect(current_task().cancelling() == 0, "the group left a cancel behind");
}
TEST(CancelTaskGroup, that_is_cancelled_itself) { everywhere(cancels_group); }

Coro<void> nested(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&](TaskGroup& outer) -> Coro<void> {
    outer.create_task(number_after(3ms, 1, census));
    const auto inner_block = [&census](TaskGroup& inner) -> Coro<void> {
      inner.create_task(number_with_clean_up(2ms, 2, census));
      inner.create_task(number_after(1ms, 3, census));
      co_await sleep(0s);
    };
    co_await with_task_group(inner_block);
  };
  probe.expect(co_await failures_of(probe, census, block) == 0, "a task has failed");
}
TEST(CancelTaskGroup, nested) { everywhere(nested); }

Coro<void> nested_failing(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&](TaskGroup& outer) -> Coro<void> {
    outer.create_task(failure_after(2ms, census));
    const auto inner_block = [&census](TaskGroup& inner) -> Coro<void> {
      inner.create_task(failure_after(2ms, census));
      co_await sleep(1h);
    };
    co_await with_task_group(inner_block);
  };
  probe.expect(co_await failures_of(probe, census, block) > 0, "the failures are lost");
  co_await sleep(0s);
}
TEST(CancelTaskGroup, nested_and_both_failing) { everywhere(nested_failing); }

// A task that adds tasks while the group is shut down: refused, and the coroutine is destroyed.
Coro<void> adds(TaskGroup& group, Census& census) {
  const Tracked held(census);
  try {
    for (int i = 0; i < 3; ++i) {
      group.create_task(number_after(1ms, i, census));
      co_await sleep(1ms);
    }
  } catch (const CancelledError&) {
    try {
      group.create_task(number_after(1ms, 9, census));
    } catch (const RuntimeError&) {
    }
    throw;
  }
}
Coro<void> growing(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census](TaskGroup& group) -> Coro<void> {
    group.create_task(adds(group, census));
    group.create_task(adds(group, census));
    co_return;
  };
  probe.expect(co_await failures_of(probe, census, block) == 0, "a task has failed");
}
TEST(CancelTaskGroup, whose_tasks_add_tasks) { everywhere(growing); }

Coro<int> ignores_one_cancel(Census& census) {
  const Tracked held(census);
  try {
    co_await sleep(2ms);
  } catch (const CancelledError&) {
  }
  co_await sleep(1ms);
  co_return 1;
}
Coro<void> of_stubborn_tasks(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census](TaskGroup& group) -> Coro<void> {
    group.create_task(ignores_one_cancel(census));
    group.create_task(ignores_one_cancel(census));
    co_return;
  };
  probe.expect(co_await failures_of(probe, census, block) == 0, "a task has failed");
}
TEST(CancelTaskGroup, whose_tasks_ignore_a_cancel) { everywhere(of_stubborn_tasks); }

Coro<void> in_a_timeout(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census](TaskGroup& group) -> Coro<void> {
    group.create_task(number_with_clean_up(1h, 1, census));
    co_await sleep(1h);
  };
  const auto timed = [&]() -> Coro<void> { static_cast<void>(co_await failures_of(probe, census, block)); };
  bool late = false;
  try {
    co_await with_timeout(2ms, timed);
  } catch (const TimeoutError&) {
    late = true;
  }
  probe.expect(late, "the deadline did not end it");
}
TEST(CancelTaskGroup, in_a_timeout) { everywhere(in_a_timeout); }

Coro<void> of_eager_tasks(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census](TaskGroup& group) -> Coro<void> {
    group.create_task(number_after(1ms, 1, census), {.eager_start = true});
    group.create_task(number_with_clean_up(2ms, 1, census), {.eager_start = true});
    co_await sleep(0s);
  };
  probe.expect(co_await failures_of(probe, census, block) == 0, "a task has failed");
}
TEST(CancelTaskGroup, whose_tasks_start_at_once) { everywhere(of_eager_tasks); }

}  // namespace
}  // namespace weft::tests
