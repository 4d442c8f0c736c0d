// Cancelled wherever a wait_for or a with_timeout is: a foreign cancel is thrown as CancelledError, never as TimeoutError.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>

#include "cancel/everywhere.h"

namespace weft::tests {
namespace {

Coro<void> without_an_end(Probe& probe) {
  probe.expect(co_await wait_for(number_after(2ms, 3, census_of(probe)), std::nullopt) == 3, "the result is wrong");
}
TEST(CancelWaitFor, without_an_end) { everywhere(without_an_end); }

Coro<void> in_time(Probe& probe) {
  probe.expect(co_await wait_for(number_after(2ms, 3, census_of(probe)), 1s) == 3, "the result is wrong");
}
TEST(CancelWaitFor, a_coroutine_in_time) { everywhere(in_time); }

Coro<void> task_in_time(Probe& probe) {
  const Task<int> task = create_task(number_after(2ms, 3, census_of(probe)));
  const CancelledAtExit at_exit(task);
  probe.expect(co_await wait_for(task, 1s) == 3, "the result is wrong");
}
TEST(CancelWaitFor, a_task_in_time) { everywhere(task_in_time); }

// Awaits, and says whether the deadline ended it.
template <class Awaitable>
Coro<bool> times_out(Awaitable awaitable, std::chrono::milliseconds limit) {
  try {
    static_cast<void>(co_await wait_for(std::move(awaitable), limit));
  } catch (const TimeoutError&) {
    co_return true;
  }
  co_return false;
}

Coro<void> too_late(Probe& probe) {
  probe.expect(co_await times_out(number_after(1h, 3, census_of(probe)), 2ms), "the deadline did not end it");
}
TEST(CancelWaitFor, a_coroutine_that_is_too_late) { everywhere(too_late); }

Coro<void> cleans_up_too_late(Probe& probe) {
  probe.expect(co_await times_out(create_task(number_with_clean_up(1h, 3, census_of(probe))), 2ms),
               "the deadline did not end it");
}
TEST(CancelWaitFor, a_task_that_cleans_up_after_its_deadline) { everywhere(cleans_up_too_late); }

Coro<void> with_no_time(Probe& probe) {
  Census& census = census_of(probe);
  const Task<int> done = create_task(number_after(0ms, 3, census));
  const CancelledAtExit at_exit(done);
  co_await sleep(1ms);
  probe.expect(co_await wait_for(done, 0s) == 3, "a result that is there was not given");
  probe.expect(co_await times_out(number_after(1ms, 3, census), 0ms), "a coroutine that has no time has started");
  probe.expect(co_await times_out(create_task(number_with_clean_up(1ms, 3, census)), 0ms),
               "a task that has no time has ended");
}
TEST(CancelWaitFor, what_has_no_time) { everywhere(with_no_time); }

Coro<int> gives_a_value_instead(Probe& probe, Census& census) {
  const Tracked held(census);
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
    probe.swallows_cancel();  // the deadline's or a foreign one
  }
  co_return 5;
}
Coro<void> suppressed(Probe& probe) {
  const int number = co_await wait_for(gives_a_value_instead(probe, census_of(probe)), 2ms);
  probe.expect(number == 5, "the value that came instead of the timeout is lost");
}
TEST(CancelWaitFor, what_swallows_the_cancel) { everywhere_swallowed(suppressed); }

Coro<int> fails_instead(Census& census) {
  const Tracked held(census);
  bool cancelled = false;
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (cancelled) throw ValueError("while it was cancelled");
  co_return 1;
}
Coro<void> failing(Probe& probe) {
  probe.may_fail();
  static_cast<void>(co_await wait_for(fails_instead(census_of(probe)), 2ms));
}
TEST(CancelWaitFor, what_fails_when_it_is_cancelled) {
  const CancelReport report = everywhere(failing);
  EXPECT_GT(report.failed, 0u);
}

// The result comes in the turn in which the deadline passes.
Coro<void> result_and_deadline(Probe& probe) {
  const Future<int> future = get_running_loop().create_future<int>();
  const Later before(2ms, [future] { future.try_set_result(1); });
  bool late = false;
  int number = 1;
  try {
    number = co_await wait_for(future, 2ms);
  } catch (const TimeoutError&) {
    late = true;
  }
  probe.expect(number == 1, "the result is wrong");
  probe.expect(future.done(), "the future is neither set nor cancelled");
  static_cast<void>(late);
}
TEST(CancelWaitFor, a_result_that_comes_with_the_deadline) { everywhere(result_and_deadline); }

Coro<void> nested_waits(Probe& probe) {
  Census& census = census_of(probe);
  bool inner = false;
  try {
    inner = co_await wait_for(times_out(number_after(1h, 1, census), 1ms), 2ms);
  } catch (const TimeoutError&) {
  }
  probe.expect(inner, "the inner deadline did not come first");
}
TEST(CancelWaitFor, nested) { everywhere(nested_waits); }

Coro<std::unique_ptr<int>> only_movable(Census& census) {
  const Tracked held(census);
  co_await sleep(1ms);
  co_return std::make_unique<int>(9);
}
Coro<void> moves_a_result(Probe& probe) {
  const std::unique_ptr<int> number = co_await wait_for(create_task(only_movable(census_of(probe))), 1s);
  probe.expect(*number == 9, "the result is wrong");
}
TEST(CancelWaitFor, a_result_that_can_only_be_moved) { everywhere(moves_a_result); }

// --- with_timeout -----------------------------------------------------------------------------------------------------

Coro<void> block_in_time(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census](Timeout&) -> Coro<int> { co_return co_await number_after(2ms, 4, census); };
  probe.expect(co_await with_timeout(1s, block) == 4, "the result is wrong");
}
TEST(CancelWithTimeout, in_time) { everywhere(block_in_time); }

