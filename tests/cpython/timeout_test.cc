// What CPython's test_timeouts.py checks and tests/flow/timeout_test.cc and the recorded traces do not.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "task/settings.h"

namespace weft::tests {
namespace {

class TimeoutEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, TimeoutEverywhere, every_setting, setting_name);

std::chrono::nanoseconds now() { return get_running_loop().time().time_since_epoch(); }

Coro<void> says_when_and_how() {
  const auto forever = []() -> Coro<void> { co_await sleep(1h); };
  const auto deadline = get_running_loop().time() + 10ms;
  bool expired = false;
  const auto looks = [&](Timeout& timeout) -> Coro<void> {
    EXPECT_EQ(timeout.when(), deadline);
    EXPECT_FALSE(timeout.expired());
    try {
      co_await forever();
    } catch (const CancelledError&) {
      expired = timeout.expired();
      throw;
    }
  };
  bool timed_out = false;
  try {
    co_await with_timeout_at(deadline, looks);
  } catch (const TimeoutError&) {
    timed_out = true;
  }
  EXPECT_TRUE(timed_out);
  EXPECT_TRUE(expired);
  const auto in_time = [](Timeout& timeout) -> Coro<void> {
    co_await sleep(1ms);
    EXPECT_FALSE(timeout.expired());
    EXPECT_EQ(timeout.when(), get_running_loop().time() + 9ms);
  };
  co_await with_timeout(10ms, in_time);
  const auto without_an_end = [](Timeout& timeout) -> Coro<void> {
    EXPECT_EQ(timeout.when(), std::nullopt);
    co_await sleep(1h);
    EXPECT_FALSE(timeout.expired());
  };
  co_await with_timeout(std::nullopt, without_an_end);
  co_await with_timeout_at(std::nullopt, without_an_end);
}
// TimeoutTests.test_timeout_at_basic, test_timeout_not_called, test_timeout_disabled, test_timeout_at_disabled
TEST_P(TimeoutEverywhere, says_when_it_is_due_and_whether_it_has_expired) { run_here(says_when_and_how()); }

Coro<void> due_already() {
  int timed_out = 0;
  for (const auto delay : {0ms, -11ms}) {
    for (const auto length : {std::chrono::milliseconds(10s), 0ms}) {
      const auto block = [delay, length](Timeout& timeout) -> Coro<void> {
        const auto start = get_running_loop().time();
        EXPECT_EQ(timeout.when(), start + delay);
        try {
          co_await sleep(length);
        } catch (const CancelledError&) {
          EXPECT_TRUE(timeout.expired());
          EXPECT_EQ(get_running_loop().time(), start);
          throw;
        }
      };
      try {
        co_await with_timeout(delay, block);
      } catch (const TimeoutError&) {
        ++timed_out;
      }
    }
  }
  EXPECT_EQ(timed_out, 4);
}
// TimeoutTests.test_timeout_zero, test_timeout_zero_sleep_zero, test_timeout_in_the_past_sleep_zero
TEST(Timeout, that_is_due_already_expires_at_the_first_suspension) { run_in_order(due_already()); }

Coro<void> block_throws() {
  const auto block = [](Timeout& timeout) -> Coro<void> {
    EXPECT_FALSE(timeout.expired());
    throw ValueError("inside");
    co_return;
  };
  std::string said;
  try {
    co_await with_timeout(10ms, block);
  } catch (const ValueError& error) {
    said = error.what();
  }
  EXPECT_EQ(said, "inside");
  co_await sleep(20ms);  // nor does its deadline cancel anything later
}
// TimeoutTests.test_foreign_exception_passed
TEST_P(TimeoutEverywhere, passes_on_what_its_block_throws) { run_here(block_throws()); }

Coro<void> task_is_not_cancelled() {
  const auto body = []() -> Coro<bool> {
    const auto forever = []() -> Coro<void> { co_await sleep(1h); };
    try {
      co_await with_timeout(1ms, forever);
    } catch (const TimeoutError&) {
      co_return true;
    }
    co_return false;
  };
  const Task<bool> task = create_task(body);
  EXPECT_TRUE(co_await task);
  EXPECT_FALSE(task.cancelled());
}
// TimeoutTests.test_outer_task_is_not_cancelled
TEST_P(TimeoutEverywhere, that_expires_does_not_make_its_task_a_cancelled_one) { run_here(task_is_not_cancelled()); }

Coro<void> cancelled_by_itself() {
  const auto block = [](Timeout& timeout) -> Coro<void> {
    current_task().cancel();
    try {
      co_await sleep(10s);
    } catch (const CancelledError&) {
      EXPECT_FALSE(timeout.expired());
      throw;
    }
  };
  co_await with_timeout(1s, block);
}
Coro<void> after_a_cancel() {
  current_task().cancel();
  bool cancelled = false;
  try {
    co_await sleep(1s);
  } catch (const CancelledError&) {
    cancelled = true;  // and nobody takes the request back
  }
  EXPECT_TRUE(cancelled);
  const auto forever = []() -> Coro<void> { co_await sleep(1h); };
  bool timed_out = false;
  try {
    co_await with_timeout(0s, forever);
  } catch (const TimeoutError&) {
    timed_out = true;
  }
  EXPECT_TRUE(timed_out) << "the request from before is not counted against it";
  EXPECT_EQ(current_task().cancelling(), 1u);
  co_await cancelled_by_itself();
}
// TimeoutTests.test_foreign_cancel_doesnt_timeout_if_not_expired
TEST_P(TimeoutEverywhere, does_not_convert_a_cancel_by_the_task_itself) {
  EXPECT_THROW(run_here(cancelled_by_itself()), CancelledError);
}
// TimeoutTests.test_timeout_after_cancellation, test_cancel_in_timeout_after_cancellation
TEST_P(TimeoutEverywhere, converts_only_its_own_cancel_after_an_earlier_one_was_swallowed) {
  EXPECT_THROW(run_here(after_a_cancel()), CancelledError);
}

// The outer deadline has passed, the inner one too or not, when the block suspends for the first time.
Coro<void> busy_in_nested(VirtualClock& clock, std::chrono::milliseconds outer, std::chrono::milliseconds inner,
                          bool& outer_timed_out) {
  const auto crunches = [&clock]() -> Coro<void> {
    clock.advance_to(clock.now() + std::chrono::nanoseconds(100ms).count());
    co_await sleep(1h);
  };
  const auto middle = [&crunches, inner]() -> Coro<void> {
    try {
      co_await with_timeout(inner, crunches);
    } catch (const TimeoutError&) {
    }
    co_await sleep(10s);
  };
  try {
    co_await with_timeout(outer, middle);
  } catch (const TimeoutError&) {
    outer_timed_out = true;
  }
  EXPECT_EQ(now(), 100ms);
  EXPECT_EQ(current_task().cancelling(), 0u);
}
// TimeoutTests.test_nested_timeouts_concurrent, test_nested_timeouts_loop_busy
TEST(Timeout, stops_a_block_in_which_another_one_expired_while_the_loop_was_busy) {
  for (const auto outer : {2ms, 100ms}) {
    for (const auto inner : {10ms, 1000ms}) {
      VirtualClock clock;
      bool timed_out = false;
      run(busy_in_nested(clock, outer, inner, timed_out), {.workers = 1, .clock = &clock});
      EXPECT_TRUE(timed_out) << outer.count() << " around " << inner.count();
    }
  }
}

Coro<void> moved_by_another_task() {
  const auto deadline = get_running_loop().time() + 10s;
  const Future<Timeout*> given = get_running_loop().create_future<Timeout*>();
  bool expired = true;
  const auto body = [&expired](TimePoint when, Future<Timeout*> give) -> Coro<void> {
    const auto block = [&](Timeout& timeout) -> Coro<void> {
      give.set_result(&timeout);
      try {
        co_await sleep(50s);
      } catch (const CancelledError&) {
        expired = timeout.expired();
        throw;
      }
    };
    co_await with_timeout_at(when, block);
  };
  const Task<void> task = create_task(body, deadline, given);
  Timeout& timeout = *co_await given;
  EXPECT_EQ(timeout.when(), deadline);
  timeout.reschedule(deadline + 20s);
  EXPECT_EQ(timeout.when(), deadline + 20s);
  timeout.reschedule(std::nullopt);
  EXPECT_EQ(timeout.when(), std::nullopt);
  co_await sleep(40s);
  EXPECT_FALSE(task.done());
  task.cancel();
  co_await wait(only(task));
  EXPECT_TRUE(task.cancelled());
  EXPECT_FALSE(expired);
}
// TimeoutTests.test_reschedule
TEST(Timeout, says_when_it_is_due_after_another_task_of_its_worker_has_moved_it) {
  run_in_order(moved_by_another_task());
}

Coro<void> cleans_up_with_a_timeout() {
  const auto forever = []() -> Coro<void> { co_await sleep(1h); };
  int timed_out = 0;
  const auto block = [&]() -> Coro<void> {
    bool cancelled = false;
    try {
      co_await forever();
    } catch (const CancelledError&) {
      cancelled = true;
    }
    EXPECT_TRUE(cancelled);
    try {
      co_await with_timeout(10ms, forever);
    } catch (const TimeoutError&) {
      ++timed_out;
    }
    throw CancelledError();
  };
  try {
    co_await with_timeout(10ms, block);
  } catch (const TimeoutError&) {
    ++timed_out;
  }
  EXPECT_EQ(timed_out, 2);
  EXPECT_EQ(now(), 20ms);
}
// TimeoutTests.test_nested_timeout_in_finally
TEST_P(TimeoutEverywhere, that_has_expired_lets_its_block_clean_up_under_another_one) {
  run_here(cleans_up_with_a_timeout());
}

Coro<void> around_a_group() {
  const auto crashes = []() -> Coro<void> {
    try {
      co_await sleep(2s);
    } catch (const CancelledError&) {
      throw ValueError("in the cleanup");
    }
  };
  const auto grouped = [&crashes]() -> Coro<void> {
    const auto block = [&crashes](TaskGroup& group) -> Coro<void> {
      group.create_task(crashes());
      co_await sleep(1s);
    };
    co_await with_task_group(block);
  };
  std::string said;
  try {
    co_await with_timeout(10ms, grouped);
  } catch (const ExceptionGroup& errors) {
    EXPECT_EQ(errors.exceptions().size(), 1u);
    said = text_of(errors.exceptions().front());
  }
  EXPECT_EQ(said, "weft::ValueError: in the cleanup");
}
// TimeoutTests.test_timeout_taskgroup
TEST_P(TimeoutEverywhere, around_a_task_group_gives_way_to_the_errors_of_its_tasks) { run_here(around_a_group()); }

}  // namespace
}  // namespace weft::tests
