// Every child is a task, with any number of workers: current_task(), all_tasks(), names, a cancel of its own.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "conformance/parallel.h"

namespace weft::conformance {
namespace {

class ParallelTask : public Parallel {};

INSTANTIATE_TEST_SUITE_P(workers, ParallelTask, every_setting, setting_name);

// What children of one join saw when all of them were running.
struct Meeting {
  explicit Meeting(int expected_children)
      : expected(expected_children), gate(get_running_loop().create_future<int>()) {}
  const int expected;
  Counter present = 0;
  Counter tasks = 0;
  Future<int> gate;
};

Coro<AnyTask> attend(Meeting& meeting) {
  AnyTask self = current_task();
  if (++meeting.present == meeting.expected) {
    meeting.tasks = static_cast<int>(all_tasks().size());
    meeting.gate.set_result(0);
  }
  co_await meeting.gate;
  EXPECT_TRUE(current_task() == self);
  co_return self;
}

std::vector<Coro<AnyTask>> attendants(Meeting& meeting) {
  std::vector<Coro<AnyTask>> children;
  for (int child = 0; child < meeting.expected; ++child) children.push_back(attend(meeting));
  return children;
}

void check_meeting(const Meeting& meeting, std::vector<AnyTask> seen) {
  EXPECT_EQ(meeting.tasks, meeting.expected + 1);
  seen.push_back(current_task());
  for (std::size_t one = 0; one < seen.size(); ++one) {
    for (std::size_t other = one + 1; other < seen.size(); ++other) EXPECT_FALSE(seen[one] == seen[other]);
  }
  EXPECT_EQ(all_tasks().size(), 1u);
}

Coro<void> children_are_tasks() {
  Meeting gathered(20);
  std::vector<AnyTask> seen = co_await gather(attendants(gathered));
  check_meeting(gathered, std::move(seen));
  Meeting forked(20);
  std::vector<AnyTask> also_seen = co_await fork_join(attendants(forked));
  check_meeting(forked, std::move(also_seen));
}
TEST_P(ParallelTask, children_of_a_join_differ_in_current_task_and_are_all_in_all_tasks) {
  run_here(children_are_tasks());
}

Coro<int> named_victim(const char* name) {
  current_task().set_name(name);
  co_await sleep(100s);
  co_return 1;
}

Coro<int> cancel_named(const char* name) {
  co_await sleep(1s);
  int cancelled = 0;
  for (AnyTask& task : all_tasks()) {
    if (task.get_name() == name && task.cancel()) ++cancelled;
  }
  co_return cancelled;
}

Coro<void> one_child_cancelled() {
  auto outcomes =
      co_await gather(return_exceptions, named_victim("in gather"), cancel_named("in gather"), after(2000, 5));
  EXPECT_TRUE(std::get<0>(outcomes).cancelled());
  EXPECT_EQ(std::get<1>(outcomes).value(), 1);
  EXPECT_EQ(std::get<2>(outcomes).value(), 5);

  Counter ended = 0;
  bool raised = false;
  try {
    co_await fork_join(named_victim("in fork_join"), cancel_named("in fork_join"), count_after(3000, ended));
  } catch (const CancelledError&) {
    raised = true;
  }
  EXPECT_TRUE(raised);
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(current_task().cancelling(), 0u);
}
TEST_P(ParallelTask, one_child_of_a_join_can_be_cancelled_alone) { run_here(one_child_cancelled()); }

Coro<void> wait_for_gate(Future<int> gate) { co_await gate; }

Coro<void> tasks_are_counted() {
  Future<int> gate = get_running_loop().create_future<int>();
  std::vector<Task<void>> tasks;
  std::set<std::string> names;
  for (int task = 0; task < 50; ++task) {
    tasks.push_back(create_task(wait_for_gate(gate)));
    names.insert(std::string(tasks.back().get_name()));
    EXPECT_EQ(all_tasks().size(), tasks.size() + 1);
  }
  EXPECT_EQ(names.size(), 50u);
  gate.set_result(0);
  for (Task<void>& task : tasks) co_await task;
  EXPECT_EQ(all_tasks().size(), 1u);
}
TEST_P(ParallelTask, all_tasks_counts_every_task_that_is_not_done) { run_here(tasks_are_counted()); }

}  // namespace
}  // namespace weft::conformance
