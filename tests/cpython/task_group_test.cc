// What CPython's test_taskgroups.py checks and tests/flow/task_group_test.cc and the recorded traces do not.
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class TaskGroupEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, TaskGroupEverywhere, every_setting, setting_name);

Coro<int> after(std::chrono::milliseconds delay, int value) {
  co_await sleep(delay);
  co_return value;
}
Coro<void> fail_after(std::chrono::milliseconds delay, std::string text) {
  co_await sleep(delay);
  throw ValueError(text);
}
// Counts its cancel, and ends as a cancelled task does.
Coro<void> forever(std::atomic<int>& cancelled) {
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
    ++cancelled;
    throw;
  }
}
// Fails when it is cancelled.
Coro<void> crash_when_cancelled(std::string text) {
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
    throw RuntimeError(text);
  }
}
// Is cancelled, and takes its time.
Coro<void> linger(std::chrono::milliseconds length) {
  bool cancelled = false;
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  EXPECT_TRUE(cancelled);
  co_await sleep(length);
  throw CancelledError();
}

// The texts of the group that the task or coroutine ended with; "CancelledError" for that, "nothing" for nothing.
template <class Awaitable>
Coro<std::vector<std::string>> errors_of(Awaitable awaitable) {
  std::vector<std::string> texts;
  try {
    co_await std::move(awaitable);
    texts.emplace_back("nothing");
  } catch (const BaseExceptionGroup& group) {
    for (const std::exception_ptr& error : group.exceptions()) texts.push_back(text_of(error));
  } catch (const CancelledError&) {
    texts.emplace_back("CancelledError");
  }
  co_return texts;
}
// Runs `body` as a task, cancels it 10 ms later and gives what it ended with.
template <class Body>
Coro<std::vector<std::string>> errors_when_cancelled(Body body) {
  const Task<void> task = create_task(std::move(body));
  co_await sleep(10ms);
  EXPECT_FALSE(task.done());
  EXPECT_TRUE(task.cancel());
  co_return co_await errors_of(task);
}
std::vector<std::string> several(std::size_t count, const std::string& text) {
  return std::vector<std::string>(count, text);
}

Coro<void> results() {
  Task<int> first;
  Task<int> victim;
  Task<int> last;
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    first = group.create_task(after(10ms, 42));
    victim = group.create_task(after(100ms, 1));
    co_await sleep(15ms);
    EXPECT_TRUE(victim.cancel());
    last = group.create_task(after(20ms, 11));
  };
  co_await with_task_group(block);
  EXPECT_EQ(first.result(), 42);
  EXPECT_TRUE(victim.cancelled());
  EXPECT_EQ(last.result(), 11);
  EXPECT_EQ(current_task().cancelling(), 0u);
}
// TestTaskGroup.test_taskgroup_01, test_taskgroup_02, test_taskgroup_03
TEST_P(TaskGroupEverywhere, goes_on_after_the_end_or_the_cancel_of_one_of_its_tasks) { run_here(results()); }

Coro<void> fails_while_it_ends() {
  std::atomic<int> cancelled = 0;
  bool after_group = false;
  Task<void> other;
  const auto body = [&]() -> Coro<void> {
    const auto block = [&](TaskGroup& group) -> Coro<void> {
      group.create_task(fail_after(10ms, "first"));
      other = group.create_task(forever(cancelled));
      co_return;
    };
    co_await with_task_group(block);
    after_group = true;
  };
  const std::vector<std::string> errors = co_await errors_of(create_task(body));
  EXPECT_EQ(errors, only(std::string("weft::ValueError: first")));
  EXPECT_EQ(cancelled, 1);
  EXPECT_TRUE(other.cancelled());
  EXPECT_FALSE(after_group);
}
// TestTaskGroup.test_taskgroup_04
TEST_P(TaskGroupEverywhere, cancels_the_others_when_one_fails_after_the_block_has_ended) {
  run_here(fails_while_it_ends());
}

