#include "weft/runtime/task/task.h"

#include <gtest/gtest.h>

#include <atomic>
#include <exception>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class TaskEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, TaskEverywhere, every_setting, setting_name);

Coro<int> after(std::chrono::milliseconds delay, int value) {
  co_await sleep(delay);
  co_return value;
}
Coro<int> fail(const char* text) {
  co_await sleep(1ms);
  throw ValueError(text);
}
Coro<void> note(std::vector<int>& order, int number) {
  order.push_back(number);
  co_return;
}

// --- creation ----------------------------------------------------------------------------------------------------------

Coro<void> starts_later() {
  std::vector<int> order;
  const Task<void> first = create_task(note(order, 1));
  const Task<void> second = create_task(note(order, 2));
  const Task<void> third = create_task(note(order, 3));
  EXPECT_TRUE(order.empty());
  co_await third;
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
  EXPECT_TRUE(first.done() && second.done());
}
TEST(Task, begins_in_a_later_turn_in_the_order_of_creation) { run_in_order(starts_later()); }

Coro<int> hold(Tracked tracked, bool& ran) {
  ran = true;
  co_return tracked.value;
}
TEST(Task, cannot_be_created_without_a_loop_and_the_coroutine_is_destroyed) {
  Census census;
  bool ran = false;
  try {
    create_task(hold(Tracked(census), ran));
    FAIL() << "no loop runs here";
  } catch (const RuntimeError& error) {
    EXPECT_NE(std::string(error.what()).find("create_task: no running event loop"), std::string::npos) << error.what();
  }
  EXPECT_FALSE(ran);
  EXPECT_EQ(census.born, census.died);
}

Coro<void> create_of_empty() {
  EXPECT_THROW(create_task(Coro<int>()), RuntimeError);
  co_return;
}
TEST(Task, cannot_be_created_of_a_coroutine_that_was_given_away) { run_in_order(create_of_empty()); }

Coro<void> of_callable() {
  Census census;
  {
    const Tracked captured(census, 5);
    const Task<int> task = create_task(
        [captured](Tracked argument) -> Coro<int> {
          co_await sleep(1ms);
          co_return captured.value + argument.value;
        },
        Tracked(census, 6));
    EXPECT_EQ(co_await task, 11);
  }
  co_await sleep(1ms);
  EXPECT_EQ(census.alive(), 0);
  std::string name;
  const Task<void> named = create_task(TaskOptions{.name = "of a callable"}, [&name]() -> Coro<void> {
    name = current_task().get_name();
    co_return;
  });
  co_await named;
  EXPECT_EQ(name, "of a callable");
}
TEST_P(TaskEverywhere, of_a_capturing_lambda_keeps_it_and_its_arguments_in_the_frame) { run_here(of_callable()); }

Coro<int&> refer(int& target) { co_return target; }
Coro<std::unique_ptr<int>> make_unique_int() { co_return std::make_unique<int>(3); }
struct alignas(64) Aligned {
  int value;
};
Coro<Aligned> make_aligned() { co_return Aligned{4}; }

Coro<void> kinds_of_result() {
  int target = 1;
  const Task<int&> reference = create_task(refer(target));
  int& same = co_await reference;
  EXPECT_EQ(&same, &target);
  const Task<std::unique_ptr<int>> unique = create_task(make_unique_int());
  const std::unique_ptr<int>& shared = co_await unique;
  EXPECT_EQ(*shared, 3);
  EXPECT_EQ(&unique.result(), &shared);
  const Task<Aligned> aligned = create_task(make_aligned());
  const Aligned copy = co_await aligned;
  EXPECT_EQ(copy.value, 4);
}
TEST_P(TaskEverywhere, has_results_of_every_kind) { run_here(kinds_of_result()); }

Coro<void> awaited_often() {
  const Task<int> task = create_task(after(2ms, 6));
  EXPECT_FALSE(task.done());
  EXPECT_THROW(static_cast<void>(task.result()), InvalidStateError);
  EXPECT_THROW(static_cast<void>(task.exception()), InvalidStateError);
  EXPECT_EQ(co_await task, 6);
  EXPECT_EQ(co_await task, 6);
  const AnyTask any = task;
  co_await any;
  EXPECT_TRUE(task.done());
  EXPECT_FALSE(task.cancelled());
  EXPECT_EQ(task.result(), 6);
  EXPECT_EQ(task.exception(), nullptr);
  any.check();
}
TEST_P(TaskEverywhere, can_be_awaited_again_and_asked_for_its_result) { run_here(awaited_often()); }

