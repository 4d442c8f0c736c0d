#include "weft/runtime/flow/wait_for.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class WaitForEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, WaitForEverywhere, every_setting, setting_name);

Coro<int> after(std::chrono::milliseconds delay, int value) {
  co_await sleep(delay);
  co_return value;
}
Coro<std::unique_ptr<int>> own(int value) {
  co_await sleep(1ms);
  co_return std::make_unique<int>(value);
}
Coro<int&> refer(int& target) { co_return target; }

Coro<void> every_awaitable() {
  EXPECT_EQ(co_await wait_for(after(1ms, 1), 1s), 1);
  const Task<int> task = create_task(after(1ms, 2));
  EXPECT_EQ(co_await wait_for(task, 1s), 2);
  EXPECT_EQ(co_await wait_for(create_task(after(1ms, 3)), 1s), 3);
  const Future<int> future = get_running_loop().create_future<int>();
  get_running_loop().call_later(1ms, [future] { future.set_result(4); });
  EXPECT_EQ(co_await wait_for(future, 1s), 4);
  EXPECT_EQ(co_await wait_for(sleep(1ms, 5), 1s), 5);
  const auto both = co_await wait_for(gather(after(1ms, 6), after(2ms, 7)), 1s);
  EXPECT_EQ(std::get<0>(both) + std::get<1>(both), 13);
  int target = 8;
  int& referred = co_await wait_for(refer(target), 1s);
  EXPECT_EQ(&referred, &target);
  EXPECT_EQ(co_await wait_for(wait_for(after(1ms, 9), 1s), std::nullopt), 9);
}
TEST_P(WaitForEverywhere, awaits_every_kind_of_awaitable) { run_here(every_awaitable()); }

Coro<void> results_that_only_move() {
  const std::unique_ptr<int> inline_one = co_await wait_for(own(1), 1s);
  EXPECT_EQ(*inline_one, 1);
  const std::unique_ptr<int> of_last_handle = co_await wait_for(create_task(own(2)), 1s);
  EXPECT_EQ(*of_last_handle, 2);
  const Task<std::unique_ptr<int>> task = create_task(own(3));
  std::unique_ptr<int>& kept = co_await wait_for(task, 1s);
  EXPECT_EQ(*kept, 3);
  EXPECT_EQ(task.result().get(), kept.get()) << "a task that has a handle keeps its result";
  const std::unique_ptr<int> at_once = co_await wait_for(Task<std::unique_ptr<int>>(task), 0s);
  EXPECT_EQ(*at_once, 3);
}
TEST_P(WaitForEverywhere, moves_a_result_out_of_a_handle_that_is_given_away) { run_here(results_that_only_move()); }

Coro<void> never_started(Census& census, bool& started) {
  const auto body = [](bool& ran, Tracked held) -> Coro<int> {
    ran = true;
    co_return held.value;
  };
  bool timed_out = false;
  try {
    static_cast<void>(co_await wait_for(body(started, Tracked(census)), 0s));
  } catch (const TimeoutError&) {
    timed_out = true;
  }
  EXPECT_TRUE(timed_out);
  try {
    static_cast<void>(co_await wait_for(body(started, Tracked(census)), -1s));
  } catch (const TimeoutError&) {
    timed_out = false;
  }
  EXPECT_FALSE(timed_out);
}
TEST_P(WaitForEverywhere, never_starts_a_coroutine_that_has_no_time) {
  Census census;
  bool started = false;
  run_here(never_started(census, started));
  EXPECT_FALSE(started);
  EXPECT_EQ(census.alive(), 0);
}

Coro<void> cancelled_from_outside() {
  const Task<int> inner = create_task(after(1h, 1));
  const Task<int> outer =
      create_task([](Task<int> task) -> Coro<int> { co_return co_await wait_for(task, 2h); }, inner);
  co_await sleep(1ms);
  EXPECT_TRUE(outer.cancel("enough"));
  std::string message;
  try {
    static_cast<void>(co_await outer);
  } catch (const CancelledError& error) {
    message = error.message();
  }
  EXPECT_EQ(message, "enough");
  EXPECT_TRUE(inner.cancelled());
}
TEST_P(WaitForEverywhere, passes_a_cancel_on_to_what_it_awaits) { run_here(cancelled_from_outside()); }

Coro<void> waits_for_the_end() {
  bool cleaned_up = false;
  const auto slow = [](bool& done) -> Coro<int> {
    bool cancelled = false;
    try {
      co_await sleep(1h);
    } catch (const CancelledError&) {
      cancelled = true;
    }
    co_await sleep(30ms);
    done = true;
    if (cancelled) throw CancelledError();
    co_return 1;
  };
  const auto start = get_running_loop().time();
  bool timed_out = false;
  try {
    static_cast<void>(co_await wait_for(slow(cleaned_up), 10ms));
  } catch (const TimeoutError&) {
    timed_out = true;
  }
  EXPECT_TRUE(timed_out);
  EXPECT_TRUE(cleaned_up);
  EXPECT_EQ(get_running_loop().time() - start, 40ms) << "the deadline is overrun";
}
TEST_P(WaitForEverywhere, waits_until_what_it_cancelled_has_ended) { run_here(waits_for_the_end()); }