template <class Function>
Coro<bool> block_times_out(std::chrono::milliseconds limit, Function block) {
  try {
    co_await with_timeout(limit, block);
  } catch (const TimeoutError&) {
    co_return true;
  }
  co_return false;
}

Coro<void> block_too_late(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census]() -> Coro<void> { co_await number_after(1h, 4, census); };
  probe.expect(co_await block_times_out(2ms, block), "the deadline did not end it");
}
TEST(CancelWithTimeout, too_late) { everywhere(block_too_late); }

Coro<void> nested_blocks(Probe& probe) {
  Census& census = census_of(probe);
  const auto inner = [&census]() -> Coro<void> { co_await number_with_clean_up(1h, 4, census); };
  const auto middle = [&inner, &probe]() -> Coro<void> {
    probe.expect(co_await block_times_out(2ms, inner), "the inner deadline did not end it");
    co_await sleep(1h);
  };
  probe.expect(co_await block_times_out(6ms, middle), "the outer deadline did not end it");
}
TEST(CancelWithTimeout, nested) { everywhere(nested_blocks); }

// The outer deadline passes while the inner block cleans up after its own.
Coro<void> expires_while_cleaning_up(Probe& probe) {
  Census& census = census_of(probe);
  const auto inner = [&census]() -> Coro<void> { co_await number_with_clean_up(1h, 4, census); };
  const auto middle = [&inner]() -> Coro<void> { co_await block_times_out(2ms, inner); };
  co_await block_times_out(3ms, middle);
}
TEST(CancelWithTimeout, whose_deadline_passes_while_the_block_cleans_up) { everywhere(expires_while_cleaning_up); }

Coro<void> rescheduled(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census](Timeout& timeout) -> Coro<int> {
    int number = co_await number_after(1ms, 1, census);
    timeout.reschedule(get_running_loop().time() + 5ms);
    number += co_await number_after(3ms, 2, census);
    timeout.reschedule(std::nullopt);
    co_return number + co_await number_after(1h, 4, census);
  };
  probe.expect(co_await with_timeout(2ms, block) == 7, "a deadline that was moved has passed");
}
TEST(CancelWithTimeout, that_is_rescheduled) { everywhere(rescheduled); }

Coro<void> at_a_time(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census]() -> Coro<void> { co_await number_after(1h, 4, census); };
  bool late = false;
  try {
    co_await with_timeout_at(get_running_loop().time() + 2ms, block);
  } catch (const TimeoutError&) {
    late = true;
  }
  probe.expect(late, "the deadline did not end it");
}
TEST(CancelWithTimeout, at_a_time) { everywhere(at_a_time); }

Coro<void> in_the_past(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census]() -> Coro<void> { co_await number_with_clean_up(1h, 4, census); };
  probe.expect(co_await block_times_out(0ms, block), "a deadline that has passed did not end it");
}
TEST(CancelWithTimeout, whose_deadline_has_passed_when_it_begins) { everywhere(in_the_past); }

Coro<void> swallowing_block(Probe& probe) {
  const auto block = [&probe](Timeout& timeout) -> Coro<void> {
    try {
      co_await sleep(1h);
    } catch (const CancelledError&) {
      probe.swallows_cancel();
    }
    static_cast<void>(timeout.expired());
    co_await sleep(0s);
  };
  co_await with_timeout(2ms, block);
  co_await sleep(1ms);
}
TEST(CancelWithTimeout, whose_block_swallows_the_cancel) { everywhere_swallowed(swallowing_block); }

Coro<void> timeouts_in_a_row(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census]() -> Coro<void> { co_await number_after(2ms, 1, census); };
  for (int i = 1; i < 4; ++i) {
    const bool late = co_await block_times_out(std::chrono::milliseconds(i), block);
    probe.expect(i == 2 || late == (i == 1), "a deadline passed too early or too late");
    // In order depth first the cancel of the scenario may be counted at any time.
    if (get_running_loop().order() == Order::asyncio)
      probe.expect(current_task().cancelling() == 0, "a timeout left a cancel behind");
  }
}
TEST(CancelWithTimeout, several_in_a_row) { everywhere(timeouts_in_a_row); }

}  // namespace
}  // namespace weft::tests
