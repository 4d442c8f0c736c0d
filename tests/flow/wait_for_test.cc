#include "weft/runtime/flow/wait_for.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace weft::tests