Coro<void> cancelled_from_outside() {
  for (const bool block_waits : {false, true}) {
    std::atomic<int> cancelled = 0;
    const auto body = [&]() -> Coro<void> {
      const auto block = [&](TaskGroup& group) -> Coro<void> {
        for (int i = 0; i < 5; ++i) group.create_task(forever(cancelled));
        if (block_waits) co_await forever(cancelled);
      };
      co_await with_task_group(block);
    };
    const std::vector<std::string> errors = co_await errors_when_cancelled(body);
    EXPECT_EQ(errors, only(std::string("CancelledError")));
    EXPECT_EQ(cancelled, block_waits ? 6 : 5);
  }
  std::atomic<int> cancelled = 0;
  const auto alone = [&cancelled]() -> Coro<void> {
    const auto block = [&cancelled](TaskGroup&) -> Coro<void> { co_await forever(cancelled); };
    co_await with_task_group(block);
  };
  const std::vector<std::string> errors = co_await errors_when_cancelled(alone);
  EXPECT_EQ(errors, only(std::string("CancelledError")));
  EXPECT_EQ(cancelled, 1) << "a group without tasks";
}
// TestTaskGroup.test_cancellation, test_taskgroup_07, test_taskgroup_17, test_taskgroup_22
TEST_P(TaskGroupEverywhere, passes_a_cancel_on_to_every_task_and_to_its_block) { run_here(cancelled_from_outside()); }

Coro<void> crashing_cleanup(TaskGroup& group) {
  for (int i = 0; i < 5; ++i) group.create_task(crash_when_cancelled("in the cleanup"));
  co_await sleep(1h);
}
Coro<void> cancelled_tasks_fail() {
  const auto body = []() -> Coro<void> { co_await with_task_group(crashing_cleanup); };
  const std::vector<std::string> errors = co_await errors_when_cancelled(body);
  EXPECT_EQ(errors, several(5, "weft::RuntimeError: in the cleanup"));
}
// TestTaskGroup.test_taskgroup_08
TEST_P(TaskGroupEverywhere, that_is_cancelled_throws_what_its_tasks_threw_in_their_cleanup) {
  run_here(cancelled_tasks_fail());
}

Coro<void> nested_tasks_fail() {
  for (const bool outer_has_a_task : {false, true}) {
    const auto body = [outer_has_a_task]() -> Coro<void> {
      const auto block = [outer_has_a_task](TaskGroup& outer) -> Coro<void> {
        if (outer_has_a_task) outer.create_task(after(1h, 1));
        co_await with_task_group(crashing_cleanup);
      };
      co_await with_task_group(block);
    };
    const Task<void> task = create_task(body);
    co_await sleep(10ms);
    task.cancel();
    bool nested = false;
    try {
      co_await task;
    } catch (const ExceptionGroup& outer) {
      EXPECT_EQ(outer.exceptions().size(), 1u);
      EXPECT_EQ(outer.leaves().size(), 5u);
      try {
        std::rethrow_exception(outer.exceptions().front());
      } catch (const ExceptionGroup& inner) {
        nested = inner.exceptions().size() == 5;
      }
    }
    EXPECT_TRUE(nested);
  }
}
// TestTaskGroup.test_taskgroup_11, test_taskgroup_12
TEST_P(TaskGroupEverywhere, throws_the_group_of_one_in_its_block_as_one_error) { run_here(nested_tasks_fail()); }

Coro<void> block_raises() {
  for (const auto delay : {0ms, 10ms}) {
    Task<int> first;
    Task<int> second;
    const auto block = [&](TaskGroup& group) -> Coro<void> {
      first = group.create_task(after(1h, 42));
      second = group.create_task(after(2h, 11));
      if (delay > 0ms) co_await sleep(delay);
      throw ValueError("block");
    };
    const std::vector<std::string> errors = co_await errors_of(with_task_group(block));
    EXPECT_EQ(errors, only(std::string("weft::ValueError: block")));
    EXPECT_TRUE(first.cancelled());
    EXPECT_TRUE(second.cancelled());
  }
}
// TestTaskGroup.test_taskgroup_09, test_taskgroup_10
TEST_P(TaskGroupEverywhere, cancels_its_tasks_when_its_block_throws) { run_here(block_raises()); }

Coro<void> fails_during_a_cancel() {
  const auto failing_late = []() -> Coro<void> {
    const auto block = [](TaskGroup& group) -> Coro<void> {
      group.create_task(fail_after(30ms, "meanwhile"));
      co_await linger(50ms);
    };
    co_await with_task_group(block);
  };
  const auto waits_for_one = [&failing_late]() -> Coro<void> { co_await create_task(failing_late); };
  std::vector<std::string> errors = co_await errors_when_cancelled(failing_late);
  EXPECT_EQ(errors, only(std::string("weft::ValueError: meanwhile")));
  errors = co_await errors_when_cancelled(waits_for_one);
  EXPECT_EQ(errors, only(std::string("weft::ValueError: meanwhile")));
}
// TestTaskGroup.test_taskgroup_15, test_taskgroup_16
TEST_P(TaskGroupEverywhere, throws_the_failure_of_a_task_that_comes_while_its_cancelled_block_cleans_up) {
  run_here(fails_during_a_cancel());
}

