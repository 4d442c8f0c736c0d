#include "weft/runtime/flow/task_group.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
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
Coro<void> forever(std::atomic<int>& cancelled) {
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
    ++cancelled;
    throw;
  }
}

// What the awaited coroutine threw: the texts of a group's leaves, sorted out by nothing.
Coro<std::vector<std::string>> leaves_of(Coro<void> fails) {
  std::vector<std::string> texts;
  try {
    co_await std::move(fails);
  } catch (const ExceptionGroup& group) {
    for (const std::exception_ptr& leaf : group.leaves()) texts.push_back(text_of(leaf));
  }
  co_return texts;
}

Coro<void> every_result() {
  int target = 1;
  const auto number = [](TaskGroup& group) -> Coro<int> {
    const Task<int> child = group.create_task(after(1ms, 4));
    co_return co_await child + 1;
  };
  EXPECT_EQ(co_await with_task_group(number), 5);
  const auto refer = [&target](TaskGroup& group) -> Coro<int&> {
    group.create_task(after(1ms, 1));
    co_return target;
  };
  int& referred = co_await with_task_group(refer);
  EXPECT_EQ(&referred, &target);
  const auto own = [](TaskGroup& group) -> Coro<std::unique_ptr<int>> {
    group.create_task(after(1ms, 1));
    co_return std::make_unique<int>(6);
  };
  const std::unique_ptr<int> owned = co_await with_task_group(own);
  EXPECT_EQ(*owned, 6);
}
TEST_P(TaskGroupEverywhere, gives_what_its_block_gives) { run_here(every_result()); }

Coro<void> borrows() {
  std::atomic<int> sum = 0;
  std::vector<int> parts = {1, 2, 3, 4, 5};
  const auto add = [](std::atomic<int>& total, const int& part) -> Coro<void> {
    co_await sleep(std::chrono::milliseconds(part));
    total += part;
  };
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    for (const int& part : parts) group.create_task(add(sum, part));
    co_return;
  };
  co_await with_task_group(block);
  EXPECT_EQ(sum, 15);
}
TEST_P(TaskGroupEverywhere, waits_for_every_task_so_that_tasks_may_borrow) { run_here(borrows()); }

Coro<void> callables() {
  int called = 0;
  const auto block = [&called](TaskGroup& group) -> Coro<void> {
    const auto child = [&called](int by) -> Coro<void> {
      co_await sleep(1ms);
      called += by;
    };
    group.create_task(child, 1);
    co_await sleep(2ms);
    group.create_task(TaskOptions{.name = "named"}, child, 2);
  };
  co_await with_task_group(block);
  EXPECT_EQ(called, 3);
}
TEST_P(TaskGroupEverywhere, takes_callables_with_arguments) { run_here(callables()); }

Coro<void> failure_cancels_the_rest() {
  std::atomic<int> cancelled = 0;
  const auto block = [&cancelled](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 20; ++i) group.create_task(forever(cancelled));
    group.create_task(fail_after(10ms, "the first"));
    co_await sleep(1h);
  };
  const std::vector<std::string> texts = co_await leaves_of(with_task_group(block));
  EXPECT_EQ(texts, only(std::string("weft::ValueError: the first")));
  EXPECT_EQ(cancelled, 20);
  EXPECT_EQ(current_task().cancelling(), 0u);
  co_await sleep(1ms);
}
TEST_P(TaskGroupEverywhere, cancels_the_others_when_one_fails_and_leaves_no_cancel_behind) {
  run_here(failure_cancels_the_rest());
}

Coro<void> cancel_the_group() {
  std::atomic<int> cancelled = 0;
  const auto by_itself = [&cancelled](TaskGroup& group) -> Coro<int> {
    for (int i = 0; i < 5; ++i) group.create_task(forever(cancelled));
    co_await sleep(1ms);
    group.cancel();
    group.cancel();
    co_return 3;
  };
  EXPECT_EQ(co_await with_task_group(by_itself), 3);
  EXPECT_EQ(cancelled, 5);
  EXPECT_EQ(current_task().cancelling(), 0u);
  const auto by_a_child = [&cancelled](TaskGroup& group) -> Coro<void> {
    const auto canceller = [](TaskGroup& whole) -> Coro<void> {
      co_await sleep(1ms);
      whole.cancel();
    };
    group.create_task(forever(cancelled));
    group.create_task(canceller(group));
    co_await sleep(1ms);
  };
  co_await with_task_group(by_a_child);
  EXPECT_EQ(cancelled, 6);
  co_await sleep(1ms);
  EXPECT_EQ(current_task().cancelling(), 0u);
}
TEST_P(TaskGroupEverywhere, that_is_cancelled_ends_without_an_error) { run_here(cancel_the_group()); }

