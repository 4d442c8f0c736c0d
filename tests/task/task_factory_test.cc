#include "weft/runtime/task/task_factory.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class EagerStart : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, EagerStart, every_setting, setting_name);

constexpr TaskOptions kEager{.eager_start = true};

Coro<int> at_once(int value) { co_return value; }
Coro<int> fails() {
  throw ValueError("at once");
  co_return 0;
}

Coro<void> never_suspends() {
  const AnyTask creator = current_task();
  bool ran = false;
  const auto body = [&]() -> Coro<int> {
    ran = true;
    EXPECT_FALSE(current_task() == creator);
    EXPECT_EQ(current_task().get_name(), "eager");
    co_return 3;
  };
  const Task<int> task = create_task({.name = "eager", .eager_start = true}, body);
  EXPECT_TRUE(ran);
  EXPECT_TRUE(current_task() == creator);
  EXPECT_TRUE(task.done());
  EXPECT_EQ(task.result(), 3);
  EXPECT_FALSE(task.cancel());
  EXPECT_EQ(co_await task, 3);
}
TEST_P(EagerStart, ends_a_task_that_never_suspends_inside_create_task) { run_here(never_suspends()); }

Coro<void> suspends() {
  int steps = 0;
  const auto body = [&]() -> Coro<int> {
    ++steps;
    co_await sleep(1ms);
    ++steps;
    co_return 4;
  };
  const Task<int> task = create_task(kEager, body);
  EXPECT_EQ(steps, 1);
  EXPECT_FALSE(task.done());
  EXPECT_EQ(co_await task, 4);
  EXPECT_EQ(steps, 2);
}
TEST_P(EagerStart, leaves_a_task_that_suspends_to_the_loop) { run_here(suspends()); }

Coro<void> error_is_stored() {
  const Task<int> task = create_task(fails(), kEager);
  EXPECT_TRUE(task.done());
  EXPECT_EQ(text_of(task.exception()), "weft::ValueError: at once");
  co_return;
}
TEST_P(EagerStart, keeps_what_the_first_step_throws_in_the_task) { run_here(error_is_stored()); }