Coro<void> dropped_handle(std::atomic<bool>& ended) {
  create_task([&ended]() -> Coro<void> {
    co_await sleep(2ms);
    ended = true;
  });
  co_await sleep(5ms);
}
TEST_P(TaskEverywhere, runs_on_when_its_handle_is_dropped) {
  std::atomic<bool> ended = false;
  run_here(dropped_handle(ended));
  EXPECT_TRUE(ended);
}

Coro<void> frame_dies_first() {
  Census census;
  bool ran = false;
  const Task<int> task = create_task(hold(Tracked(census, 2), ran));
  EXPECT_EQ(co_await task, 2);
  EXPECT_EQ(census.alive(), 0);
  EXPECT_EQ(task.result(), 2);
}
TEST_P(TaskEverywhere, destroys_its_frame_when_it_ends_and_keeps_the_result) { run_here(frame_dies_first()); }

// --- errors ------------------------------------------------------------------------------------------------------------

Coro<void> gives_its_error() {
  const Task<int> task = create_task(fail("it failed"));
  std::exception_ptr first;
  try {
    static_cast<void>(co_await task);
  } catch (const ValueError&) {
    first = std::current_exception();
  }
  EXPECT_EQ(text_of(first), "weft::ValueError: it failed");
  EXPECT_TRUE(task.done());
  EXPECT_FALSE(task.cancelled());
  EXPECT_TRUE(task.exception() == first);
  EXPECT_THROW(static_cast<void>(task.result()), ValueError);
  EXPECT_THROW(task.check(), ValueError);
}
TEST_P(TaskEverywhere, gives_its_error_to_whoever_asks_as_the_same_object) { run_here(gives_its_error()); }

Coro<void> forget_an_error(Reports& reports, const char* name) {
  reports.listen_to(get_running_loop());
  create_task(fail("forgotten"), {.name = name});
  const Task<int> kept = create_task(fail("retrieved"));
  co_await sleep(5ms);
  EXPECT_NE(kept.exception(), nullptr);
}
TEST_P(TaskEverywhere, reports_an_error_that_nobody_retrieved_once_with_its_name) {
  Reports reports;
  run_here(forget_an_error(reports, "the forgotten one"));
  const ExceptionContext context = reports.only();
  EXPECT_EQ(context.message, "Task exception was never retrieved");
  EXPECT_EQ(context.task_name, "the forgotten one");
  EXPECT_EQ(text_of(context.exception), "weft::ValueError: forgotten");
}

Coro<int> await_self(Future<AnyTask> self) {
  const AnyTask task = co_await self;
  try {
    co_await task;
  } catch (const RuntimeError& error) {
    EXPECT_NE(std::string(error.what()).find("Task cannot await on itself"), std::string::npos) << error.what();
    co_return 1;
  }
  co_return 0;
}
Coro<int> make_await_self() {
  const Future<AnyTask> self = get_running_loop().create_future<AnyTask>();
  const Task<int> task = create_task(await_self(self));
  self.set_result(task);
  co_return co_await task;
}
TEST_P(TaskEverywhere, that_awaits_itself_is_refused) { EXPECT_EQ(run_here(make_await_self()), 1); }

Coro<int> wait_for(Task<int> task) {
  try {
    co_return co_await task;
  } catch (const RuntimeError& error) {
    EXPECT_NE(std::string(error.what()).find("attached to a different loop"), std::string::npos) << error.what();
    co_return -1;
  }
}
TEST(Task, of_another_loop_cannot_be_awaited) {
  EventLoop other(RunOptions{.workers = 1});
  other.set_exception_handler([](const ExceptionContext&) {});
  const Task<int> task = other.create_task(after(1ms, 1));
  EXPECT_EQ(run_in_order(wait_for(task)), -1);
}

// --- identity ----------------------------------------------------------------------------------------------------------

Coro<void> names() {
  const std::string main_name = current_task().get_name();
  EXPECT_EQ(main_name, "Task-1");
  const Task<int> second = create_task(after(1ms, 1));
  EXPECT_EQ(second.get_name(), "Task-2");
  const Task<int> named = create_task(after(1ms, 1), {.name = "given"});
  EXPECT_EQ(named.get_name(), "given");
  named.set_name("changed");
  EXPECT_EQ(named.get_name(), "changed");
  const Task<int> third = create_task(after(1ms, 1));
  EXPECT_EQ(third.get_name(), "Task-3");  // as in CPython: a name that was given uses up no number
  co_await sleep(2ms);
  EXPECT_EQ(named.get_name(), "changed");
}
TEST(Task, has_the_name_it_was_given_or_a_number) { run_in_order(names()); }

