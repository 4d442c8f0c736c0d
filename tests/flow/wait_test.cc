#include "weft/runtime/flow/wait.h"

#include <gtest/gtest.h>

#include <list>
#include <string>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class WaitEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, WaitEverywhere, every_setting, setting_name);

Coro<int> after(std::chrono::milliseconds delay, int value) {
  co_await sleep(delay);
  co_return value;
}
Coro<int> fail_after(std::chrono::milliseconds delay) {
  co_await sleep(delay);
  throw ValueError("failed");
}

Coro<void> every_mode() {
  const std::vector<Task<int>> tasks = {create_task(after(30ms, 1)), create_task(after(10ms, 2)),
                                        create_task(fail_after(20ms))};
  const auto first = co_await wait(tasks, {.return_when = FIRST_COMPLETED});
  EXPECT_EQ(first.done, std::vector{tasks[1]});
  EXPECT_EQ(first.pending, (std::vector{tasks[0], tasks[2]})) << "in the order of the range";
  const std::vector<Task<int>> rest = {tasks[0], tasks[2]};
  const auto failed = co_await wait(rest, {.return_when = FIRST_EXCEPTION});
  EXPECT_EQ(failed.done, std::vector{tasks[2]});
  EXPECT_EQ(failed.pending, std::vector{tasks[0]});
  const auto all = co_await wait(tasks);
  EXPECT_EQ(all.done, tasks);
  EXPECT_TRUE(all.pending.empty());
  EXPECT_NE(tasks[2].exception(), nullptr);
}
TEST_P(WaitEverywhere, returns_when_it_is_told_to) { run_here(every_mode()); }

Coro<void> times_out() {
  const auto start = get_running_loop().time();
  const Task<int> task = create_task(after(1h, 1));
  const auto waited = co_await wait(only(task), {.timeout = 20ms});
  EXPECT_TRUE(waited.done.empty());
  EXPECT_EQ(waited.pending, std::vector{task});
  EXPECT_EQ(get_running_loop().time() - start, 20ms);
  EXPECT_FALSE(task.done()) << "a timeout cancels nothing";
  EXPECT_EQ(task.cancelling(), 0u);
  task.cancel();
  co_await wait(only(task));
}
TEST_P(WaitEverywhere, gives_back_what_is_pending_when_the_time_is_up) { run_here(times_out()); }

Coro<void> ranges() {
  const Task<int> task = create_task(after(1ms, 1));
  const Future<std::string> future = get_running_loop().create_future<std::string>();
  get_running_loop().call_later(2ms, [future] { future.set_result("set"); });
  const std::list<AnyFuture> mixed = {task, future, task};
  const auto waited = co_await wait(mixed);
  EXPECT_EQ(waited.done, (std::vector<AnyFuture>{task, future})) << "each once";
  EXPECT_EQ(task.result(), 1);
  EXPECT_EQ(future.result(), "set");
  const auto again = co_await wait(only(AnyTask(task)));
  EXPECT_EQ(again.done.size(), 1u);
}
TEST_P(WaitEverywhere, takes_any_range_of_handles_of_any_type) { run_here(ranges()); }

Coro<void> leaves_no_callbacks() {
  const Task<int> task = create_task(after(1h, 1));
  for (int i = 0; i < 10; ++i) co_await wait(only(task), {.timeout = 1ms});
  const Task<Waited<Task<int>>> waiting = create_task(wait(only(task)));
  co_await sleep(1ms);
  waiting.cancel();
  bool cancelled = false;
  try {
    static_cast<void>(co_await waiting);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  EXPECT_TRUE(cancelled);
  EXPECT_FALSE(task.done());
  EXPECT_TRUE(task.cancel());
  bool inner_cancelled = false;
  try {
    static_cast<void>(co_await task);
  } catch (const CancelledError&) {
    inner_cancelled = true;
  }
  EXPECT_TRUE(inner_cancelled);
}
TEST_P(WaitEverywhere, that_ends_or_is_cancelled_leaves_what_it_waited_for_alone) { run_here(leaves_no_callbacks()); }

Coro<void> empty_range() {
  std::string said;
  try {
    static_cast<void>(co_await wait(std::vector<AnyFuture>()));
  } catch (const ValueError& error) {
    said = error.what();
  }
  EXPECT_EQ(said, "wait: the set of tasks and futures is empty; give at least one");
}
TEST_P(WaitEverywhere, refuses_an_empty_range) { run_here(empty_range()); }

}  // namespace
}  // namespace weft::tests
