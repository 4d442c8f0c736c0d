#include "weft/runtime/task/call_graph.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class CallGraph : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, CallGraph, every_setting, setting_name);

using Remark = FutureCallGraph::Remark;

// Waits, without a time of its own, until the task does.
Coro<void> until_waiting(AnyTask task) {
  while (capture_call_graph(task).state == TaskState::scheduled) co_await sleep(0s);
}

int g_line_of_sleep = 0;
Coro<void> innermost_part() {
  g_line_of_sleep = __LINE__ + 1;
  co_await sleep(1h);
}
Coro<void> middle_part() { co_await innermost_part(); }
Coro<void> outer_part() { co_await middle_part(); }

std::string names(const std::vector<CallFrame>& frames) {
  std::string text;
  for (const CallFrame& frame : frames) {
    const std::string name = frame.function();
    text += name.substr(name.rfind(':') + 1) + " ";
  }
  return text;
}

Coro<void> stack_of_a_sleeper() {
  const Task<void> task = create_task(outer_part(), {.name = "sleeper"});
  co_await until_waiting(task);
  const FutureCallGraph graph = capture_call_graph(task);
  EXPECT_TRUE(graph.future == task);
  EXPECT_TRUE(graph.is_task);
  EXPECT_EQ(graph.name, "sleeper");
  EXPECT_EQ(graph.state, TaskState::waiting);
  EXPECT_EQ(graph.waits_for, "a sleep, until 3600.000 s on the loop's clock");
  EXPECT_EQ(names(graph.call_stack), "innermost_part middle_part outer_part ");
  EXPECT_EQ(graph.call_stack.front().line(), static_cast<unsigned>(g_line_of_sleep));
  EXPECT_NE(std::string(graph.call_stack.front().file()).find("call_graph_test.cc"), std::string::npos);
  EXPECT_TRUE(graph.awaited_by.empty());
  EXPECT_EQ(names(task.get_stack()), "innermost_part middle_part outer_part ");
  EXPECT_EQ(names(task.get_stack(2)), "innermost_part middle_part ");
  EXPECT_EQ(names(task.get_stack(-1)), "outer_part ");
  EXPECT_EQ(names(task.get_stack(0)), "");
  task.cancel();
}
TEST_P(CallGraph, shows_each_coroutine_of_a_waiting_task_and_where_it_awaits) { run_here(stack_of_a_sleeper()); }

Coro<int> fails_at_once() {
  throw ValueError("at once");
  co_return 0;
}
Coro<void> every_state() {
  const Task<void> new_one = create_task(outer_part());
  const FutureCallGraph fresh = capture_call_graph(new_one);
  if (get_running_loop().order() == Order::asyncio) {
    EXPECT_EQ(fresh.state, TaskState::scheduled);
    EXPECT_EQ(names(fresh.call_stack), "outer_part ") << "where it is defined";
  }
  const AnyTask here = current_task();
  EXPECT_EQ(capture_call_graph(here).state, TaskState::running);
  EXPECT_TRUE(capture_call_graph(here).call_stack.empty()) << "that is what co_await capture_call_graph() is for";
  new_one.cancel();
  try {
    co_await new_one;
  } catch (const CancelledError&) {
  }
  EXPECT_EQ(capture_call_graph(new_one).state, TaskState::cancelled);
  EXPECT_TRUE(new_one.get_stack().empty());
  const Task<int> failed = create_task(fails_at_once());
  try {
    co_await failed;
  } catch (const ValueError&) {
  }
  EXPECT_EQ(capture_call_graph(failed).state, TaskState::failed);
  const auto nothing = []() -> Coro<void> { co_return; };
  const Task<void> ended = create_task(nothing);
  co_await ended;
  EXPECT_EQ(capture_call_graph(ended).state, TaskState::finished);
  const Future<int> future = get_running_loop().create_future<int>();
  EXPECT_EQ(capture_call_graph(future).state, TaskState::waiting);
  EXPECT_FALSE(capture_call_graph(future).is_task);
  future.set_result(1);
  EXPECT_EQ(capture_call_graph(future).state, TaskState::finished);
}
TEST_P(CallGraph, says_in_which_state_a_future_is) { run_here(every_state()); }

Coro<FutureCallGraph> looks_at_itself() { co_return co_await capture_call_graph(); }
Coro<void> looks_through() {
  const FutureCallGraph graph = co_await looks_at_itself();
  EXPECT_TRUE(graph.future == current_task());
  EXPECT_EQ(graph.state, TaskState::running);
  EXPECT_EQ(names(graph.call_stack), "looks_at_itself looks_through ");
}
TEST_P(CallGraph, of_the_task_that_awaits_it_shows_its_own_coroutines) { run_here(looks_through()); }

Coro<void> sleeps() { co_await sleep(1h); }
Coro<void> awaits(AnyTask task) { co_await task; }

