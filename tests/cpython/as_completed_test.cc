// What CPython's test_tasks.py checks of as_completed and tests/flow/as_completed_test.cc and the recorded traces do not.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class AsCompletedEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, AsCompletedEverywhere, every_setting, setting_name);

Coro<int> after(std::chrono::milliseconds delay, int value) {
  co_await sleep(delay);
  co_return value;
}
std::vector<Coro<int>> four() {
  std::vector<Coro<int>> coros;
  for (int i = 1; i <= 4; ++i) coros.push_back(after(std::chrono::milliseconds(i), i));
  return coros;
}

Coro<void> left_and_resumed() {
  auto completed = as_completed(four());
  std::vector<int> results;
  for (Coro<int> next : completed) {
    results.push_back(co_await std::move(next));
    if (results.size() == 2) break;
  }
  EXPECT_EQ(results.size(), 2u);
  for (Coro<int> next : completed) results.push_back(co_await std::move(next));
  EXPECT_EQ(results, (std::vector<int>{1, 2, 3, 4}));
  auto handles = as_completed(four());
  results.clear();
  while (const Task<int> task = co_await handles.next()) {
    results.push_back(task.result());
    if (results.size() == 2) break;
  }
  EXPECT_EQ(results.size(), 2u);
  while (const Task<int> task = co_await handles.next()) results.push_back(task.result());
  EXPECT_EQ(results, (std::vector<int>{1, 2, 3, 4}));
}
// BaseTaskTests.test_as_completed_resume_iterator
TEST_P(AsCompletedEverywhere, can_be_left_and_iterated_on) { run_here(left_and_resumed()); }

Coro<void> steps_in_reverse() {
  std::vector<Coro<int>> coros;
  coros.push_back(after(50ms, 1));
  coros.push_back(after(100ms, 2));
  auto completed = as_completed(std::move(coros));
  std::vector<Coro<int>> steps;
  for (Coro<int> next : completed) steps.push_back(std::move(next));
  EXPECT_EQ(steps.size(), 2u);
  EXPECT_EQ(co_await std::move(steps[1]), 1);
  EXPECT_EQ(get_running_loop().time().time_since_epoch(), 50ms);
  EXPECT_EQ(co_await std::move(steps[0]), 2);
  EXPECT_EQ(get_running_loop().time().time_since_epoch(), 100ms);
}
// BaseTaskTests.test_as_completed_reverse_wait
TEST_P(AsCompletedEverywhere, gives_the_first_result_to_the_step_that_is_awaited_first) {
  run_here(steps_in_reverse());
}

}  // namespace
}  // namespace weft::tests
