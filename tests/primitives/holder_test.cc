#include "weft/primitives/holder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class HolderEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, HolderEverywhere, every_setting, setting_name);

Coro<void> until_waiting(AnyTask task) {
  while (capture_call_graph(task).state != TaskState::waiting) co_await sleep(0s);
}
Coro<void> holds(Lock& lock, Event& end) {
  const auto held = co_await lock.scoped();
  co_await end.wait();
}
Coro<void> takes(Lock& lock) { const auto held = co_await lock.scoped(); }

Coro<void> names_the_holder() {
  Lock lock("db");
  Event end;
  EXPECT_FALSE(lock.holder()) << "it is free";
  const Task<void> holder = create_task(holds(lock, end), {.name = "holder"});
  co_await until_waiting(holder);
  EXPECT_TRUE(lock.holder() == holder);
  const Task<void> waiter = create_task(takes(lock), {.name = "waiter"});
  co_await until_waiting(waiter);
  const FutureCallGraph of_waiter = capture_call_graph(waiter);
  EXPECT_TRUE(of_waiter.held_by == holder);
  const std::string text = format_call_graph(of_waiter);
  EXPECT_NE(text.find("Waits for: <Lock 'db' locked, 1 waiting>, held by Task(name='holder', id=0x"), std::string::npos)
      << text;
  end.set();
  co_await waiter;
  EXPECT_FALSE(lock.holder());
}
TEST_P(HolderEverywhere, of_a_lock_is_named_to_those_that_wait_for_it) { run_here(names_the_holder()); }

Coro<void> shows_the_waiters() {
  Lock lock;
  Event end;
  const Task<void> holder = create_task(holds(lock, end), {.name = "holder"});
  co_await until_waiting(holder);
  const Task<void> first = create_task(takes(lock), {.name = "first"});
  co_await until_waiting(first);
  const Task<void> second = create_task(takes(lock), {.name = "second"});
  co_await until_waiting(second);
  const FutureCallGraph graph = capture_call_graph(holder);
  EXPECT_EQ(graph.awaited_by.size(), 2u);
  std::vector<std::string> names;
  for (const FutureCallGraph& waiting : graph.awaited_by) names.push_back(waiting.name);
  EXPECT_EQ(names, (std::vector<std::string>{"first", "second"}));
  EXPECT_TRUE(capture_call_graph(holder, {.levels = 0}).awaited_by.empty());
  end.set();
  co_await second;
}
TEST_P(HolderEverywhere, of_a_lock_is_awaited_by_those_that_wait_for_it) { run_here(shows_the_waiters()); }

Coro<void> takes_two(Lock& one, Event& has_one, Event& go, Lock& two) {
  const auto held = co_await one.scoped();
  has_one.set();
  co_await go.wait();
  const auto both = co_await two.scoped();
}
Coro<void> deadlock() {
  Lock left("left"), right("right");
  Event has_left, has_right, go;
  const Task<void> one = create_task(takes_two(left, has_left, go, right), {.name = "one"});
  const Task<void> two = create_task(takes_two(right, has_right, go, left), {.name = "two"});
  co_await has_left.wait();
  co_await has_right.wait();
  go.set();
  while (right.describe() != "<Lock 'right' locked, 1 waiting>" || left.describe() != "<Lock 'left' locked, 1 waiting>")
    co_await sleep(0s);
  co_await until_waiting(one);
  co_await until_waiting(two);
  const FutureCallGraph graph = capture_call_graph(one);
  EXPECT_TRUE(graph.held_by == two);
  EXPECT_EQ(graph.awaited_by.size(), 1u);
  const FutureCallGraph& other = graph.awaited_by.at(0);
  EXPECT_EQ(other.name, "two");
  EXPECT_EQ(other.awaited_by.size(), 1u);
  EXPECT_EQ(other.awaited_by.at(0).remark, FutureCallGraph::Remark::cycle);
  EXPECT_TRUE(other.awaited_by.at(0).future == one);
  one.cancel();
  co_await two;
}
TEST_P(HolderEverywhere, of_a_lock_that_waits_for_another_ones_lock_and_the_reverse_are_a_cycle_in_the_call_graph) {
  run_here(deadlock());
}

