#include "weft/runtime/flow/handle.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class HandleEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, HandleEverywhere, every_setting, setting_name);

TEST(Handle, default_constructed_names_nothing) {
  const Handle handle;
  handle.cancel();
  EXPECT_FALSE(handle.cancelled());
  EXPECT_EQ(TimerHandle().when().time_since_epoch(), 0ns);
}

Coro<void> cancel_soon() {
  int called = 0;
  const Handle kept = get_running_loop().call_soon([&called] { ++called; });
  const Handle cancelled = get_running_loop().call_soon([&called] { called += 100; });
  cancelled.cancel();
  EXPECT_TRUE(cancelled.cancelled());
  EXPECT_FALSE(kept.cancelled());
  co_await sleep(0s);
  EXPECT_EQ(called, 1);
  kept.cancel();
  EXPECT_TRUE(kept.cancelled());  // as in CPython: it says that cancel() was called
}
TEST(Handle, cancelled_before_its_turn_is_not_called) { run_in_order(cancel_soon()); }

Coro<void> frees_at_once() {
  Census census;
  const Tracked captured(census);
  const TimerHandle later = get_running_loop().call_later(1h, [captured] {});
  EXPECT_EQ(census.alive(), 2);
  later.cancel();
  EXPECT_EQ(census.alive(), 1);
  later.cancel();
  co_await sleep(2h);
}
TEST_P(HandleEverywhere, cancelled_destroys_what_its_callback_holds_at_once) { run_here(frees_at_once()); }

Coro<void> soon_frees_at_once() {
  Census census;
  const Tracked captured(census);
  const Handle soon = get_running_loop().call_soon([captured] {});
  EXPECT_EQ(census.alive(), 2);
  soon.cancel();
  EXPECT_EQ(census.alive(), 1);
  co_await sleep(0s);
}
TEST(Handle, cancelled_before_its_turn_destroys_what_its_callback_holds_at_once) { run_in_order(soon_frees_at_once()); }

Coro<void> copies() {
  int called = 0;
  Handle first = get_running_loop().call_soon([&called] { ++called; });
  const Handle second = first;
  Handle third = std::move(first);
  third = second;
  second.cancel();
  EXPECT_TRUE(third.cancelled());
  co_await sleep(0s);
  EXPECT_EQ(called, 0);
}
TEST(Handle, copies_name_the_same_callback) { run_in_order(copies()); }

Coro<void> timers() {
  EventLoop& loop = get_running_loop();
  std::vector<int> called;
  const TimerHandle at = loop.call_at(TimePoint(30ms), [&called] { called.push_back(30); });
  const TimerHandle later = loop.call_later(20ms, [&called] { called.push_back(20); });
  const TimerHandle cancelled = loop.call_later(10ms, [&called] { called.push_back(10); });
  EXPECT_EQ(at.when(), TimePoint(30ms));
  EXPECT_EQ(later.when(), loop.time() + 20ms);
  cancelled.cancel();
  EXPECT_TRUE(cancelled.cancelled());
  co_await sleep(40ms);
  EXPECT_EQ(called, (std::vector<int>{20, 30}));
  at.cancel();
  EXPECT_EQ(called.size(), 2u);
}
TEST_P(HandleEverywhere, of_a_timer_says_when_and_can_be_cancelled_until_then) { run_here(timers()); }

Coro<void> cancels_itself() {
  EventLoop& loop = get_running_loop();
  Handle handle;
  Census census;
  const Tracked captured(census, 3);
  int seen = 0;
  handle = loop.call_later(1ms, [&seen, &handle, captured] {
    handle.cancel();
    seen = captured.value;
  });
  co_await sleep(2ms);
  EXPECT_EQ(seen, 3);
  EXPECT_TRUE(handle.cancelled());
  EXPECT_EQ(census.alive(), 1);
}
TEST_P(HandleEverywhere, that_is_cancelled_by_its_own_callback_lets_it_end) { run_here(cancels_itself()); }

TEST(Handle, that_outlives_its_loop_can_be_cancelled) {
  Census census;
  Handle soon;
  TimerHandle later;
  {
    EventLoop loop(RunOptions{.workers = 1});
    const Tracked captured(census);
    soon = loop.call_soon([captured] {});
    later = loop.call_later(1h, [captured] {});
  }
  EXPECT_EQ(census.alive(), 0);
  soon.cancel();
  later.cancel();
  EXPECT_EQ(census.alive(), 0);
}

Coro<void> cancel_among_many() {
  EventLoop& loop = get_running_loop();
  int called = 0;
  std::vector<TimerHandle> handles;
  for (int i = 0; i < 5000; ++i) {
    handles.push_back(loop.call_later(std::chrono::microseconds(1 + i * 7919 % 5000), [&called] { ++called; }));
  }
  for (std::size_t i = 0; i < handles.size(); ++i) {
    if (i % 4 != 0) handles[i].cancel();
  }
  co_await sleep(1s);
  EXPECT_EQ(called, 1250);
}
TEST(Handle, of_one_timer_among_thousands_cancels_that_one) { run_in_order(cancel_among_many()); }

}  // namespace
}  // namespace weft::tests
