// The harness finds what it is for: each test gives it a scenario with one fault, and reads the sentence.
#include "weft/testing/cancel_everywhere.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "weft/weft.h"

namespace weft::tests {
namespace {

using weft::testing::cancel_everywhere;
using weft::testing::CancelOptions;
using weft::testing::CancelReport;
using weft::testing::Probe;

const CancelOptions kExact = {.workers = {}};

bool says(const CancelReport& report, const std::string& part) {
  return std::any_of(report.failures.begin(), report.failures.end(),
                     [&](const std::string& failure) { return failure.find(part) != std::string::npos; });
}

Coro<void> one_sleep(Probe&) { co_await sleep(10ms); }
TEST(CancelEverywhere, a_scenario_without_faults_passes_and_is_cancelled_at_each_of_its_positions) {
  const CancelReport report = cancel_everywhere(one_sleep, {.name = "one sleep", .second_cancels = 0, .workers = {}});
  EXPECT_TRUE(report.ok()) << report;
  // Before the first step; while it sleeps; when the timer is due; when the task is woken.
  EXPECT_EQ(report.positions, 4u);
  EXPECT_EQ(report.runs, 6u) << "one without a cancel, four, and one in which the cancel would come too late";
  EXPECT_EQ(report.cancelled, 4u);
  EXPECT_EQ(report.completed, 2u);
  EXPECT_NO_THROW(report.check());
}

Coro<void> two_turns(Probe&) {
  co_await sleep(0s);
  co_await sleep(0s);
}
TEST(CancelEverywhere, every_turn_of_a_task_is_a_position) {
  EXPECT_EQ(cancel_everywhere(two_turns, kExact).positions, 3u);
}

TEST(CancelEverywhere, races_on_each_number_of_workers_as_often_as_it_is_told) {
  const CancelReport report = cancel_everywhere(one_sleep, {.max_positions = 0, .workers = {1, 3}, .repeats = 25});
  EXPECT_TRUE(report.ok()) << report;
  EXPECT_EQ(report.runs, 1 + 2 * (1 + 25u)) << "without a cancel once in order asyncio, and once on each";
  EXPECT_GT(report.cancelled, 0u);
}

TEST(CancelEverywhere, takes_the_first_the_last_and_some_positions_between_where_there_are_too_many) {
  const auto many_turns = [](Probe&) -> Coro<void> {
    for (int i = 0; i < 1000; ++i) co_await sleep(0s);
  };
  const CancelReport report = cancel_everywhere(many_turns, {.max_positions = 10, .second_cancels = 0, .workers = {}});
  EXPECT_TRUE(report.ok()) << report;
  EXPECT_EQ(report.positions, 1001u);
  EXPECT_EQ(report.cancelled, 10u);
}

Coro<void> leaves_a_timer(Probe&) {
  const TimerHandle handle = get_running_loop().call_later(1h, [] {});
  co_await sleep(1ms);
  handle.cancel();
}
TEST(CancelEverywhere, finds_a_timer_that_a_cancel_leaves_behind) {
  const CancelReport report = cancel_everywhere(leaves_a_timer, {.name = "leaves a timer"});
  EXPECT_TRUE(says(report, "leaves a timer, order asyncio, cancelled at position 2 (at cancel_everywhere_test.cc:"))
      << report;
  EXPECT_TRUE(says(report, "1 timer left though no task is pending")) << report;
  EXPECT_FALSE(says(report, "not cancelled")) << report;
  EXPECT_THROW(report.check(), RuntimeError);
}

Coro<void> waits_for_ever() { co_await get_running_loop().create_future(); }
Coro<void> leaves_a_task(Probe&) {
  const Task<void> task = create_task(waits_for_ever(), {.name = "orphan"});
  co_await sleep(1ms);
  task.cancel();
}
TEST(CancelEverywhere, finds_a_task_that_a_cancel_leaves_behind) {
  const CancelReport report = cancel_everywhere(leaves_a_task);
  EXPECT_TRUE(says(report, "1 task of it still pending")) << report;
  EXPECT_TRUE(says(report, "'orphan' at cancel_everywhere_test.cc:")) << report;
}

Coro<void> leaves_a_task_that_ends(Probe&) {
  const Task<int> task = create_task([]() -> Coro<int> { co_return co_await sleep(10s, 3); });
  co_await sleep(1ms);
}
TEST(CancelEverywhere, lets_what_a_scenario_has_left_end_by_itself) {
  const CancelReport report = cancel_everywhere(leaves_a_task_that_ends);
  EXPECT_TRUE(report.ok()) << report;
}

Coro<void> swallows(Probe&) {
  try {
    co_await sleep(1ms);
  } catch (...) {
  }
}
TEST(CancelEverywhere, finds_a_cancel_that_is_swallowed) {
  const CancelReport report = cancel_everywhere(swallows);
  EXPECT_TRUE(says(report, "cancel() returned true, but it ended with a result")) << report;
}
Coro<void> swallows_and_says_so(Probe& probe) {
  try {
    co_await sleep(1ms);
  } catch (const CancelledError&) {
    probe.swallows_cancel();
  }
}
TEST(CancelEverywhere, lets_a_scenario_swallow_what_it_says_it_swallows) {
  const CancelReport report = cancel_everywhere(swallows_and_says_so);
  EXPECT_TRUE(report.ok()) << report;
  EXPECT_GT(report.swallowed, 0u);
}
Coro<void> says_so_too_early(Probe& probe) {
  probe.swallows_cancel();
  try {
    co_await sleep(1ms);
  } catch (const CancelledError&) {
  }
}
TEST(CancelEverywhere, takes_no_promise_for_cancels_that_come_later) {
  EXPECT_TRUE(says(cancel_everywhere(says_so_too_early), "cancel() returned true, but it ended with a result"));
}

// An item is handed over by the result of a future. Who is cancelled between the hand-over and its step loses it.
struct Store {
  std::deque<int> items{1, 2, 3};
  int consumed = 0;
};
Coro<void> hand_over(Future<int> to, Store& store) {
  co_await sleep(1ms);
  const int item = store.items.front();
  if (to.try_set_result(item)) store.items.pop_front();
}
Coro<void> loses_an_item(Probe& probe) {
  Store& store = probe.keep<Store>();
  probe.at_end([&probe, &store] {
    probe.expect(store.items.size() + static_cast<std::size_t>(store.consumed) == 3, "an item was lost");
  });
  const Future<int> from = get_running_loop().create_future<int>();
  create_task(hand_over(from, store));
  co_await from;
  ++store.consumed;
}
TEST(CancelEverywhere, finds_an_item_that_is_lost_between_a_wake_up_and_its_step) {
  const CancelReport report = cancel_everywhere(loses_an_item, kExact);
  EXPECT_TRUE(says(report, "an item was lost")) << report;
  EXPECT_LT(report.failures.size(), 4u) << "only few positions lose one\n" << report;
}

Coro<void> cleans_up_badly(Probe& probe) {
  bool cancelled = false;
  try {
    co_await sleep(1ms);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (!cancelled) co_return;
  try {
    co_await sleep(1ms);
  } catch (const CancelledError&) {
    probe.once("closed");
  }
  probe.once("closed");
  throw CancelledError();
}
TEST(CancelEverywhere, finds_what_runs_twice_when_a_second_cancel_comes_while_the_first_is_dealt_with) {
  EXPECT_TRUE(cancel_everywhere(cleans_up_badly, {.second_cancels = 0, .workers = {}}).ok());
  const CancelReport report = cancel_everywhere(cleans_up_badly, kExact);
  EXPECT_TRUE(says(report, "\"closed\" happened twice")) << report;
  EXPECT_TRUE(says(report, " and again at ")) << report;
}

Coro<void> hangs(Probe&) {
  bool cancelled = false;
  try {
    co_await sleep(1ms);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (cancelled) co_await waits_for_ever();
}
TEST(CancelEverywhere, reports_a_scenario_that_never_ends) {
  for (const std::size_t positions : {400u, 0u}) {
    const CancelReport report =
        cancel_everywhere(hangs, {.max_positions = positions, .limit = 200ms, .max_failures = 1});
    EXPECT_TRUE(says(report, "it has not ended after 0.2 s; 1 task pending: 'scenario' at cancel_everywhere_test.cc:"))
        << report;
  }
}
Coro<void> turns_for_ever(Probe&) {
  for (;;) co_await sleep(0s);
}
TEST(CancelEverywhere, reports_a_scenario_that_is_always_ready) {
  const CancelReport report = cancel_everywhere(turns_for_ever, {.limit = 100ms});
  EXPECT_TRUE(says(report, "order asyncio, not cancelled: it has not ended after 0.1 s")) << report;
}
Coro<void> computes_for_ever(Probe&) {
  for (volatile bool on = true; on;) {
  }
  co_return;
}
TEST(CancelEverywhereDeathTest, a_scenario_that_computes_without_end_ends_the_process_with_a_sentence) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(static_cast<void>(cancel_everywhere(computes_for_ever, {.name = "endless", .limit = 50ms})),
               "endless, order asyncio, not cancelled: .* computes without end");
}

Coro<void> fails_later() {
  co_await sleep(1ms);
  throw ValueError("nobody looks");
}
Coro<void> forgets_an_error(Probe&) {
  create_task(fails_later());
  co_await sleep(2ms);
}
TEST(CancelEverywhere, finds_an_error_that_nobody_retrieves) {
  const CancelReport report = cancel_everywhere(forgets_an_error);
  EXPECT_TRUE(says(report, "the exception handler was told \"Task exception was never retrieved")) << report;
  EXPECT_TRUE(says(report, "nobody looks")) << report;
}
TEST(CancelEverywhere, lets_a_scenario_announce_what_it_reports) {
  const auto announces = [](Probe& probe) -> Coro<void> {
    probe.may_report("never retrieved");
    return forgets_an_error(probe);
  };
  const CancelReport report = cancel_everywhere(announces);
  EXPECT_TRUE(report.ok()) << report;
}

Coro<void> becomes_an_error(Probe&) {
  bool cancelled = false;
  try {
    co_await sleep(1ms);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (cancelled) throw ValueError("it was cancelled");
}
TEST(CancelEverywhere, finds_a_cancel_that_becomes_another_error) {
  const CancelReport report = cancel_everywhere(becomes_an_error);
  EXPECT_TRUE(says(report, "it ended with weft::ValueError: it was cancelled")) << report;
}
TEST(CancelEverywhere, lets_a_scenario_fail_that_says_so) {
  const auto may_fail = [](Probe& probe) -> Coro<void> {
    probe.may_fail();
    return becomes_an_error(probe);
  };
  const CancelReport report = cancel_everywhere(may_fail);
  EXPECT_TRUE(report.ok()) << report;
  EXPECT_GT(report.failed, 0u);
}

Coro<void> ends_as_cancelled(Probe&) {
  co_await sleep(1ms);
  throw CancelledError();
}
TEST(CancelEverywhere, finds_a_task_that_ends_as_cancelled_though_nobody_cancelled_it) {
  const CancelReport report = cancel_everywhere(ends_as_cancelled);
  EXPECT_TRUE(says(report, "not cancelled: it ended as cancelled, but no cancel() of it has returned true")) << report;
}

Coro<void> nothing() { co_return; }
TEST(CancelEverywhere, finds_a_coroutine_that_is_kept) {
  std::vector<Coro<void>> kept;
  const auto keeps = [&kept](Probe&) -> Coro<void> {
    co_await sleep(1ms);
    kept.push_back(nothing());
  };
  const CancelReport report = cancel_everywhere(keeps, kExact);
  EXPECT_TRUE(says(report, "1 coroutine frame and 0 tasks more than before")) << report;
}
TEST(CancelEverywhere, finds_a_task_handle_that_is_kept) {
  std::vector<Task<void>> kept;
  const auto keeps = [&kept](Probe&) -> Coro<void> {
    kept.push_back(create_task(nothing()));
    co_await sleep(1ms);
  };
  const CancelReport report = cancel_everywhere(keeps, {.max_positions = 0, .workers = {2}});
  EXPECT_TRUE(says(report, "0 coroutine frames and 1 task more than before")) << report;
}
TEST(CancelEverywhere, what_the_probe_keeps_is_no_leak) {
  const auto keeps = [](Probe& probe) -> Coro<void> {
    probe.keep<Task<void>>(create_task(nothing()));
    co_await sleep(1ms);
  };
  const CancelReport report = cancel_everywhere(keeps);
  EXPECT_TRUE(report.ok()) << report;
}

// Each looks and then acts; that both look first needs two workers, though not two cores.
struct Place {
  std::atomic<int> inside{0};
  std::atomic<bool> taken{false};
};
Coro<void> take(Probe& probe, Place& place) {
  if (place.taken.load()) co_return;
  ++place.inside;
  for (int i = 0; i < 20'000 && place.inside.load() < 2; ++i) std::this_thread::yield();
  place.taken.store(true);
  probe.once("taken");
}
Coro<void> looks_before_it_takes(Probe& probe) {
  Place& place = probe.keep<Place>();
  co_await fork_join(take(probe, place), take(probe, place));
}
TEST(CancelEverywhere, finds_what_happens_twice_on_several_workers_only) {
  const CancelReport alone = cancel_everywhere(looks_before_it_takes, {.workers = {1}, .repeats = 3});
  EXPECT_TRUE(alone.ok()) << alone;
  const CancelReport report = cancel_everywhere(looks_before_it_takes, {.workers = {2}, .repeats = 200});
  EXPECT_TRUE(says(report, "\"taken\" happened twice")) << report;
  EXPECT_TRUE(says(report, "2 workers, cancelled by another") || says(report, "2 workers, not cancelled")) << report;
}

TEST(CancelEverywhere, a_scenario_that_differs_from_run_to_run_is_refused) {
  int runs = 0;
  const auto differs = [&runs](Probe&) -> Coro<void> {
    for (int i = 0; i < 2 + runs; ++i) co_await sleep(0s);
    ++runs;
  };
  const CancelReport report = cancel_everywhere(differs, kExact);
  EXPECT_TRUE(says(report, "a scenario must do the same each time")) << report;
}

TEST(CancelEverywhere, a_callable_that_throws_is_reported) {
  const auto thrower = [](Probe& probe) {
    probe.once("called");
    if (get_running_loop().is_running()) throw ValueError("no scenario today");
    return nothing();
  };
  const CancelReport report = cancel_everywhere(thrower, kExact);
  EXPECT_TRUE(says(report, "the callable that makes the scenario threw: no scenario today")) << report;
}

TEST(CancelEverywhere, a_failed_check_and_one_that_throws_fail_the_run) {
  const auto checked = [](Probe& probe) -> Coro<void> {
    probe.at_end([&probe] { probe.expect(false, "seven is not eight"); });
    probe.at_end([] { throw ValueError("thrown by a check"); });
    return one_sleep(probe);
  };
  const CancelReport report = cancel_everywhere(checked, kExact);
  EXPECT_TRUE(says(report, "seven is not eight")) << report;
  EXPECT_TRUE(says(report, "a check threw weft::ValueError: thrown by a check")) << report;
}

TEST(CancelEverywhere, options_that_make_no_sense_are_refused) {
  EXPECT_THROW(static_cast<void>(cancel_everywhere(one_sleep, {.workers = {0}})), ValueError);
  EXPECT_THROW(static_cast<void>(cancel_everywhere(one_sleep, {.limit = 0s})), ValueError);
  EXPECT_THROW(static_cast<void>(cancel_everywhere(one_sleep, {.max_failures = 0})), ValueError);
}

Coro<void> inside_a_loop() {
  EXPECT_THROW(static_cast<void>(cancel_everywhere(one_sleep)), RuntimeError);
  co_return;
}
TEST(CancelEverywhere, is_refused_where_a_loop_runs) { run_in_order(inside_a_loop()); }

}  // namespace
}  // namespace weft::tests
