#include "weft/runtime/flow/interval.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "weft/runtime/flow/select.h"

namespace weft::tests {
namespace {

class IntervalEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, IntervalEverywhere, every_setting, setting_name);

using Times = std::vector<std::chrono::nanoseconds>;

std::chrono::nanoseconds now() { return get_running_loop().time().time_since_epoch(); }

// A tick: when it was scheduled, and when it was given.
struct Taken {
  std::chrono::nanoseconds scheduled;
  std::chrono::nanoseconds given;
};
Coro<Taken> take(Interval& interval) {
  const TimePoint scheduled = co_await interval.tick();
  co_return Taken{scheduled.time_since_epoch(), now()};
}
Coro<void> take_on_time(Interval& interval, int count, Times& scheduled) {
  for (int i = 0; i < count; ++i) {
    const Taken tick = co_await take(interval);
    EXPECT_EQ(tick.scheduled, tick.given);
    scheduled.push_back(tick.scheduled);
  }
}

Coro<void> period_after_period() {
  co_await sleep(3ms);
  Interval interval(10ms);
  EXPECT_EQ(interval.period(), 10ms);
  Times scheduled;
  co_await take_on_time(interval, 2, scheduled);
  co_await sleep(9ms);  // work that takes less than a period
  co_await take_on_time(interval, 1, scheduled);
  co_await sleep(10ms);  // and as long as one
  co_await take_on_time(interval, 2, scheduled);
  EXPECT_EQ(scheduled, (Times{3ms, 13ms, 23ms, 33ms, 43ms}));
}
TEST_P(IntervalEverywhere, ticks_at_once_and_then_exactly_at_each_period) { run_here(period_after_period()); }

Coro<void> beginnings() {
  Times scheduled;
  Interval later(0.5, {.start = TimePoint(70ms)});
  co_await take_on_time(later, 2, scheduled);
  EXPECT_EQ(scheduled, (Times{70ms, 570ms}));
  Interval earlier(100ms, {.start = TimePoint(300ms)});
  Times late;
  for (int i = 0; i < 4; ++i) late.push_back((co_await take(earlier)).scheduled);
  EXPECT_EQ(late, (Times{300ms, 400ms, 500ms, 600ms}));
  EXPECT_EQ(now(), 600ms);
}
TEST_P(IntervalEverywhere, begins_where_it_is_told_to) { run_here(beginnings()); }

// Ticks at 0 and 10 ms, then 35 ms of work, then four ticks more.
Coro<std::vector<Taken>> after_work(MissedTick missed) {
  const auto start = now();
  Interval interval(10ms, {.missed = missed});
  Times scheduled;
  co_await take_on_time(interval, 2, scheduled);
  co_await sleep(35ms);
  std::vector<Taken> ticks;
  for (int i = 0; i < 5; ++i) {
    Taken tick = co_await take(interval);
    tick.scheduled -= start;
    tick.given -= start;
    ticks.push_back(tick);
  }
  co_return ticks;
}
Times scheduled_of(const std::vector<Taken>& ticks) {
  Times times;
  for (const Taken& tick : ticks) times.push_back(tick.scheduled);
  return times;
}
Times given_of(const std::vector<Taken>& ticks) {
  Times times;
  for (const Taken& tick : ticks) times.push_back(tick.given);
  return times;
}
Coro<void> missed_ticks() {
  const std::vector<Taken> burst = co_await after_work(MissedTick::burst);
  EXPECT_EQ(scheduled_of(burst), (Times{20ms, 30ms, 40ms, 50ms, 60ms}));
  EXPECT_EQ(given_of(burst), (Times{45ms, 45ms, 45ms, 50ms, 60ms}));
  const std::vector<Taken> delay = co_await after_work(MissedTick::delay);
  EXPECT_EQ(scheduled_of(delay), (Times{20ms, 55ms, 65ms, 75ms, 85ms}));
  EXPECT_EQ(given_of(delay), (Times{45ms, 55ms, 65ms, 75ms, 85ms}));
  const std::vector<Taken> skip = co_await after_work(MissedTick::skip);
  EXPECT_EQ(scheduled_of(skip), (Times{20ms, 50ms, 60ms, 70ms, 80ms}));
  EXPECT_EQ(given_of(skip), (Times{45ms, 50ms, 60ms, 70ms, 80ms}));
}
TEST_P(IntervalEverywhere, makes_up_for_missed_ticks_as_it_is_told) { run_here(missed_ticks()); }

// The work ends exactly where a tick is due, and a little after one.
Coro<void> at_the_edges() {
  Interval skip(10ms, {.missed = MissedTick::skip});
  co_await skip.tick();
  co_await sleep(20ms);
  EXPECT_EQ((co_await take(skip)).scheduled, 10ms);
  EXPECT_EQ((co_await take(skip)).scheduled, 30ms) << "that of 20 ms does not lie in the future";
  Interval little(10ms, {.missed = MissedTick::delay});
  co_await little.tick();
  co_await sleep(13ms);
  EXPECT_EQ((co_await take(little)).scheduled, 40ms);
  EXPECT_EQ((co_await take(little)).scheduled, 53ms) << "a period after the late tick was taken, at 43 ms";
  Interval caught(10ms, {.missed = MissedTick::skip});
  co_await caught.tick();
  co_await sleep(13ms);
  EXPECT_EQ((co_await take(caught)).scheduled, 63ms);
  EXPECT_EQ((co_await take(caught)).scheduled, 73ms) << "a late tick that misses none moves none";
}
TEST_P(IntervalEverywhere, knows_which_ticks_were_missed_exactly) { run_here(at_the_edges()); }

Coro<void> resets() {
  Interval interval(10ms);
  co_await interval.tick();
  co_await sleep(4ms);
  interval.reset();
  EXPECT_EQ((co_await take(interval)).given, 14ms);
  EXPECT_EQ((co_await take(interval)).given, 24ms);
  interval.reset_after(3ms);
  EXPECT_EQ((co_await take(interval)).given, 27ms);
  EXPECT_EQ((co_await take(interval)).given, 37ms);
  interval.reset_after(0s);
  EXPECT_EQ((co_await take(interval)).given, 37ms);
}
TEST_P(IntervalEverywhere, begins_again_after_a_reset) { run_here(resets()); }

Coro<void> not_consumed() {
  Interval interval(10ms);
  co_await interval.tick();
  const auto body = [&interval]() -> Coro<void> { co_await interval.tick(); };
  for (int i = 0; i < 3; ++i) {
    bool late = false;
    try {
      co_await with_timeout(2ms, body);
    } catch (const TimeoutError&) {
      late = true;
    }
    EXPECT_TRUE(late);
  }
  EXPECT_EQ((co_await take(interval)).scheduled, 10ms);
  EXPECT_EQ((co_await take(interval)).scheduled, 20ms);
}
TEST_P(IntervalEverywhere, does_not_consume_a_tick_that_is_cancelled) { run_here(not_consumed()); }

Coro<void> cancelled_when_due() {
  Interval interval(10ms);
  const auto body = [](Interval& ticking) -> Coro<void> { co_await ticking.tick(); };
  const Task<void> task = create_task(body(interval));
  co_await sleep(0s);  // it gives way, due though it is
  EXPECT_FALSE(task.done());
  EXPECT_TRUE(task.cancel());
  co_await wait(only(task));
  EXPECT_TRUE(task.cancelled());
  EXPECT_EQ((co_await take(interval)).scheduled, 0ms);
}
TEST(Interval, does_not_consume_a_tick_that_is_cancelled_when_it_is_due) { run_in_order(cancelled_when_due()); }

Coro<void> always_late(bool& other_ran) {
  Interval interval(1ns);
  co_await sleep(1ms);
  get_running_loop().call_soon([&other_ran] { other_ran = true; });
  co_await interval.tick();
}
TEST(Interval, gives_way_at_each_tick_though_it_is_late) {
  bool other_ran = false;
  run_in_order(always_late(other_ran));
  EXPECT_TRUE(other_ran);
}

template <class Error, class Function>
std::string refusal(const Function& function) {
  try {
    function();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing";
}
Coro<void> refuses() {
  EXPECT_EQ(refusal<ValueError>([] { Interval interval(0s); }), "Interval: the period is 0 s; give a positive one");
  EXPECT_EQ(refusal<ValueError>([] { Interval interval(-250ms); }),
            "Interval: the period is -0.25 s; give a positive one");
  EXPECT_EQ(refusal<ValueError>([] { Interval interval(std::nullopt); }),
            "Interval: the period is none; give a positive one");
  EXPECT_NE(refusal<ValueError>([] { Interval interval(std::nan("")); }).find("NaN"), std::string::npos);
  Interval interval(10ms);
  EXPECT_NE(refusal<ValueError>([&] { interval.reset_after(std::nullopt); }).find("the delay is none"),
            std::string::npos);
  co_return;
}
TEST_P(IntervalEverywhere, refuses_a_period_that_is_not_positive) { run_here(refuses()); }
TEST(Interval, needs_a_running_loop) {
  EXPECT_NE(refusal<RuntimeError>([] { Interval interval(1s); }).find("no running event loop"), std::string::npos);
}

Coro<void> two_at_once() {
  Interval interval(10ms);
  co_await interval.tick();
  const auto body = [](Interval& ticking) -> Coro<void> { co_await ticking.tick(); };
  const Task<void> first = create_task(body(interval));
  co_await sleep(1ms);
  std::string text;
  try {
    co_await interval.tick();
  } catch (const RuntimeError& error) {
    text = error.what();
  }
  EXPECT_EQ(text, "Interval::tick: a tick of this Interval is awaited; one task at a time uses it");
  EXPECT_EQ(refusal<RuntimeError>([&] { interval.reset(); }),
            "Interval::reset: a tick of this Interval is awaited; one task at a time uses it");
  co_await first;
  EXPECT_EQ((co_await take(interval)).scheduled, 20ms);
}
TEST_P(IntervalEverywhere, is_for_one_task_at_a_time) { run_here(two_at_once()); }

Coro<void> loses_a_select() {
  Interval interval(10ms);
  co_await interval.tick();
  const auto first = co_await select(interval.tick(), sleep(4ms));
  EXPECT_EQ(first.index(), 1u);
  const auto second = co_await select(interval.tick(), sleep(40ms));
  EXPECT_EQ(second.index(), 0u);
  EXPECT_EQ(second.get<0>(), TimePoint(10ms));
}
TEST_P(IntervalEverywhere, loses_no_tick_to_a_select) { run_here(loses_a_select()); }

Coro<void> far_away() {
  Interval interval(std::chrono::hours::max(), {.missed = MissedTick::skip});
  co_await interval.tick();
  const TimePoint end = TimePoint(std::chrono::nanoseconds::max());
  Interval ancient(1s, {.missed = MissedTick::skip, .start = TimePoint::min()});
  EXPECT_EQ(co_await ancient.tick(), TimePoint::min());
  const TimePoint next = co_await ancient.tick();
  EXPECT_GT(next, TimePoint(0s));
  EXPECT_LE(next, TimePoint(1s));
  Interval last(1s, {.missed = MissedTick::delay, .start = end - 1ns});
  interval.reset_after(std::chrono::hours::max());
  EXPECT_EQ(interval.period(), std::chrono::nanoseconds::max());
}
TEST_P(IntervalEverywhere, reckons_with_the_longest_times) { run_here(far_away()); }

Coro<void> describes(std::string& text) {
  Interval interval(1500ms);
  co_await interval.tick();
  const auto body = [](Interval& ticking) -> Coro<void> { co_await ticking.tick(); };
  const Task<void> task = create_task(body(interval));
  co_await sleep(1ms);
  text = format_call_graph(task);
  co_await task;
}
TEST(Interval, is_seen_in_the_call_graph) {
  std::string text;
  run_in_order(describes(text));
  EXPECT_NE(text.find("a tick of an Interval, by a sleep, until 1.500 s"), std::string::npos) << text;
}

}  // namespace
}  // namespace weft::tests