Coro<void> ends_and_holds(Lock& lock) { co_await lock.acquire(); }
Coro<void> ended_holder() {
  Lock lock;
  const Task<void> task = create_task(ends_and_holds(lock), {.name = "gone"});
  co_await task;
  EXPECT_FALSE(lock.holder());
  const Task<void> waiter = create_task(takes(lock), {.name = "waiter"});
  co_await until_waiting(waiter);
  EXPECT_FALSE(capture_call_graph(waiter).held_by);
  EXPECT_EQ(capture_call_graph(task).awaited_by.size(), 1u) << "who has its handle sees what it left behind";
  lock.release();
  co_await waiter;
}
TEST_P(HolderEverywhere, that_has_ended_is_not_named) { run_here(ended_holder()); }

Coro<void> child_that_looks(Lock& lock, Event& end) {
  while (!lock.locked()) co_await sleep(0s);
  const Task<void> waiter = create_task(takes(lock), {.name = "waiter"});
  co_await until_waiting(waiter);
  while (!lock.holder()) co_await sleep(0s);
  co_await until_waiting(lock.holder());
  EXPECT_TRUE(capture_call_graph(waiter).held_by == lock.holder());
  EXPECT_EQ(capture_call_graph(lock.holder()).awaited_by.size(), 2u) << "the waiter, and the parent of the join";
  end.set();
  co_await waiter;
}
Coro<void> children() {
  Lock lock;
  Event end;
  co_await fork_join(holds(lock, end), child_that_looks(lock, end));
}
TEST_P(HolderEverywhere, may_be_a_child_of_a_join_that_was_seen_after_it_had_acquired) { run_here(children()); }

Coro<void> writes(RwLock& lock, Event& end) {
  const auto held = co_await lock.write_scoped();
  co_await end.wait();
}
Coro<void> reads(RwLock& lock, Event& end) {
  const auto held = co_await lock.read_scoped();
  co_await end.wait();
}
Coro<void> writer() {
  RwLock lock;
  Event end;
  const Task<void> writing = create_task(writes(lock, end), {.name = "writer"});
  co_await until_waiting(writing);
  EXPECT_TRUE(lock.writer() == writing);
  const Task<void> reading = create_task(reads(lock, end), {.name = "reader"});
  co_await until_waiting(reading);
  EXPECT_TRUE(capture_call_graph(reading).held_by == writing);
  end.set();
  co_await reading;
  EXPECT_FALSE(lock.writer());
  end.clear();
  const Task<void> again = create_task(reads(lock, end));
  co_await until_waiting(again);
  const Task<void> behind = create_task(writes(lock, end));
  co_await until_waiting(behind);
  EXPECT_FALSE(lock.writer());
  EXPECT_FALSE(capture_call_graph(behind).held_by) << "who reads is not kept";
  end.set();
  co_await behind;
}
TEST_P(HolderEverywhere, of_a_readers_writer_lock_is_the_one_that_writes) { run_here(writer()); }

Coro<int> makes(Event& end) {
  co_await end.wait();
  co_return 7;
}
Coro<void> maker() {
  OnceCell<int> cell;
  Event end;
  const auto user = [&]() -> Coro<void> {
    const int& value = co_await cell.get_or_init([&] { return makes(end); });
    EXPECT_EQ(value, 7);
  };
  const Task<void> first = create_task(user(), {.name = "first"});
  co_await until_waiting(first);
  const Task<void> second = create_task(user(), {.name = "second"});
  co_await until_waiting(second);
  EXPECT_TRUE(capture_call_graph(second).held_by == first);
  end.set();
  co_await second;
}
TEST_P(HolderEverywhere, of_a_once_cell_is_the_task_that_makes_the_value) { run_here(maker()); }

}  // namespace
}  // namespace weft::tests
