#pragma once
// everywhere: a scenario of cancel_everywhere as a test, and what several scenarios are made of.

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "task/settings.h"
#include "task/tracked.h"
#include "weft/testing/cancel_everywhere.h"
#include "weft/weft.h"

namespace weft::tests {

using weft::testing::CancelOptions;
using weft::testing::CancelReport;
using weft::testing::Probe;

// Fails the test by the report's sentences, and also when no run was cancelled.
template <class Function>
CancelReport everywhere(Function&& scenario, CancelOptions options = {}) {
  const ::testing::TestInfo* test = ::testing::UnitTest::GetInstance()->current_test_info();
  options.name = std::string(test->test_suite_name()) + "." + test->name();
  const CancelReport report = weft::testing::cancel_everywhere(scenario, options);
  EXPECT_TRUE(report.ok()) << report;
  EXPECT_GT(report.cancelled, 0u) << "no run ended as cancelled";
  return report;
}

// Where every accepted cancel may be swallowed.
template <class Function>
CancelReport everywhere_swallowed(Function&& scenario, CancelOptions options = {}) {
  const CancelReport report = everywhere(scenario, std::move(options));
  EXPECT_GT(report.swallowed, 0u) << "no run swallowed a cancel";
  return report;
}

// Objects of the scenario, all of which are to be gone at the end.
inline Census& census_of(Probe& probe) {
  Census& census = probe.keep<Census>();
  probe.at_end([&probe, &census] {
    probe.expect(census.alive() == 0, std::to_string(census.alive()) + " objects are still alive");
  });
  return census;
}

// A timer that goes with its owner.
class Later {
 public:
  template <class Function>
  Later(std::chrono::milliseconds delay, Function function)
      : handle_(get_running_loop().call_later(delay, std::move(function))) {}
  Later(const Later&) = delete;
  Later& operator=(const Later&) = delete;
  ~Later() { handle_.cancel(); }

 private:
  const TimerHandle handle_;
};

// A task that is cancelled when its owner goes.
class CancelledAtExit {
 public:
  explicit CancelledAtExit(AnyTask task) noexcept : task_(std::move(task)) {}
  CancelledAtExit(const CancelledAtExit&) = delete;
  CancelledAtExit& operator=(const CancelledAtExit&) = delete;
  ~CancelledAtExit() { task_.cancel(); }

 private:
  const AnyTask task_;
};

// Sleeps with an object in its frame, and gives the number.
inline Coro<int> number_after(std::chrono::milliseconds delay, int number, Census& census) {
  const Tracked held(census, number);
  co_await sleep(delay);
  co_return held.value;
}
inline Coro<int> failure_after(std::chrono::milliseconds delay, Census& census) {
  const Tracked held(census);
  co_await sleep(delay);
  throw ValueError("on purpose");
}
// Ends as cancelled, some turns and a millisecond later.
inline Coro<int> number_with_clean_up(std::chrono::milliseconds delay, int number, Census& census) {
  const Tracked held(census, number);
  bool cancelled = false;
  try {
    co_await sleep(delay);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (!cancelled) co_return held.value;
  const Tracked cleaning(census);
  co_await sleep(0s);
  co_await sleep(1ms);
  throw CancelledError("cleaned up");
}

}  // namespace weft::tests
