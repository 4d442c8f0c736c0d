#include "weft/runtime/task/join.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class JoinEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, JoinEverywhere, every_setting, setting_name);

Coro<int> leaf(int value) { co_return value; }
Coro<int> suspend_sometimes(int value) {
  if (value % 3 == 0) co_await sleep(std::chrono::milliseconds(value % 7));
  if (value % 5 == 0) co_await sleep(0s);
  co_return value;
}

Coro<long> sum_of(std::vector<Coro<int>> children) {
  long sum = 0;
  for (const int value : co_await fork_join(std::move(children))) sum += value;
  co_return sum;
}
std::vector<Coro<int>> many(int count, Coro<int> (*child)(int)) {
  std::vector<Coro<int>> children;
  for (int value = 0; value < count; ++value) children.push_back(child(value));
  return children;
}
TEST_P(JoinEverywhere, sums_up_children_that_never_suspend) {
  EXPECT_EQ(run_here(sum_of(many(10'000, leaf))), 49'995'000);
}
TEST_P(JoinEverywhere, sums_up_children_some_of_which_suspend) {
  EXPECT_EQ(run_here(sum_of(many(3'000, suspend_sometimes))), 4'498'500);
}
TEST_P(JoinEverywhere, takes_a_hundred_thousand_children) {
  EXPECT_EQ(run_here(sum_of(many(100'000, leaf))), 4'999'950'000);
}

// --- nesting -----------------------------------------------------------------------------------------------------------

Coro<long> tree(int depth, int suspend_at) {
  if (depth == suspend_at) co_await sleep(1ms);
  if (depth == 0) co_return 1;
  const auto both = co_await fork_join(tree(depth - 1, suspend_at), tree(depth - 1, suspend_at));
  co_return std::get<0>(both) + std::get<1>(both);
}
Coro<void> trees() {
  EXPECT_EQ(co_await tree(10, -1), 1024);
  EXPECT_EQ(co_await tree(10, 0), 1024);
  EXPECT_EQ(co_await tree(10, 5), 1024);
  EXPECT_EQ(co_await tree(10, 10), 1024);
}
TEST_P(JoinEverywhere, nests_ten_deep_whichever_level_suspends) { run_here(trees()); }

Coro<int> identify_deep(int depth) {
  if (depth == 0) {
    const AnyTask self = current_task();
    EXPECT_TRUE(self);
    co_return 1;
  }
  const auto three = co_await fork_join(identify_deep(depth - 1), leaf(10), leaf(100));
  co_return std::get<0>(three) + std::get<1>(three) + std::get<2>(three);
}
TEST_P(JoinEverywhere, nests_ten_deep_when_the_innermost_asks_who_it_is) {
  EXPECT_EQ(run_here(identify_deep(10)), 1101);
}

// --- failure -----------------------------------------------------------------------------------------------------------

Coro<int> fail_at(std::chrono::milliseconds when, const char* text) {
  if (when > 0ms) co_await sleep(when);
  throw ValueError(text);
}
Coro<int> end_at(std::chrono::milliseconds when, std::atomic<int>& ended) {
  if (when > 0ms) co_await sleep(when);
  ++ended;
  co_return 1;
}
Coro<std::string> first_of_several() {
  std::atomic<int> ended = 0;
  try {
    co_await fork_join(fail_at(30ms, "the last"), end_at(0ms, ended), fail_at(10ms, "the first"), end_at(50ms, ended));
  } catch (const ValueError& error) {
    EXPECT_EQ(ended, 2);
    co_return error.what();
  }
  co_return "none";
}
TEST_P(JoinEverywhere, raises_the_failure_that_came_first_when_all_have_ended) {
  EXPECT_EQ(run_here(first_of_several()), "the first");
}

Coro<std::string> without_suspending() {
  std::atomic<int> ended = 0;
  try {
    co_await fork_join(fail_at(0ms, "at once"), end_at(0ms, ended), end_at(0ms, ended));
  } catch (const ValueError& error) {
    EXPECT_EQ(ended, 2);
    co_return error.what();
  }
  co_return "none";
}
TEST_P(JoinEverywhere, raises_a_failure_of_children_that_never_suspend) {
  EXPECT_EQ(run_here(without_suspending()), "at once");
}

Coro<long> failing_tree(int depth) {
  if (depth == 0) throw ValueError("a leaf");
  const auto both = co_await fork_join(failing_tree(depth - 1), failing_tree(depth - 1));
  co_return std::get<0>(both) + std::get<1>(both);
}
Coro<void> failures_from_below() {
  for (int depth = 0; depth < 10; ++depth) {
    bool raised = false;
    try {
      static_cast<void>(co_await failing_tree(depth));
    } catch (const ValueError&) {
      raised = true;
    }
    EXPECT_TRUE(raised);
  }
}
TEST_P(JoinEverywhere, passes_failures_up_through_ten_levels) { run_here(failures_from_below()); }

// --- cancel ------------------------------------------------------------------------------------------------------------

Coro<int> wait_long(Census& census, std::atomic<int>& cancelled) {
  const Tracked local(census);
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
    ++cancelled;
    throw;
  }
  co_return 1;
}
Coro<long> wait_tree(int depth, Census& census, std::atomic<int>& cancelled) {
  if (depth == 0) co_return co_await wait_long(census, cancelled);
  const auto both =
      co_await fork_join(wait_tree(depth - 1, census, cancelled), wait_tree(depth - 1, census, cancelled));
  co_return std::get<0>(both) + std::get<1>(both);
}
Coro<void> cancel_reaches_suspended() {
  Census census;
  std::atomic<int> cancelled = 0;
  const Task<long> task = create_task(wait_tree(6, census, cancelled));
  co_await sleep(1ms);
  EXPECT_EQ(census.alive(), 64);
  EXPECT_TRUE(task.cancel("the parent"));
  std::string message;
  try {
    static_cast<void>(co_await task);
  } catch (const CancelledError& error) {
    message = error.message();
  }
  EXPECT_EQ(message, "the parent");
  EXPECT_TRUE(task.cancelled());
  EXPECT_EQ(cancelled, 64);
  EXPECT_EQ(census.alive(), 0);
  EXPECT_EQ(get_running_loop().time().time_since_epoch(), 1ms);
}
TEST_P(JoinEverywhere, carries_a_cancel_of_the_parent_to_every_suspended_child) {
  run_here(cancel_reaches_suspended());
}

// The first child, which is visible, cancels the parent while its siblings have not begun.
Coro<int> cancel_task(Future<AnyTask> parent) {
  EXPECT_TRUE(current_task());
  const AnyTask task = co_await parent;
  EXPECT_TRUE(task.cancel());
  co_return 1;
}
Coro<int> count_start(std::atomic<int>& started) {
  ++started;
  co_return 1;
}
Coro<long> join_with_canceller(Future<AnyTask> parent, std::atomic<int>& started) {
  std::vector<Coro<int>> children;
  children.push_back(cancel_task(parent));
  for (int i = 0; i < 20; ++i) children.push_back(count_start(started));
  co_return co_await sum_of(std::move(children));
}
Coro<void> cancel_reaches_unstarted(bool one_worker) {
  std::atomic<int> started = 0;
  const Future<AnyTask> parent = get_running_loop().create_future<AnyTask>();
  const Task<long> task = create_task(join_with_canceller(parent, started));
  parent.set_result(task);
  bool raised = false;
  try {
    static_cast<void>(co_await task);
  } catch (const CancelledError&) {
    raised = true;
  }
  EXPECT_TRUE(raised);
  EXPECT_TRUE(task.cancelled());
  if (one_worker) {
    EXPECT_EQ(started, 0);
  }
}
TEST_P(JoinEverywhere, of_a_parent_that_is_cancelled_starts_no_more_children) {
  run_here(cancel_reaches_unstarted(one_worker()));
}

Coro<int> swallow_cancel(std::atomic<int>& swallowed) {
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
    ++swallowed;
  }
  co_return 1;
}
Coro<void> swallowed_by_children() {
  std::atomic<int> swallowed = 0;
  const Task<int> task = create_task([&swallowed]() -> Coro<int> {
    co_await fork_join(swallow_cancel(swallowed), swallow_cancel(swallowed));
    co_return 1;
  });
  co_await sleep(1ms);
  EXPECT_TRUE(task.cancel());
  bool raised = false;
  try {
    static_cast<void>(co_await task);
  } catch (const CancelledError&) {
    raised = true;
  }
  EXPECT_EQ(swallowed, 2);
  EXPECT_TRUE(raised);
}
TEST_P(JoinEverywhere, raises_the_parents_cancel_although_its_children_swallowed_it) {
  run_here(swallowed_by_children());
}

Coro<long> cancelled_before_it_joins(Census& census, std::atomic<int>& cancelled) {
  current_task().cancel();
  co_return co_await wait_tree(2, census, cancelled);
}
Coro<void> cancel_pending_at_join() {
  Census census;
  std::atomic<int> cancelled = 0;
  const Task<long> task = create_task(cancelled_before_it_joins(census, cancelled));
  bool raised = false;
  try {
    static_cast<void>(co_await task);
  } catch (const CancelledError&) {
    raised = true;
  }
  EXPECT_TRUE(raised);
  EXPECT_EQ(census.alive(), 0);
  EXPECT_EQ(get_running_loop().time().time_since_epoch(), 0ms);
}
TEST_P(JoinEverywhere, delivers_a_cancel_that_came_before_the_join) { run_here(cancel_pending_at_join()); }

// --- stealing ----------------------------------------------------------------------------------------------------------

// Each of two children waits, without suspending, until the other one runs: it ends only if another worker took one.
Coro<bool> meet(std::atomic<int>& present) {
  ++present;
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (present < 2) {
    if (std::chrono::steady_clock::now() > deadline) co_return false;
    std::this_thread::yield();
  }
  co_return true;
}
Coro<bool> meet_both() {
  std::atomic<int> present = 0;
  const auto both = co_await fork_join(meet(present), meet(present));
  co_return std::get<0>(both) && std::get<1>(both);
}
TEST(Join, gives_a_child_to_an_idle_worker_while_its_sibling_computes) {
  for (int turn = 0; turn < 20; ++turn) {
    ASSERT_TRUE(run(meet_both(), {.workers = 2}))
        << "the second child waited for 20 s behind the first, with a worker idle";
  }
}

Coro<bool> meet_and_fail(std::atomic<int>& present) {
  const bool met = co_await meet(present);
  if (met) throw ValueError("stolen or not");
  co_return met;
}
Coro<bool> stolen_failure() {
  std::atomic<int> present = 0;
  try {
    co_await fork_join(meet_and_fail(present), meet_and_fail(present));
  } catch (const ValueError&) {
    co_return true;
  }
  co_return false;
}
TEST(Join, raises_a_failure_of_a_stolen_child) {
  for (int turn = 0; turn < 20; ++turn) ASSERT_TRUE(run(stolen_failure(), {.workers = 2}));
}

}  // namespace
}  // namespace weft::tests
