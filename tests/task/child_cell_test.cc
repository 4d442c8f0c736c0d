// A child of a join gets a task of its own when somebody looks, in order depth first; in order asyncio it is a task from the start.
#include "weft/runtime/task/child_cell.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class ChildCellEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, ChildCellEverywhere, every_setting, setting_name);

Coro<AnyTask> identify() {
  const AnyTask self = current_task();
  EXPECT_TRUE(current_task() == self);
  co_await sleep(1ms);
  EXPECT_TRUE(current_task() == self);
  co_return self;
}
Coro<void> are_distinct() {
  std::vector<Coro<AnyTask>> children;
  for (int i = 0; i < 50; ++i) children.push_back(identify());
  const AnyTask parent = current_task();
  std::vector<AnyTask> seen = co_await fork_join(std::move(children));
  EXPECT_TRUE(current_task() == parent);
  std::set<std::string> names;
  for (const AnyTask& task : seen) {
    EXPECT_FALSE(task == parent);
    EXPECT_TRUE(task.done());
    names.insert(task.get_name());
  }
  EXPECT_EQ(names.size(), 50u);
}
TEST_P(ChildCellEverywhere, differs_from_its_siblings_and_its_parent) { run_here(are_distinct()); }

Coro<AnyTask> identify_at_once() { co_return current_task(); }
Coro<void> without_suspending() {
  const auto both = co_await fork_join(identify_at_once(), identify_at_once());
  EXPECT_FALSE(std::get<0>(both) == std::get<1>(both));
  EXPECT_TRUE(std::get<0>(both).done());
  EXPECT_FALSE(std::get<0>(both).cancelled());
}
TEST_P(ChildCellEverywhere, is_made_by_asking_who_runs) { run_here(without_suspending()); }

Coro<std::size_t> count_tasks() { co_return all_tasks().size(); }
Coro<std::size_t> count_later() {
  co_await sleep(1ms);
  co_return all_tasks().size();
}
Coro<void> leaf_sleep() { co_await sleep(2ms); }
Coro<void> are_counted() {
  const auto counts = co_await fork_join(count_later(), leaf_sleep(), leaf_sleep(), leaf_sleep());
  EXPECT_EQ(std::get<0>(counts), 5u);
  EXPECT_EQ(all_tasks().size(), 1u);
}
TEST_P(ChildCellEverywhere, is_in_all_tasks_while_it_is_pending) { run_here(are_counted()); }

Coro<void> unstarted_are_counted() {
  const auto counts = co_await fork_join(count_tasks(), leaf_sleep(), leaf_sleep());
  EXPECT_EQ(std::get<0>(counts), 4u);
}
TEST(ChildCell, that_has_not_begun_is_in_all_tasks_of_its_worker) {
  VirtualClock clock;
  run(unstarted_are_counted(), {.workers = 1, .order = Order::depth_first, .clock = &clock});
}

Coro<int> sleeper(const char* name) {
  current_task().set_name(name);
  co_await sleep(1h);
  co_return 1;
}
Coro<int> cancel_by_name(const char* name, Future<void> attempted) {
  co_await sleep(1ms);
  int cancelled = 0;
  for (const AnyTask& task : all_tasks()) cancelled += task.get_name() == name && task.cancel("you alone") ? 1 : 0;
  attempted.set_result();
  co_return cancelled;
}
Coro<int> outlast(Future<void> attempted, bool& ended) {
  co_await attempted;
  co_await sleep(5ms);
  ended = true;
  co_return 3;
}
Coro<void> one_alone() {
  const Future<void> attempted = get_running_loop().create_future<void>();
  bool ended = false;
  std::string message = "none";
  try {
    co_await fork_join(outlast(attempted, ended), sleeper("the victim"), cancel_by_name("the victim", attempted));
  } catch (const CancelledError& error) {
    message = error.message();
  }
  EXPECT_EQ(message, "you alone");
  EXPECT_TRUE(ended);
  EXPECT_EQ(current_task().cancelling(), 0u);
}
TEST_P(ChildCellEverywhere, can_be_cancelled_alone_and_the_join_waits_for_the_others) { run_here(one_alone()); }

Coro<int> fail_after_seen(AnyTask& self) {
  self = current_task();
  co_await sleep(1ms);
  throw ValueError("in the child");
}
Coro<void> error_is_the_parents(Reports& reports) {
  reports.listen_to(get_running_loop());
  AnyTask self;
  bool raised = false;
  try {
    co_await fork_join(fail_after_seen(self));
  } catch (const ValueError&) {
    raised = true;
  }
  EXPECT_TRUE(raised);
  EXPECT_EQ(text_of(self.exception()), "weft::ValueError: in the child");
}
TEST_P(ChildCellEverywhere, gives_its_error_to_the_parent_and_to_whoever_asks_and_reports_nothing) {
  Reports reports;
  run_here(error_is_the_parents(reports));
  EXPECT_EQ(reports.count(), 0u);
}

Coro<void> end_then_go(AnyTask& self) {
  self = current_task();
  co_await sleep(1ms);
}
Coro<void> await_a_child() {
  AnyTask self;
  const Task<void> waiter = create_task([&self]() -> Coro<void> {
    while (!self) co_await sleep(0s);
    co_await self;
  });
  co_await fork_join(end_then_go(self), leaf_sleep());
  co_await waiter;
  EXPECT_TRUE(self.done());
}
TEST(ChildCell, can_be_awaited_by_another_task) { run_in_order(await_a_child()); }
TEST(ChildCell, can_be_awaited_by_another_task_depth_first) {
  VirtualClock clock;
  run(await_a_child(), {.workers = 1, .order = Order::depth_first, .clock = &clock});
}

Coro<void> handle_outlives(AnyTask& kept) { co_await fork_join(end_then_go(kept), leaf_sleep()); }
TEST_P(ChildCellEverywhere, may_be_asked_after_its_loop_has_gone) {
  AnyTask kept;
  run_here(handle_outlives(kept));
  EXPECT_TRUE(kept.done());
  EXPECT_FALSE(kept.cancelled());
  EXPECT_FALSE(kept.cancel());
  EXPECT_EQ(kept.exception(), nullptr);
}

Coro<int> hold_and_wait(Census& census) {
  const Tracked local(census);
  co_await sleep(1h);
  co_return local.value;
}
Coro<int> borrow_and_wait(const Tracked& borrowed, Census& census) {
  const Tracked local(borrowed);
  co_await fork_join(hold_and_wait(census), hold_and_wait(census));
  co_return 0;
}
Coro<void> nested_children(Census& census) {
  const Tracked local(census);
  co_await fork_join(borrow_and_wait(local, census), borrow_and_wait(local, census), hold_and_wait(census));
}
TEST_P(ChildCellEverywhere, that_is_suspended_is_destroyed_with_its_loop_before_its_parent) {
  Census census;
  {
    EventLoop loop(options());
    loop.set_exception_handler([](const ExceptionContext&) {});
    loop.create_task(nested_children(census));
    loop.call_later(1ms, [&loop] { loop.stop(); });
    loop.run_forever();
    EXPECT_EQ(census.alive(), 8);
  }
  EXPECT_EQ(census.alive(), 0);
}

}  // namespace
}  // namespace weft::tests