Coro<int> spawn_down(int depth) {
  if (depth == 0) co_return 0;
  const Task<int> below = create_task(spawn_down(depth - 1), kEager);
  co_return co_await below + 1;
}
TEST_P(EagerStart, of_tasks_inside_each_other_takes_bounded_stack) { EXPECT_EQ(run_here(spawn_down(20'000)), 20'000); }

Coro<void> of_a_child() {
  const auto child = [](int number) -> Coro<int> {
    const Task<int> eager = create_task(at_once(number), kEager);
    EXPECT_TRUE(eager.done());
    const std::string name = current_task().get_name();
    const auto later = []() -> Coro<void> { co_await sleep(1ms); };
    const Task<void> suspended = create_task(kEager, later);
    EXPECT_EQ(current_task().get_name(), name);
    co_await suspended;
    co_return eager.result();
  };
  std::vector<Coro<int>> children;
  for (int i = 0; i < 50; ++i) children.push_back(child(i));
  int sum = 0;
  for (const int value : co_await fork_join(std::move(children))) sum += value;
  EXPECT_EQ(sum, 49 * 50 / 2);
}
TEST_P(EagerStart, inside_a_child_of_a_fork_join_leaves_the_child_as_it_was) { run_here(of_a_child()); }

Coro<int> tree(int depth) {
  if (depth == 0) co_return 1;
  std::vector<Coro<int>> halves;
  halves.push_back(tree(depth - 1));
  halves.push_back(tree(depth - 1));
  int sum = 0;
  for (const int value : co_await fork_join(std::move(halves))) sum += value;
  co_return sum;
}
Coro<void> joins_inside() {
  std::vector<Task<int>> tasks;
  for (int i = 0; i < 20; ++i) tasks.push_back(create_task(tree(6), kEager));
  for (const Task<int>& task : tasks) EXPECT_EQ(co_await task, 64);
}
TEST_P(EagerStart, of_a_task_that_forks_and_joins) { run_here(joins_inside()); }

Coro<void> from_callback() {
  EventLoop& loop = get_running_loop();
  const Future<int> told = loop.create_future<int>();
  loop.call_soon([&loop, told] {
    EXPECT_FALSE(current_task());
    const Task<int> task = loop.create_task(at_once(5), kEager);
    EXPECT_TRUE(task.done());
    EXPECT_FALSE(current_task());
    told.set_result(task.result());
  });
  EXPECT_EQ(co_await told, 5);
}
TEST_P(EagerStart, works_in_a_callback) { run_here(from_callback()); }

TEST(EagerStart, waits_for_the_loop_where_none_runs) {
  EventLoop loop(RunOptions{.workers = 1});
  const Task<int> task = loop.create_task(at_once(6), kEager);
  EXPECT_FALSE(task.done());
  EXPECT_EQ(loop.run_until_complete(task), 6);
}

Coro<void> failing_child_of_group(std::string& seen) {
  const auto block = [&seen](TaskGroup& group) -> Coro<void> {
    const Task<int> done = group.create_task(at_once(1), kEager);
    EXPECT_TRUE(done.done());
    const Task<int> failed = group.create_task(fails(), kEager);
    EXPECT_TRUE(failed.done());
    if (get_running_loop().order() == Order::asyncio) {
      EXPECT_EQ(current_task().cancelling(), 0u) << "told later, not inside create_task";
    }
    try {
      co_await sleep(1h);
    } catch (const CancelledError&) {
      seen += "cancelled ";
      throw;
    }
  };
  try {
    co_await with_task_group(block);
  } catch (const ExceptionGroup& errors) {
    seen += std::to_string(errors.exceptions().size());
  }
}
TEST_P(EagerStart, of_a_groups_task_that_fails_at_once_ends_the_group_as_any_failure) {
  std::string seen;
  run_here(failing_child_of_group(seen));
  EXPECT_EQ(seen, "cancelled 1");
}

Coro<void> interrupted() {
  const auto body = []() -> Coro<void> {
    throw KeyboardInterrupt();
    co_return;
  };
  const Task<void> task = create_task(kEager, body);
  EXPECT_TRUE(task.done());
  static_cast<void>(task.exception());
  co_await sleep(1h);
}
TEST_P(EagerStart, lets_a_keyboard_interrupt_out_of_run) { EXPECT_THROW(run_here(interrupted()), KeyboardInterrupt); }

// --- factories -------------------------------------------------------------------------------------------------------
class TaskFactoryTest : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, TaskFactoryTest, every_setting, setting_name);

Coro<void> all_creators(int& made) {
  EventLoop& loop = get_running_loop();
  loop.set_task_factory([&made](TaskMaker& make, const TaskOptions& options) {
    ++made;
    return make(options);
  });
  EXPECT_TRUE(loop.get_task_factory());
  const auto body = []() -> Coro<int> { co_return 1; };
  EXPECT_EQ(co_await create_task(body), 1);
  EXPECT_EQ(co_await loop.create_task(at_once(2)), 2);
  EXPECT_EQ(co_await ensure_future(at_once(3)), 3);
  EXPECT_EQ(made, 3);
  const auto both = co_await gather(at_once(4), at_once(5));
  EXPECT_EQ(std::get<0>(both) + std::get<1>(both), 9);
  EXPECT_EQ(made, 5);
  const auto block = [](TaskGroup& group) -> Coro<void> {
    group.create_task(at_once(6));
    co_return;
  };
  co_await with_task_group(block);
  EXPECT_EQ(made, 6);
  EXPECT_EQ(co_await shield(at_once(7)), 7);
  EXPECT_EQ(made, 7);
  bool timed_out = false;
  try {
    co_await wait_for(at_once(8), 0s);
  } catch (const TimeoutError&) {
    timed_out = true;
  }
  EXPECT_TRUE(timed_out);
  EXPECT_EQ(made, 8);
  loop.set_task_factory(nullptr);
  EXPECT_FALSE(loop.get_task_factory());
  EXPECT_EQ(co_await create_task(at_once(9)), 9);
  EXPECT_EQ(made, 8);
}
TEST_P(TaskFactoryTest, makes_the_tasks_of_everything_that_creates_one) {
  int made = 0;
  run_here(all_creators(made));
}

// The error that creating a task ends with.
template <class Create>
std::string error_of(Create create) {
  try {
    create();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "none";
}
Coro<int> holds(Tracked tracked) { co_return tracked.value; }

Coro<void> misuse(Census& census) {
  EventLoop& loop = get_running_loop();
  loop.set_task_factory([](TaskMaker&, const TaskOptions&) { return AnyTask(); });
  EXPECT_EQ(error_of([&] { create_task(holds(Tracked(census))); }),
            "the task factory made no task; it must call its TaskMaker once");
  EXPECT_EQ(census.alive(), 0) << "the coroutine is gone";
  loop.set_task_factory([](TaskMaker& make, const TaskOptions& options) {
    make(options);
    return make(options);
  });
  EXPECT_EQ(error_of([&] { create_task(holds(Tracked(census))); }),
            "the task factory asked for a second task; one coroutine makes one task");
  loop.set_task_factory([](TaskMaker&, const TaskOptions&) -> AnyTask { throw ValueError("no more tasks"); });
  EXPECT_EQ(error_of([&] { create_task(holds(Tracked(census))); }), "no more tasks");
  loop.set_task_factory(nullptr);
  EXPECT_EQ(error_of([] { create_eager_task_factory(nullptr); }), "create_eager_task_factory: the factory is empty");
  co_await sleep(1ms);
}
TEST_P(TaskFactoryTest, that_misbehaves_is_an_error_of_whoever_creates_the_task) {
  Census census;
  run_here(misuse(census));
  EXPECT_EQ(census.alive(), 0);
}

Coro<void> by_threads() {
  EventLoop& loop = get_running_loop();
  loop.set_task_factory([](TaskMaker&, const TaskOptions&) -> AnyTask { throw ValueError("no more tasks"); });
  Reports reports;
  reports.listen_to(loop);
  std::string text;
  const Future<void> joined = loop.create_future<void>();
  std::thread thread([&] {
    text = text_of(run_coroutine_threadsafe(at_once(1), loop).exception());
    joined.set_result();
  });
  co_await joined;
  thread.join();
  EXPECT_EQ(text, "weft::ValueError: no more tasks");
  while (reports.count() == 0) co_await sleep(0s);  // the callback that failed may still be on its way out
  EXPECT_EQ(reports.only().message, "Exception in callback");
  loop.set_task_factory(nullptr);
}
TEST(TaskFactory, that_fails_ends_the_future_of_run_coroutine_threadsafe) { run(by_threads(), {.workers = 2}); }

Coro<void> eager_unless_told(int& order) {
  get_running_loop().set_task_factory(eager_task_factory);
  const auto body = [&order]() -> Coro<void> {
    ++order;
    co_return;
  };
  const Task<void> eager = create_task(body);
  EXPECT_TRUE(eager.done());
  const Task<void> lazy = create_task({.eager_start = false}, body);
  if (get_running_loop().workers() == 1) {
    EXPECT_FALSE(lazy.done());
  }
  co_await lazy;
  EXPECT_EQ(order, 2);
}
TEST_P(TaskFactoryTest, of_eager_tasks_yields_to_what_the_creator_asks) {
  int order = 0;
  run_here(eager_unless_told(order));
}

// A task that started at once may be woken, and end, on another worker while its creator goes on.
Coro<void> many(std::atomic<int>& ended) {
  EventLoop& loop = get_running_loop();
  for (int round = 0; round < 200; ++round) {
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 20; ++i) {
      const Future<int> future = loop.create_future<int>();
      loop.call_soon([future] { future.set_result(1); });
      const auto body = [future, &ended]() -> Coro<void> {
        ended += co_await future;
        co_await sleep(0s);
      };
      tasks.push_back(create_task(kEager, body));
    }
    for (const Task<void>& task : tasks) co_await task;
  }
}
TEST_P(EagerStart, of_tasks_that_other_workers_wake_meanwhile) {
  std::atomic<int> ended = 0;
  run_here(many(ended));
  EXPECT_EQ(ended, 4000);
}

}  // namespace
}  // namespace weft::tests
