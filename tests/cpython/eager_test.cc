// What CPython's test_eager_task_factory.py checks of loops that start their tasks at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "weft/runtime/task/task_factory.h"

namespace weft::tests {
namespace {

class EagerTasksEverywhere : public EverySetting {
 protected:
  // In a loop whose factory starts tasks at once.
  void run_eagerly(Coro<void> coro) {
    run_here([](Coro<void> test) -> Coro<void> {
      get_running_loop().set_task_factory(eager_task_factory);
      co_await std::move(test);
    }(std::move(coro)));
  }
};
INSTANTIATE_TEST_SUITE_P(workers, EagerTasksEverywhere, every_setting, setting_name);

bool among_all_tasks(const AnyTask& task) {
  const std::vector<AnyTask> all = all_tasks();
  return std::find(all.begin(), all.end(), task) != all.end();
}

Coro<void> set_and_get() {
  EventLoop& loop = get_running_loop();
  const TaskFactory factory = loop.get_task_factory();
  EXPECT_TRUE(factory);
  using Function = AnyTask (*)(TaskMaker&, const TaskOptions&);
  const auto* function = factory.target<Function>();
  EXPECT_TRUE(function != nullptr && *function == eager_task_factory);
  const Task<void> task = loop.create_task([]() -> Coro<void> { co_return; }());
  EXPECT_TRUE(task.done());
  co_await task;
}
// EagerTaskFactoryLoopTests.test_eager_task_factory_set
TEST_P(EagerTasksEverywhere, are_made_by_the_factory_that_was_set) { run_eagerly(set_and_get()); }

Coro<std::string> says(std::string text) { co_return text; }
Coro<std::string> says_later(std::string text) {
  co_await sleep(100ms);
  co_return text;
}
Coro<void> sets(Future<std::string> future) {
  future.set_result("my message");
  co_return;
}
Coro<void> first_steps() {
  const Future<std::string> future = get_running_loop().create_future<std::string>();
  const Task<void> setter = create_task(sets(future));
  EXPECT_TRUE(setter.done());
  EXPECT_EQ(co_await future, "my message");
  const Task<std::string> at_once = create_task(says("hello"));
  EXPECT_TRUE(at_once.done());
  EXPECT_EQ(co_await at_once, "hello");
  const Task<std::string> later = create_task(says_later("finished after blocking"));
  EXPECT_FALSE(later.done());
  EXPECT_EQ(co_await later, "finished after blocking");
  EXPECT_TRUE(later.done());
}
// EagerTaskFactoryLoopTests.test_await_future_during_eager_step, test_eager_completion, test_block_after_eager_step
TEST_P(EagerTasksEverywhere, have_taken_their_first_step_when_they_are_there) { run_eagerly(first_steps()); }

Coro<void> cancels() {
  const Task<std::string> done = create_task(says("finished without blocking"));
  EXPECT_FALSE(done.cancel());
  EXPECT_EQ(co_await done, "finished without blocking");
  EXPECT_FALSE(done.cancelled());
  const Task<std::string> waits = create_task(says_later("never"));
  EXPECT_TRUE(waits.cancel("cancellation message"));
  EXPECT_GT(waits.cancelling(), 0u);
  std::string message;
  try {
    static_cast<void>(co_await waits);
  } catch (const CancelledError& error) {
    message = error.message();
  }
  EXPECT_EQ(message, "cancellation message");
}
// EagerTaskFactoryLoopTests.test_cancellation_after_eager_completion, test_cancellation_after_eager_step_blocks
TEST_P(EagerTasksEverywhere, are_cancelled_where_their_first_step_has_left_them) { run_eagerly(cancels()); }

Coro<void> knows_itself(AnyTask& seen) {
  seen = current_task();
  co_await sleep(100ms);
  EXPECT_TRUE(seen == current_task());
}
Coro<void> current_tasks() {
  AnyTask seen;
  const AnyTask creator = current_task();
  const Task<void> task = create_task(knows_itself(seen));
  EXPECT_TRUE(seen == task);
  EXPECT_TRUE(current_task() == creator);
  co_await task;
}
// EagerTaskFactoryLoopTests.test_current_task
TEST_P(EagerTasksEverywhere, are_the_current_task_of_their_first_step) { run_eagerly(current_tasks()); }

Coro<void> looks_around(bool& seen) {
  seen = among_all_tasks(current_task());
  co_return;
}
Coro<void> looks_around_and_waits(bool& seen, Future<void> begin, Future<void> ended) {
  seen = among_all_tasks(current_task());
  co_await begin;
  ended.set_result();
}
Coro<void> enumerations() {
  bool seen = false;
  const Task<void> done = create_task(looks_around(seen));
  EXPECT_TRUE(seen);
  EXPECT_FALSE(among_all_tasks(done));
  const Future<void> begin = get_running_loop().create_future();
  const Future<void> ended = get_running_loop().create_future();
  seen = false;
  const Task<void> waits = create_task(looks_around_and_waits(seen, begin, ended));
  EXPECT_TRUE(seen);
  EXPECT_TRUE(among_all_tasks(waits));
  begin.set_result();
  co_await ended;
  co_await waits;
  EXPECT_FALSE(among_all_tasks(waits));
}
// EagerTaskFactoryLoopTests.test_all_tasks_with_eager_completion, test_all_tasks_with_blocking
TEST_P(EagerTasksEverywhere, are_among_all_tasks_until_they_are_done) { run_eagerly(enumerations()); }

ContextVar<int>& counter() {
  static ContextVar<int> variable("counter", 0);
  return variable;
}
Coro<void> counts(int& steps) {
  EXPECT_EQ(counter().get(), 1);
  counter().set(2);
  steps = 1;
  co_await sleep(100ms);
  EXPECT_EQ(counter().get(), 2);
  counter().set(3);
  EXPECT_EQ(counter().get(), 3);
  steps = 2;
}
Coro<void> contexts() {
  counter().set(1);
  int steps = 0;
  const Task<void> task = create_task(counts(steps));
  EXPECT_EQ(steps, 1);
  EXPECT_EQ(counter().get(), 1);
  co_await task;
  EXPECT_EQ(steps, 2);
  EXPECT_EQ(counter().get(), 1);
}
// EagerTaskFactoryLoopTests.test_context_vars
TEST_P(EagerTasksEverywhere, run_in_a_context_of_their_own_from_the_first_step_on) { run_eagerly(contexts()); }

Coro<int> chain(int depth) {
  if (depth == 0) co_return 0;
  co_return 1 + co_await chain(depth - 1);
}
Coro<void> nested_groups(int width, int depth) {
  if (depth == 0) co_return;
  const auto block = [width, depth](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < width; ++i) group.create_task(nested_groups(width, depth - 1));
    co_return;
  };
  co_await with_task_group(block);
}
Coro<void> nested_gathers(int width, int depth) {
  if (depth == 0) co_return;
  std::vector<Coro<void>> children;
  for (int i = 0; i < width; ++i) children.push_back(nested_gathers(width, depth - 1));
  co_await gather(std::move(children));
}
Coro<void> counted(bool eager) {
  std::atomic<int> made = 0;
  std::atomic<int> queued = 0;
  const auto count = [&made, &queued, eager](TaskMaker& make, TaskOptions options) {
    ++made;
    if (eager) options.eager_start = true;
    const AnyTask task = make(options);
    if (!task.done()) ++queued;
    return task;
  };
  EventLoop& loop = get_running_loop();
  loop.set_task_factory(count);
  EXPECT_EQ(co_await chain(100), 100);
  EXPECT_EQ(made, 0);
  constexpr int nodes = 5 + 25 + 125 + 625;
  const auto check = [&](int waiting) {
    EXPECT_EQ(made, nodes);
    if (loop.order() == Order::asyncio) {
      EXPECT_EQ(queued, eager ? waiting : nodes);
    }
    made = queued = 0;
  };
  co_await nested_gathers(5, 4);
  check(0);
  // A group hears of its tasks through the loop (as CPython since 3.13.2): those that have a group in them wait for it.
  co_await nested_groups(5, 4);
  check(5 + 25 + 125);
  loop.set_task_factory(nullptr);
}
// BaseTaskCountingTests.test_awaitables_chain, test_recursive_taskgroups, test_recursive_gather
TEST_P(EagerTasksEverywhere, of_a_tree_that_never_waits_are_done_when_they_are_there) { run_here(counted(true)); }
TEST_P(EagerTasksEverywhere, are_as_many_as_those_that_wait_for_the_loop) { run_here(counted(false)); }

}  // namespace
}  // namespace weft::tests