Coro<void> waiters() {
  const Task<void> leaf = create_task(sleeps(), {.name = "leaf"});
  const Task<void> one = create_task(awaits(leaf), {.name = "one"});
  const Task<void> two = create_task(awaits(one), {.name = "two"});
  for (const Task<void>& task : {leaf, one, two}) co_await until_waiting(task);
  const FutureCallGraph graph = capture_call_graph(leaf);
  EXPECT_EQ(graph.awaited_by.size(), 1u);
  EXPECT_EQ(graph.awaited_by.at(0).name, "one");
  EXPECT_EQ(graph.awaited_by[0].waits_for, "<Task 'leaf' pending>");
  EXPECT_EQ(names(graph.awaited_by[0].call_stack), "awaits ");
  EXPECT_EQ(graph.awaited_by[0].awaited_by.at(0).name, "two");
  const FutureCallGraph near = capture_call_graph(leaf, {.levels = 1});
  EXPECT_EQ(near.awaited_by.at(0).remark, Remark::levels_end);
  EXPECT_TRUE(near.awaited_by[0].awaited_by.empty());
  leaf.cancel();
}
TEST_P(CallGraph, shows_who_waits_for_a_task_and_who_for_those) { run_here(waiters()); }

// The names of those who wait, level by level, each the first of its level.
std::string first_waiters(const AnyFuture& future) {
  std::string text;
  FutureCallGraph graph = capture_call_graph(future);
  while (!graph.awaited_by.empty()) {
    graph = FutureCallGraph(graph.awaited_by.front());
    text += graph.name + " ";
  }
  return text;
}

Coro<void> combinators() {
  const Task<void> leaf = create_task(sleeps(), {.name = "leaf"});
  const auto gathers = [leaf]() -> Coro<void> { co_await gather(leaf); };
  const Task<void> gathering = create_task({.name = "gathering"}, gathers);
  co_await until_waiting(gathering);
  EXPECT_EQ(first_waiters(leaf), "<gather of 1 pending> gathering ");
  EXPECT_EQ(capture_call_graph(gathering).waits_for, "<gather of 1 pending>");

  const Task<void> waited = create_task(sleeps(), {.name = "waited"});
  const auto waits = [waited]() -> Coro<void> { co_await wait(only(waited)); };
  const Task<void> waiting = create_task({.name = "waiting"}, waits);
  co_await until_waiting(waiting);
  EXPECT_EQ(first_waiters(waited), "waiting ");

  const Task<void> inner = create_task(sleeps(), {.name = "inner"});
  const auto shields = [inner]() -> Coro<void> { co_await shield(inner); };
  const Task<void> shielding = create_task({.name = "shielding"}, shields);
  co_await until_waiting(shielding);
  EXPECT_EQ(first_waiters(inner), "<Future pending> shielding ");

  Task<void> child;
  const auto groups = [&child]() -> Coro<void> {
    const auto block = [&child](TaskGroup& group) -> Coro<void> {
      child = group.create_task(sleeps(), {.name = "child"});
      co_return;
    };
    co_await with_task_group(block);
  };
  const Task<void> grouping = create_task({.name = "grouping"}, groups);
  co_await until_waiting(grouping);
  EXPECT_EQ(first_waiters(child), "grouping ");
  leaf.cancel();
  waited.cancel();
  inner.cancel();
  child.cancel();
  const std::vector<AnyTask> waiters{gathering, waiting, shielding, grouping};
  co_await wait(waiters);
}
TEST_P(CallGraph, knows_who_waits_through_gather_wait_shield_and_task_groups) { run_here(combinators()); }

Coro<int> child_of_join(Future<AnyTask> child) {
  child.set_result(current_task());
  co_await sleep(1h);
  co_return 0;
}
Coro<void> joins(Future<AnyTask> first, Future<AnyTask> second) {
  co_await fork_join(child_of_join(first), child_of_join(second));
}
Coro<void> joined() {
  const Future<AnyTask> first = get_running_loop().create_future<AnyTask>();
  const Future<AnyTask> second = get_running_loop().create_future<AnyTask>();
  const Task<void> parent = create_task(joins(first, second), {.name = "parent"});
  co_await until_waiting(parent);
  std::vector<AnyTask> children;
  children.push_back(co_await first);
  children.push_back(co_await second);
  for (const AnyTask& child : children) co_await until_waiting(child);
  if (get_running_loop().order() == Order::depth_first) {
    EXPECT_EQ(capture_call_graph(parent).waits_for, "fork_join of 2 children");
    EXPECT_EQ(first_waiters(children[0]), "parent ");
    EXPECT_EQ(first_waiters(children[1]), "parent ");
  } else {
    EXPECT_EQ(first_waiters(children[0]), "<gather of 2 pending> parent ");
  }
  parent.cancel();
  try {
    co_await parent;
  } catch (const CancelledError&) {
  }
}
TEST_P(CallGraph, shows_the_parent_of_a_join_as_who_waits_for_its_children) { run_here(joined()); }