// What is no std::exception, as CPython's own BaseException.
struct Unusual {};

Coro<void> block_fails_when_cancelled() {
  const auto alone = []() -> Coro<void> {
    const auto block = [](TaskGroup&) -> Coro<void> { co_await crash_when_cancelled("block"); };
    co_await with_task_group(block);
  };
  std::vector<std::string> errors = co_await errors_when_cancelled(alone);
  EXPECT_EQ(errors, only(std::string("weft::RuntimeError: block")));
  const auto beside_a_failure = [](TaskGroup& group) -> Coro<void> {
    group.create_task(fail_after(10ms, "task"));
    co_await crash_when_cancelled("block");
  };
  errors = co_await errors_of(with_task_group(beside_a_failure));
  std::vector<std::string> both = only(std::string("weft::ValueError: task"));
  both.emplace_back("weft::RuntimeError: block");
  EXPECT_EQ(errors, both);
  EXPECT_EQ(current_task().cancelling(), 0u);
  co_await sleep(1ms);
}
// TestTaskGroup.test_taskgroup_18, test_taskgroup_19, test_taskgroup_context_manager_exit_raises
TEST_P(TaskGroupEverywhere, throws_what_its_block_throws_when_it_is_cancelled_too) {
  run_here(block_fails_when_cancelled());
}

Coro<void> block_is_interrupted() {
  const auto block = [](TaskGroup& group) -> Coro<void> {
    group.create_task(fail_after(10ms, "task"));
    try {
      co_await sleep(1h);
    } catch (const CancelledError&) {
      throw KeyboardInterrupt();
    }
  };
  bool bare = false;
  try {
    co_await with_task_group(block);
  } catch (const KeyboardInterrupt&) {
    bare = true;
  }
  EXPECT_TRUE(bare);
}
// TestTaskGroup.test_taskgroup_20
TEST_P(TaskGroupEverywhere, lets_a_keyboard_interrupt_of_its_block_out_bare) { run_here(block_is_interrupted()); }

Coro<void> unusual_failures() {
  const auto of_the_block = [](TaskGroup& group) -> Coro<void> {
    group.create_task(fail_after(10ms, "task"));
    try {
      co_await sleep(1h);
    } catch (const CancelledError&) {
      throw Unusual();
    }
  };
  const auto unusual = []() -> Coro<void> {
    co_await sleep(10ms);
    throw Unusual();
  };
  const auto of_a_task = [&unusual](TaskGroup& group) -> Coro<void> {
    group.create_task(unusual());
    co_await crash_when_cancelled("block");
  };
  int plain_groups = 0;
  int base_groups = 0;
  for (const bool block_is_unusual : {true, false}) {
    try {
      if (block_is_unusual) {
        co_await with_task_group(of_the_block);
      } else {
        co_await with_task_group(of_a_task);
      }
    } catch (const ExceptionGroup&) {
      ++plain_groups;
    } catch (const BaseExceptionGroup& group) {
      base_groups += group.exceptions().size() == 2 ? 1 : 0;
    }
  }
  EXPECT_EQ(plain_groups, 0);
  EXPECT_EQ(base_groups, 2);
}
// TestTaskGroup.test_taskgroup_20a, test_taskgroup_21a
TEST_P(TaskGroupEverywhere, throws_a_base_group_where_an_error_is_no_std_exception) { run_here(unusual_failures()); }

Coro<void> tasks_are_forgotten(Census& census) {
  const auto holds = [](Tracked held) -> Coro<Tracked> {
    co_await sleep(1ms);
    co_return held;
  };
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 10; ++i) group.create_task(holds(Tracked(census)));
    EXPECT_GE(census.alive(), 10);
    co_await sleep(10ms);
    EXPECT_EQ(census.alive(), 0) << "results of tasks that have ended and that nobody refers to";
  };
  co_await with_task_group(block);
}
// TestTaskGroup.test_taskgroup_23
TEST_P(TaskGroupEverywhere, forgets_a_task_when_it_has_ended) {
  Census census;
  run_here(tasks_are_forgotten(census));
}