Coro<void> bad_delays() {
  bool refused = false;
  try {
    static_cast<void>(co_await wait_for(after(1ms, 1), std::nan("")));
  } catch (const ValueError&) {
    refused = true;
  }
  EXPECT_TRUE(refused);
  EXPECT_EQ(co_await wait_for(after(1ms, 2), std::chrono::hours::max()), 2);
  EXPECT_EQ(co_await wait_for(after(1ms, 3), 1e300), 3);
}
TEST_P(WaitForEverywhere, refuses_nan_and_takes_the_longest_delays) { run_here(bad_delays()); }

// Goes on for `length` whoever cancels it.
Coro<int> obstinate(std::chrono::milliseconds length, bool& ended) {
  const auto end = get_running_loop().time() + length;
  while (get_running_loop().time() < end) {
    try {
      co_await sleep(end - get_running_loop().time());
    } catch (const CancelledError&) {
    }
  }
  ended = true;
  co_return 5;
}
Coro<void> obstinate_inner() {
  bool ended = false;
  EXPECT_EQ(co_await wait_for(obstinate(20ms, ended), 10ms), 5) << "a value, although it came too late";
  EXPECT_TRUE(ended);
  ended = false;
  const Task<int> outer = create_task(wait_for(obstinate(20ms, ended), 40ms));
  co_await sleep(1ms);
  EXPECT_TRUE(outer.cancel());
  co_await wait(only(outer));
  EXPECT_TRUE(ended) << "a cancel from outside waits for it too";
  EXPECT_EQ(outer.result(), 5);
}
// AsyncioWaitForTest.test_asyncio_wait_for_cancelled, test_asyncio_wait_for_timeout
TEST_P(WaitForEverywhere, lets_what_ignores_every_cancel_run_to_its_own_end) { run_here(obstinate_inner()); }

Coro<void> done_already() {
  const Future<int> future = get_running_loop().create_future<int>();
  future.set_result(1);
  EXPECT_EQ(co_await wait_for(future, 0s), 1);
  EXPECT_EQ(co_await wait_for(future, -1s), 1);
}
// AsyncioWaitForTest.test_wait_for_timeout_less_then_0_or_0_future_done
TEST_P(WaitForEverywhere, without_time_gives_the_result_of_a_future_that_is_done) { run_here(done_already()); }

Coro<void> cancelled_without_an_end() {
  const auto never = []() -> Coro<void> { co_await get_running_loop().create_future<void>(); };
  const Task<void> inner = create_task(never);
  const Task<void> outer =
      create_task([](Task<void> task) -> Coro<void> { co_await wait_for(task, std::nullopt); }, inner);
  co_await sleep(1ms);
  EXPECT_TRUE(outer.cancel());
  co_await wait(only(outer));
  EXPECT_TRUE(outer.cancelled());
  EXPECT_TRUE(inner.cancelled());
}
// AsyncioWaitForTest.test_cancel_blocking_wait_for
TEST_P(WaitForEverywhere, without_an_end_passes_a_cancel_on_too) { run_here(cancelled_without_an_end()); }

Coro<void> cancelled_after_the_inner_ended(bool& went_on) {
  const Task<int> inner = create_task([]() -> Coro<int> { co_return 1; });
  const auto body = [](Task<int> task, bool& reached) -> Coro<void> {
    static_cast<void>(co_await wait_for(task, 100s));
    co_await sleep(1s);
    reached = true;
  };
  const Task<void> outer = create_task(body, inner, std::ref(went_on));
  co_await sleep(0s);
  EXPECT_TRUE(inner.done());
  EXPECT_TRUE(outer.cancel());
  co_await wait(only(outer));
  EXPECT_TRUE(outer.cancelled());
  EXPECT_EQ(inner.result(), 1);
}
// AsyncioWaitForTest.test_wait_for_issue86296
TEST(WaitFor, is_cancelled_in_the_turn_in_which_what_it_awaits_ended) {
  bool went_on = false;
  run_in_order(cancelled_after_the_inner_ended(went_on));
  EXPECT_FALSE(went_on);
}

Coro<void> shielded() {
  const Task<int> task = create_task(after(20ms, 1));
  const auto timed_out = [&task](std::chrono::milliseconds delay) -> Coro<bool> {
    const Future<int> outer = shield(task);
    try {
      static_cast<void>(co_await wait_for(outer, delay));
    } catch (const TimeoutError&) {
      co_return outer.cancelled();
    }
    co_return false;
  };
  EXPECT_TRUE(co_await timed_out(0ms)) << "the shield is cancelled";
  EXPECT_FALSE(task.done());
  EXPECT_TRUE(co_await timed_out(10ms));
  EXPECT_FALSE(task.done()) << "what it shields runs on";
  EXPECT_EQ(co_await wait_for(shield(task), std::nullopt), 1);
  EXPECT_TRUE(task.done());
  EXPECT_EQ(task.result(), 1);
}
// WaitForShieldTests.test_zero_timeout, test_shielded_timeout, test_none_timeout
TEST_P(WaitForEverywhere, cancels_a_shield_and_leaves_what_it_shields_alone) { run_here(shielded()); }

}  // namespace
}  // namespace weft::tests
