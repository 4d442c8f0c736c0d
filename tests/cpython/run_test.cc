// What CPython's test_runners.py checks of run, and tests/flow does not.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class RunEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, RunEverywhere, every_setting, setting_name);

AsyncGenerator<int> fidget(Tracked) {
  for (;;) {
    co_yield 1;
    co_await sleep(1s);
  }
}
Coro<void> spins(std::optional<AsyncGenerator<int>>& spinner) {
  try {
    while (co_await spinner->next()) {
    }
  } catch (const CancelledError&) {
    throw ValueError("instead of the cancellation");
  }
}
Coro<void> leaves_a_spinner(std::optional<AsyncGenerator<int>>& spinner, Census& census, Task<void>& left,
                            Reports& reports) {
  reports.listen_to(get_running_loop());
  spinner.emplace(fidget(Tracked(census)));
  left = create_task(spins(spinner));
  co_await sleep(1ms);
  throw LookupError("main's own");
}
// RunTests.test_asyncio_run_closes_gens_after_hanging_tasks_errors
TEST_P(RunEverywhere, closes_generators_after_tasks_that_fail_when_they_are_cancelled) {
  Census census;
  std::optional<AsyncGenerator<int>> spinner;
  Task<void> left;
  Reports reports;
  EXPECT_THROW(run_here(leaves_a_spinner(spinner, census, left, reports)), LookupError);
  EXPECT_TRUE(left.done());
  EXPECT_EQ(census.alive(), 0) << "the generator has ended";
  EXPECT_EQ(text_of(reports.only().exception), "weft::ValueError: instead of the cancellation");
}

}  // namespace
}  // namespace weft::tests