Coro<void> hydra(TaskGroup& group, std::atomic<int>& heads) {
  if (++heads > 100'000) co_return;
  co_await sleep(10ms);
  try {
    group.create_task(hydra(group, heads));
    group.create_task(hydra(group, heads));
  } catch (const RuntimeError&) {  // refused, where another worker has seen the failure before
  }
}
Coro<void> growing_group() {
  std::atomic<int> heads = 0;
  const auto hercules = [&heads]() -> Coro<void> {
    while (heads < 10) co_await sleep(15ms);
    throw ValueError("slain");
  };
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    group.create_task(hydra(group, heads));
    group.create_task(hercules());
    co_return;
  };
  const std::vector<std::string> errors = co_await errors_of(with_task_group(block));
  EXPECT_EQ(errors, only(std::string("weft::ValueError: slain")));
  EXPECT_GE(heads, 10);
}
// TestTaskGroup.test_taskgroup_25
TEST_P(TaskGroupEverywhere, cancels_tasks_that_go_on_making_tasks) { run_here(growing_group()); }

Coro<void> task_options() {
  const ContextVar<int> variable("variable", 0);
  const Context context = copy_context();
  const auto sets = [&variable](int value) -> Coro<void> {
    co_await sleep(0s);
    variable.set(value);
  };
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    const Task<void> named = group.create_task(sets(1), {.name = "yolo", .context = &context});
    EXPECT_EQ(named.get_name(), "yolo");
    co_await named;
    EXPECT_EQ(context[variable], 1);
    const Task<void> second = group.create_task(sets(2), {.context = &context});
    co_await second;
    EXPECT_EQ(context[variable], 2);
    EXPECT_EQ(variable.get(), 0);
  };
  co_await with_task_group(block);
}
// TestTaskGroup.test_taskgroup_task_name, test_taskgroup_task_context
TEST_P(TaskGroupEverywhere, gives_its_tasks_the_name_and_the_context_that_are_asked_for) { run_here(task_options()); }

// TestTaskGroup.test_taskgroup_without_parent_task
TEST(TaskGroup, in_a_callback_is_refused) {
  EventLoop loop(RunOptions{.workers = 1});
  bool refused = false;
  loop.call_soon([&] {
    try {
      const TaskGroup group;
    } catch (const RuntimeError&) {
      refused = true;
    }
    loop.stop();
  });
  loop.run_forever();
  EXPECT_TRUE(refused);
}

Coro<void> both_groups_fail() {
  const auto block = [](TaskGroup& outer) -> Coro<void> {
    const auto inner_block = [&outer](TaskGroup& inner) -> Coro<void> {
      inner.create_task(fail_after(0ms, "inner"));
      outer.create_task(fail_after(0ms, "outer"));
      co_return;
    };
    const std::vector<std::string> errors = co_await errors_of(with_task_group(inner_block));
    EXPECT_EQ(errors, only(std::string("weft::ValueError: inner")));
    EXPECT_EQ(current_task().cancelling(), 1u) << "the cancel of the outer group is still to come";
  };
  const std::vector<std::string> errors = co_await errors_of(with_task_group(block));
  EXPECT_EQ(errors, only(std::string("weft::ValueError: outer")));
  EXPECT_EQ(current_task().cancelling(), 0u);
}
// TestTaskGroup.test_nested_groups_both_cancelled
TEST(TaskGroup, that_fails_together_with_one_in_its_block_keeps_its_own_cancel) { run_in_order(both_groups_fail()); }

Coro<void> cancelled_and_failing() {
  const Future<void> started = get_running_loop().create_future<void>();
  const auto fails = [](Future<void> begun) -> Coro<void> {
    begun.set_result();
    co_await sleep(0s);
    throw ValueError("task");
  };
  const auto body = [&]() -> Coro<void> {
    const auto block = [&](TaskGroup& group) -> Coro<void> {
      group.create_task(fails(started));
      co_await sleep(1s);
      ADD_FAILURE() << "the block was not cancelled";
    };
    const std::vector<std::string> errors = co_await errors_of(with_task_group(block));
    EXPECT_EQ(errors, only(std::string("weft::ValueError: task")));
    EXPECT_EQ(current_task().cancelling(), 1u);
    co_await sleep(1s);
    ADD_FAILURE() << "the cancel from outside was lost";
  };
  const Task<void> task = create_task(body);
  co_await started;
  EXPECT_EQ(task.cancelling(), 0u);
  task.cancel();
  EXPECT_EQ(task.cancelling(), 1u);
  co_await wait(only(task));
  EXPECT_TRUE(task.cancelled());
}
// TestTaskGroup.test_error_and_cancel
TEST(TaskGroup, whose_task_fails_in_the_turn_of_a_cancel_from_outside_throws_both_one_after_the_other) {
  run_in_order(cancelled_and_failing());
}

}  // namespace
}  // namespace weft::tests