Coro<AnyTask> self_over_awaits() {
  const AnyTask before = current_task();
  co_await sleep(0s);
  EXPECT_TRUE(current_task() == before);
  co_await sleep(1ms);
  EXPECT_TRUE(current_task() == before);
  co_return current_task();
}
Coro<void> current_is_own() {
  const AnyTask main = current_task();
  EXPECT_TRUE(main);
  EXPECT_TRUE(co_await self_over_awaits() == main);
  const Task<AnyTask> other = create_task(self_over_awaits());
  const AnyTask seen = co_await other;
  EXPECT_TRUE(seen == other);
  EXPECT_FALSE(seen == main);
  EXPECT_TRUE(current_task() == main);
}
TEST_P(TaskEverywhere, is_its_own_current_task_in_every_step) { run_here(current_is_own()); }

Coro<void> none_in_callbacks() {
  const Future<bool> in_task = get_running_loop().create_future<bool>();
  get_running_loop().call_soon([in_task] { in_task.set_result(static_cast<bool>(current_task())); });
  EXPECT_FALSE(co_await in_task);
}
TEST_P(TaskEverywhere, is_not_current_in_a_callback) { run_here(none_in_callbacks()); }

TEST(Task, there_is_no_current_task_without_a_loop) {
  EXPECT_THROW(static_cast<void>(current_task()), RuntimeError);
  EXPECT_THROW(static_cast<void>(all_tasks()), RuntimeError);
}

Coro<void> pending_only() {
  EXPECT_EQ(all_tasks().size(), 1u);
  EXPECT_TRUE(all_tasks().front() == current_task());
  const Task<int> fast = create_task(after(1ms, 1));
  const Task<int> slow = create_task(after(10ms, 2));
  EXPECT_EQ(all_tasks().size(), 3u);
  co_await fast;
  EXPECT_EQ(all_tasks().size(), 2u);
  co_await slow;
  EXPECT_EQ(all_tasks().size(), 1u);
}
TEST_P(TaskEverywhere, is_in_all_tasks_while_it_is_pending) { run_here(pending_only()); }

Coro<std::size_t> count_tasks_of_this_loop() {
  const Task<int> mine = create_task(after(1ms, 1));
  const std::size_t count = all_tasks().size();
  co_await mine;
  co_return count;
}
TEST(Task, of_another_loop_is_not_in_all_tasks) {
  EventLoop other(RunOptions{.workers = 1});
  other.set_exception_handler([](const ExceptionContext&) {});
  const Task<int> task = other.create_task(after(1ms, 1));
  EXPECT_EQ(run_in_order(count_tasks_of_this_loop()), 2u);
  EXPECT_FALSE(task.done());
}

// --- the loop is closed ------------------------------------------------------------------------------------------------

TEST(Task, that_never_began_is_destroyed_with_its_loop_and_reported) {
  Census census;
  Reports reports;
  bool ran = false;
  Task<int> task;
  {
    EventLoop loop(RunOptions{.workers = 1});
    reports.listen_to(loop);
    task = loop.create_task(hold(Tracked(census), ran), {.name = "never"});
  }
  EXPECT_FALSE(ran);
  EXPECT_EQ(census.alive(), 0);
  EXPECT_EQ(reports.only().message, "Task was destroyed but it is pending!");
  EXPECT_EQ(reports.only().task_name, "never");
  EXPECT_TRUE(task.cancelled());
  EXPECT_FALSE(task.cancel());
  EXPECT_THROW(static_cast<void>(task.result()), CancelledError);
}

Coro<int> wait_with_local(Task<int> task, Census& census) {
  const Tracked local(census);
  const int value = co_await task;
  co_return value + local.value;
}
// In both orders of creation: the one that waits is destroyed before and after the one it waits for.
TEST_P(TaskEverywhere, that_waits_for_another_is_destroyed_with_its_loop) {
  Census census;
  {
    EventLoop loop(options());
    loop.set_exception_handler([](const ExceptionContext&) {});
    std::vector<Task<int>> chain{loop.create_task(after(10s, 1))};
    for (int i = 0; i < 20; ++i) chain.push_back(loop.create_task(wait_with_local(chain.back(), census)));
    chain.clear();
    loop.call_later(1ms, [&loop] { loop.stop(); });
    loop.run_forever();
    EXPECT_EQ(census.alive(), 20);
  }
  EXPECT_EQ(census.alive(), 0);
}

TEST(Task, may_be_created_from_another_thread) {
  EventLoop loop(RunOptions{.workers = 1});
  std::thread outside([&loop] {
    const Task<int> task = loop.create_task(after(1ms, 7));
    task.add_done_callback([&loop](const AnyFuture&) { loop.stop(); });
    while (!task.done()) std::this_thread::yield();
    EXPECT_EQ(task.result(), 7);
  });
  loop.run_forever();
  outside.join();
}

}  // namespace
}  // namespace weft::tests