Coro<void> waits_for(Task<void>& other) { co_await other; }
Coro<void> cycle() {
  Task<void> first;
  Task<void> second;
  first = create_task(waits_for(second), {.name = "first", .eager_start = false});
  second = create_task(waits_for(first), {.name = "second"});
  co_await until_waiting(first);
  co_await until_waiting(second);
  const std::string text = format_call_graph(first);
  EXPECT_NE(text.find("* Task(name='first'"), std::string::npos) << text;
  EXPECT_NE(text.find("* Task(name='second'"), std::string::npos) << text;
  EXPECT_NE(text.find("waits for itself: a cycle"), std::string::npos) << text;
  EXPECT_EQ(capture_call_graph(first).awaited_by.at(0).awaited_by.at(0).remark, Remark::cycle);
}
TEST(CallGraph, names_a_cycle_of_tasks_that_wait_for_each_other) {
  VirtualClock clock;
  EventLoop loop(RunOptions{.workers = 1, .clock = &clock});
  loop.set_exception_handler([](const ExceptionContext&) {});
  loop.run_until_complete(cycle());
}

Coro<void> diamond() {
  const Task<void> leaf = create_task(sleeps(), {.name = "leaf"});
  const Task<void> left = create_task(awaits(leaf), {.name = "left"});
  const Task<void> right = create_task(awaits(leaf), {.name = "right"});
  const auto both = [left, right]() -> Coro<void> { co_await gather(left, right); };
  const Task<void> top = create_task({.name = "top"}, both);
  for (const AnyTask& task : {AnyTask(leaf), AnyTask(left), AnyTask(right), AnyTask(top)}) co_await until_waiting(task);
  const FutureCallGraph graph = capture_call_graph(leaf);
  EXPECT_EQ(graph.awaited_by.size(), 2u);
  EXPECT_EQ(graph.awaited_by.at(0).awaited_by.at(0).awaited_by.at(0).name, "top");
  EXPECT_EQ(graph.awaited_by.at(1).awaited_by.at(0).remark, Remark::shown_already);
  leaf.cancel();
}
TEST(CallGraph, shows_what_is_reached_on_two_ways_once) { run_in_order(diamond()); }

Coro<void> printed() {
  const Task<void> leaf = create_task(sleeps(), {.name = "leaf"});
  const Task<void> one = create_task(awaits(leaf), {.name = "one"});
  co_await sleep(1s);
  const std::string text = format_call_graph(leaf);
  const std::vector<std::string> parts{"* Task(name='leaf', id=0x",
                                       ", waiting)\n  + Waits for: a sleep, until 3600.000 s on the loop's clock\n"
                                       "  + Call stack:\n  |   File '",
                                       ", in async weft::tests::(anonymous namespace)::sleeps()\n  + Awaited by:\n"
                                       "    * Task(name='one', id=0x",
                                       ", waiting)\n      + Waits for: <Task 'leaf' pending>\n      + Call stack:\n"
                                       "      |   File '",
                                       "::awaits()\n"};
  std::size_t at = 0;
  for (const std::string& part : parts) {
    std::string wanted = part;
    if (text.find("{anonymous}") != std::string::npos) {
      if (const std::size_t name = wanted.find("(anonymous namespace)"); name != std::string::npos)
        wanted.replace(name, 21, "{anonymous}");
    }
    const std::size_t found = text.find(wanted, at);
    EXPECT_NE(found, std::string::npos) << "no '" << wanted << "' in:\n" << text;
    if (found != std::string::npos) at = found + wanted.size();
  }
  leaf.cancel();
}
TEST(CallGraph, is_printed_in_the_form_of_asyncio) { run_in_order(printed()); }

TEST(CallGraph, of_an_empty_handle_is_refused) { EXPECT_THROW(capture_call_graph(AnyFuture()), RuntimeError); }

// Many threads look at tasks that run, wait, wake and end.
Coro<void> busy(int rounds) {
  for (int i = 0; i < rounds; ++i) {
    const Task<void> below = create_task([]() -> Coro<void> { co_await sleep(1us); });
    co_await gather(below);
    co_await sleep(0s);
  }
}
Coro<void> watched(std::atomic<long>& seen) {
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 8; ++i) tasks.push_back(create_task(busy(100)));
  std::atomic<bool> over = false;
  std::vector<std::thread> watchers;
  for (int i = 0; i < 2; ++i) {
    watchers.emplace_back([&] {
      while (!over.load()) {
        for (const Task<void>& task : tasks) {
          const FutureCallGraph graph = capture_call_graph(task);
          if (graph.state == TaskState::waiting) seen += static_cast<long>(graph.call_stack.size());
          format_call_graph(graph);
        }
      }
    });
  }
  for (const Task<void>& task : tasks) co_await task;
  over.store(true);
  for (std::thread& watcher : watchers) watcher.join();
}
TEST_P(CallGraph, is_captured_by_other_threads_while_tasks_wake_and_end) {
  std::atomic<long> seen = 0;
  run(watched(seen), {.workers = GetParam().workers, .order = GetParam().order});
  EXPECT_GE(seen, 0);
}

}  // namespace
}  // namespace weft::tests