Coro<void> outer_cancel_survives_group_cancel() {
  const auto body = []() -> Coro<void> {
    const auto block = [](TaskGroup& group) -> Coro<void> {
      group.cancel();
      co_await sleep(1h);
    };
    co_await with_task_group(block);
    ADD_FAILURE() << "the cancel from outside was lost";
  };
  const Task<void> task = create_task(body);
  task.cancel("outside");
  bool cancelled = false;
  try {
    co_await task;
  } catch (const CancelledError&) {
    cancelled = true;
  }
  EXPECT_TRUE(cancelled);
}
TEST_P(TaskGroupEverywhere, does_not_absorb_a_cancel_from_outside) { run_here(outer_cancel_survives_group_cancel()); }

Coro<void> holding(Tracked) { co_return; }
Coro<void> refuses(Census& census) {
  TaskGroup ended;
  ended.block_ended(nullptr);
  EXPECT_FALSE(ended.tasks_ended());
  std::string said;
  try {
    ended.create_task(holding(Tracked(census)));
  } catch (const RuntimeError& error) {
    said = error.what();
  }
  EXPECT_EQ(said, "TaskGroup is finished: its block and its tasks have ended; create the task before");
  ended.cancel();
  co_return;
}
TEST_P(TaskGroupEverywhere, refuses_tasks_when_it_ends_and_leaks_none_of_them) {
  Census census;
  run_here(refuses(census));
  EXPECT_EQ(census.alive(), 0);
}

Coro<void> comes_late(Census& census) {
  std::string said;
  Task<void> late;
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    group.create_task(holding(Tracked(census)));
    group.cancel();
    try {
      late = group.create_task(holding(Tracked(census)));
    } catch (const RuntimeError& error) {
      said = error.what();
    }
    co_return;
  };
  co_await with_task_group(block);
  if (get_running_loop().order() == Order::asyncio) {
    EXPECT_EQ(said, "TaskGroup is shutting down: a task has failed or the group was cancelled; no task can be added");
  } else {
    EXPECT_EQ(said, "");
    EXPECT_TRUE(late.cancelled());
  }
}
// Which of the two came first is known in order asyncio only.
TEST_P(TaskGroupEverywhere, that_is_cancelled_refuses_late_tasks_in_order_asyncio_and_cancels_them_elsewhere) {
  Census census;
  run_here(comes_late(census));
  EXPECT_EQ(census.alive(), 0);
}

Coro<void> spawn_tree(TaskGroup& group, int depth, std::atomic<int>& leaves) {
  if (depth == 0) {
    ++leaves;
    co_return;
  }
  group.create_task(spawn_tree(group, depth - 1, leaves));
  group.create_task(spawn_tree(group, depth - 1, leaves));
}
Coro<void> tasks_add_tasks() {
  std::atomic<int> leaves = 0;
  const auto block = [&leaves](TaskGroup& group) -> Coro<void> {
    group.create_task(spawn_tree(group, 10, leaves));
    co_return;
  };
  co_await with_task_group(block);
  EXPECT_EQ(leaves, 1024);
}
TEST_P(TaskGroupEverywhere, takes_tasks_from_its_tasks_while_it_ends) { run_here(tasks_add_tasks()); }

Coro<void> all_fail_at_once() {
  const auto block = [](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 50; ++i) group.create_task(fail_after(5ms, "failed"));
    co_return;
  };
  const auto texts = co_await leaves_of(with_task_group(block));
  EXPECT_GE(texts.size(), 1u);
  EXPECT_LE(texts.size(), 50u);
  for (const std::string& text : texts) EXPECT_EQ(text, "weft::ValueError: failed");
}
TEST_P(TaskGroupEverywhere, collects_failures_that_happen_together) { run_here(all_fail_at_once()); }

Coro<void> left_behind(std::atomic<int>& cancelled) {
  const auto block = [&cancelled](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 3; ++i) group.create_task(forever(cancelled));
    co_return;
  };
  co_await with_task_group(block);
}
TEST(TaskGroup, is_destroyed_with_a_loop_that_is_closed_while_its_tasks_wait) {
  VirtualClock clock;
  std::atomic<int> cancelled = 0;
  for (const Order order : {Order::asyncio, Order::depth_first}) {
    EventLoop loop(RunOptions{.workers = 1, .order = order, .clock = &clock});
    loop.set_exception_handler([](const ExceptionContext&) {});
    const Task<void> task = loop.create_task(left_behind(cancelled));
    loop.call_later(1ms, [&loop] { loop.stop(); });
    loop.run_forever();
    loop.close();
    EXPECT_TRUE(task.done());
  }
  EXPECT_EQ(cancelled, 0) << "destroyed, not cancelled";
}

Coro<void> interrupted() {
  const auto child = []() -> Coro<void> {
    co_await sleep(1ms);
    throw KeyboardInterrupt();
  };
  const auto block = [&child](TaskGroup& group) -> Coro<void> {
    group.create_task(child());
    co_await sleep(1h);
  };
  co_await with_task_group(block);
}
TEST(TaskGroup, lets_a_keyboard_interrupt_of_a_task_out_bare) {
  VirtualClock clock;
  EXPECT_THROW(run(interrupted(), {.workers = 1, .clock = &clock}), KeyboardInterrupt);
}

TEST(TaskGroup, outside_a_task_is_refused) { EXPECT_THROW(TaskGroup(), RuntimeError); }

}  // namespace
}  // namespace weft::tests
