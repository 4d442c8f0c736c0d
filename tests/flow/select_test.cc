#include "weft/runtime/flow/select.h"

#include <gtest/gtest.h>

#include <atomic>
#include <coroutine>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class SelectEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, SelectEverywhere, every_setting, setting_name);

std::chrono::nanoseconds now() { return get_running_loop().time().time_since_epoch(); }

Coro<int> after(std::chrono::milliseconds delay, int value) {
  co_await sleep(delay);
  co_return value;
}
Coro<int> at_once(int value) { co_return value; }
Coro<int> fails_after(std::chrono::milliseconds delay, std::string text) {
  co_await sleep(delay);
  throw ValueError(text);
}
Coro<std::unique_ptr<int>> own(int value) {
  co_await sleep(1ms);
  co_return std::make_unique<int>(value);
}
Coro<int&> refer(int& target) { co_return target; }

Coro<void> the_first() {
  const auto selected = co_await select(after(20ms, 1), after(10ms, 2), after(1h, 3));
  EXPECT_EQ(selected.index(), 1u);
  EXPECT_EQ(selected.get<1>(), 2);
  EXPECT_FALSE(selected.has<0>());
  EXPECT_FALSE(selected.has<2>());
  EXPECT_EQ(now(), 10ms);
}
TEST_P(SelectEverywhere, gives_what_ends_first) { run_here(the_first()); }

struct OwnAwaiter {
  int value;
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  int await_resume() const noexcept { return value; }
};
AsyncGenerator<int> numbers() { co_yield 8; }

Coro<void> every_kind() {
  const Future<int> never = get_running_loop().create_future<int>();
  const Task<int> task = create_task(after(1ms, 1));
  EXPECT_EQ((co_await select(never, task)).get<1>(), 1);
  EXPECT_EQ((co_await select(sleep(1h), create_task(after(1ms, 2)))).get<1>(), 2);
  const Future<int> future = get_running_loop().create_future<int>();
  get_running_loop().call_later(1ms, [future] { future.set_result(3); });
  EXPECT_EQ((co_await select(sleep(1h), future)).get<1>(), 3);
  EXPECT_EQ((co_await select(sleep(1ms, 4), after(1h, 0))).get<0>(), 4);
  const auto both = co_await select(sleep(1h), gather(after(1ms, 5), after(2ms, 6)));
  EXPECT_EQ(both.get<1>(), std::make_tuple(5, 6));
  const auto handle = ensure_future(gather(after(1ms, 7)));
  EXPECT_EQ(std::get<0>((co_await select(handle, sleep(1h))).get<0>()), 7);
  AsyncGenerator<int> generator = numbers();
  EXPECT_EQ((co_await select(sleep(1h), generator.next())).get<1>(), 8);
  EXPECT_EQ((co_await select(OwnAwaiter{9}, sleep(1h))).get<0>(), 9);
  const AnyTask any = create_task(after(1ms, 10));
  EXPECT_EQ((co_await select(any, sleep(1h))).index(), 0u);
  EXPECT_EQ((co_await select(sleep(1h), select(after(1ms, 11), sleep(1h)))).get<1>().get<0>(), 11);
  EXPECT_EQ((co_await select(sleep(1h), wait_for(after(1ms, 12), 1s))).get<1>(), 12);
  EXPECT_EQ((co_await wait_for(select(after(1ms, 13), sleep(1h)), 1s)).get<0>(), 13);
  EXPECT_EQ(std::get<0>(co_await gather(select(after(1ms, 14)))).get<0>(), 14);
}
TEST_P(SelectEverywhere, awaits_every_kind_of_awaitable) { run_here(every_kind()); }

Coro<void> kinds_of_results() {
  int target = 1;
  auto reference = co_await select(refer(target), sleep(1h));
  EXPECT_EQ(&reference.get<0>().get(), &target);
  auto moved = co_await select(own(2), sleep(1h));
  const std::unique_ptr<int> two = std::move(moved.get<0>());
  EXPECT_EQ(*two, 2);
  const Task<std::unique_ptr<int>> task = create_task(own(4));
  const auto kept = co_await select(task, sleep(1h));
  EXPECT_EQ(*kept.get<0>(), 4);
  auto nothing = co_await select(sleep(1ms), sleep(1h));
  EXPECT_TRUE(nothing.has<0>());
  static_assert(std::is_same_v<std::monostate&, decltype(nothing.get<0>())>);
}
TEST_P(SelectEverywhere, gives_results_as_gather_does) { run_here(kinds_of_results()); }

Coro<void> visits() {
  const auto text = [](const auto& value) {
    if constexpr (std::is_same_v<const std::string&, decltype(value)>) {
      return value;
    } else {
      return std::to_string(value);
    }
  };
  auto first = co_await select(sleep(1ms, std::string("text")), after(1h, 1));
  EXPECT_EQ(first.visit(text), "text");
  auto second = co_await select(sleep(1h, std::string("text")), after(1ms, 1));
  EXPECT_EQ(second.visit(text), "1");
}
TEST_P(SelectEverywhere, calls_a_visitor_with_the_result_of_the_winner) { run_here(visits()); }

Coro<void> asks_for_what_is_not_there() {
  auto selected = co_await select(after(1ms, 1), after(1h, 2));
  std::string text;
  try {
    static_cast<void>(selected.get<1>());
  } catch (const InvalidStateError& error) {
    text = error.what();
  }
  EXPECT_EQ(text, "Selected::get(): awaitable 1 has no result, awaitable 0 was first; ask index() or has() before");
}
TEST_P(SelectEverywhere, refuses_to_give_a_result_that_is_not_there) { run_here(asks_for_what_is_not_there()); }

// --- the losers -------------------------------------------------------------------------------------------------------

// Cleans up for a while when it is cancelled.
Coro<int> slow_to_end(Census& census, std::chrono::milliseconds delay, int value) {
  const Tracked held(census);
  bool cancelled = false;
  try {
    co_await sleep(delay);
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (cancelled) {
    co_await sleep(30ms);
    throw CancelledError("cleaned up");
  }
  co_return value;
}
Coro<void> borrowers() {
  Census census;
  const auto selected =
      co_await select(after(10ms, 1), slow_to_end(census, 1h, 2), slow_to_end(census, 2h, 3), after(1h, 4));
  EXPECT_EQ(census.alive(), 0) << "a loser borrows what may be gone";
  EXPECT_EQ(census.born, 2);
  EXPECT_EQ(selected.index(), 0u);
  EXPECT_EQ(now(), 40ms) << "the clean-up of the losers takes its time";
  EXPECT_EQ(all_tasks().size(), 1u);
}
TEST_P(SelectEverywhere, has_seen_the_losers_end_so_that_they_may_borrow) { run_here(borrowers()); }

Coro<int> ends_all_the_same(int value) {
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
    co_return value;
  }
  co_return -1;
}
Coro<void> swallowed() {
  const auto selected = co_await select(after(1ms, 1), ends_all_the_same(2), after(1h, 3));
  EXPECT_EQ(selected.index(), 0u);
  EXPECT_EQ(selected.get<0>(), 1);
  EXPECT_TRUE(selected.has<1>());
  EXPECT_EQ(selected.get<1>(), 2);
  EXPECT_FALSE(selected.has<2>());
}
TEST_P(SelectEverywhere, gives_the_result_of_a_loser_too) { run_here(swallowed()); }

// In order depth first the select ends, and cancels this task, inside set_result(): in its last step.
Coro<int> sets_and_ends(Future<int> future, int value) {
  future.set_result(value);
  co_return value + 1;
}
Coro<void> ends_in_its_last_step() {
  const Future<int> future = get_running_loop().create_future<int>();
  const auto selected = co_await select(future, sets_and_ends(future, 1));
  EXPECT_EQ(selected.index(), 0u);
  EXPECT_EQ(selected.get<0>(), 1);
  EXPECT_EQ(selected.get<1>(), 2) << "the loser had its result already";
}
TEST_P(SelectEverywhere, loses_no_result_of_a_task_that_is_cancelled_in_its_last_step) {
  run_here(ends_in_its_last_step());
}

Coro<void> callers_own() {
  const Task<int> task = create_task(after(1h, 1));
  const Future<int> future = get_running_loop().create_future<int>();
  const Task<int> shielded = create_task(after(50ms, 2));
  const auto selected = co_await select(task, future, shield(shielded), sleep(10ms));
  EXPECT_EQ(selected.index(), 3u);
  EXPECT_TRUE(task.cancelled());
  EXPECT_TRUE(future.cancelled());
  EXPECT_FALSE(shielded.done());
  EXPECT_EQ(co_await shielded, 2);
}
TEST_P(SelectEverywhere, cancels_a_task_of_the_callers_unless_it_is_shielded) { run_here(callers_own()); }

Coro<int> counts_cancels(int& cancels) {
  for (;;) {
    try {
      co_await sleep(cancels == 0 ? 1h : 5ms);
      co_return 1;
    } catch (const CancelledError&) {
      ++cancels;
    }
  }
}
Coro<void> the_same_twice() {
  int cancels = 0;
  const Task<int> task = create_task(counts_cancels(cancels));
  const auto selected = co_await select(task, task, sleep(1ms));
  EXPECT_EQ(cancels, 1);
  EXPECT_EQ(selected.index(), 2u);
  EXPECT_TRUE(selected.has<0>());
  EXPECT_TRUE(selected.has<1>());
}
TEST_P(SelectEverywhere, cancels_what_was_given_twice_once) { run_here(the_same_twice()); }

// --- several at once --------------------------------------------------------------------------------------------------

Coro<void> coroutines_at_once() {
  const auto selected = co_await select(sleep(1h), at_once(1), at_once(2));
  EXPECT_EQ(selected.index(), 1u);
  EXPECT_TRUE(selected.has<1>());
  EXPECT_TRUE(selected.has<2>());
  const auto timed = co_await select(after(1ms, 1), after(1ms, 2));
  EXPECT_EQ(timed.index(), 0u);
  EXPECT_EQ(timed.get<1>(), 2);
}
TEST(Select, prefers_the_first_in_argument_order_of_those_that_end_in_one_turn) { run_in_order(coroutines_at_once()); }

Coro<void> done_before() {
  const Future<int> done = get_running_loop().create_future<int>();
  done.set_result(1);
  bool started = false;
  const auto starts = [&started]() -> Coro<int> {
    started = true;
    co_return 2;
  };
  const auto after_it = co_await select(done, starts());
  EXPECT_EQ(after_it.index(), 0u);
  EXPECT_FALSE(after_it.has<1>());
  EXPECT_FALSE(started) << "it cannot win any more";
  const auto both = co_await select(done, done);
  EXPECT_EQ(both.index(), 0u);
  EXPECT_TRUE(both.has<1>());
  const auto behind = co_await select(sleep(1h), done, starts());
  EXPECT_EQ(behind.index(), 1u);
  EXPECT_FALSE(started);
}
TEST_P(SelectEverywhere, never_starts_what_comes_after_one_that_is_done) { run_here(done_before()); }

Coro<void> a_turn_before() {
  const Future<int> done = get_running_loop().create_future<int>();
  done.set_result(1);
  const auto ready = co_await select(at_once(2), done);
  EXPECT_EQ(ready.index(), 0u);
  EXPECT_TRUE(ready.has<1>());
  const auto waits = co_await select(after(0ms, 2), done);
  EXPECT_EQ(waits.index(), 1u);
}
TEST(Select, gives_a_coroutine_before_one_that_is_done_its_first_step) { run_in_order(a_turn_before()); }

// --- errors -----------------------------------------------------------------------------------------------------------

Coro<std::string> failure_of(Coro<void> body) {
  std::string text;
  try {
    co_await std::move(body);
  } catch (const ValueError& error) {
    text = error.what();
  }
  co_return text;
}
Coro<void> winner_fails(Census& census) {
  static_cast<void>(co_await select(slow_to_end(census, 1h, 1), fails_after(1ms, "first")));
}
Coro<void> throws_the_winners() {
  Census census;
  Reports reports;
  reports.listen_to(get_running_loop());
  EXPECT_EQ(co_await failure_of(winner_fails(census)), "first");
  EXPECT_EQ(census.alive(), 0);
  EXPECT_EQ(now(), 31ms);
  EXPECT_EQ(reports.count(), 0u);
}
TEST_P(SelectEverywhere, throws_the_error_of_the_winner_when_all_have_ended) { run_here(throws_the_winners()); }

Coro<int> fails_when_cancelled(std::string text) {
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
  }
  throw ValueError(text);
}
Coro<void> loser_fails() {
  Reports reports;
  reports.listen_to(get_running_loop());
  const Task<int> task = create_task(fails_when_cancelled("of the caller's"));
  EXPECT_EQ((co_await select(after(1ms, 1), fails_when_cancelled("of a loser"), task)).get<0>(), 1);
  co_await reports.at_least(1);
  const ExceptionContext context = reports.only();
  EXPECT_EQ(context.message, "Task exception was never retrieved");
  EXPECT_NE(text_of(context.exception).find("of a loser"), std::string::npos);
  EXPECT_NE(text_of(task.exception()).find("of the caller's"), std::string::npos) << "who has a handle may look";
  get_running_loop().set_exception_handler(nullptr);
}
TEST_P(SelectEverywhere, reports_the_error_of_a_loser_and_gives_the_result_of_the_winner) { run_here(loser_fails()); }

Coro<void> both_fail() {
  static_cast<void>(co_await select(fails_after(1ms, "first"), fails_when_cancelled("second")));
}
Coro<void> reports_the_second() {
  Reports reports;
  reports.listen_to(get_running_loop());
  EXPECT_EQ(co_await failure_of(both_fail()), "first");
  co_await reports.at_least(1);
  EXPECT_NE(text_of(reports.only().exception).find("second"), std::string::npos);
  get_running_loop().set_exception_handler(nullptr);
}
TEST_P(SelectEverywhere, reports_the_error_of_a_loser_beside_that_of_the_winner) { run_here(reports_the_second()); }

Coro<void> fails_beside_a_result() {
  static_cast<void>(co_await select(ends_all_the_same(1), sleep(1h), fails_after(1ms, "first")));
}
Coro<void> lost() {
  Reports reports;
  reports.listen_to(get_running_loop());
  EXPECT_EQ(co_await failure_of(fails_beside_a_result()), "first");
  co_await reports.at_least(1);
  EXPECT_EQ(reports.only().message,
            "select: the result of awaitable 0 is lost, because awaitable 2 has failed; to be given both catch errors "
            "inside the awaitables");
  get_running_loop().set_exception_handler(nullptr);
}
TEST_P(SelectEverywhere, reports_a_result_that_the_error_of_the_winner_hides) { run_here(lost()); }

Coro<void> cancels_itself() {
  const Task<int> task = create_task(after(1h, 1));
  get_running_loop().call_later(1ms, [task] { task.cancel("by another"); });
  std::string message;
  try {
    static_cast<void>(co_await select(sleep(1h), task));
  } catch (const CancelledError& error) {
    message = error.message();
  }
  EXPECT_EQ(message, "by another");
  EXPECT_EQ(current_task().cancelling(), 0u);
  co_await sleep(1ms);
}
TEST_P(SelectEverywhere, throws_cancelled_error_when_the_winner_was_cancelled) { run_here(cancels_itself()); }

// --- cancel -----------------------------------------------------------------------------------------------------------

Coro<void> selects(Census& census, AnyTask given) {
  static_cast<void>(co_await select(slow_to_end(census, 1h, 1), given, slow_to_end(census, 1h, 2)));
}
Coro<void> cancelled_from_outside() {
  Census census;
  const Task<int> given = create_task(after(1h, 3));
  const Task<void> task = create_task(selects(census, given));
  co_await sleep(1ms);
  EXPECT_TRUE(task.cancel("enough"));
  std::string message;
  try {
    co_await task;
  } catch (const CancelledError& error) {
    message = error.message();
  }
  EXPECT_EQ(message, "enough");
  EXPECT_EQ(census.alive(), 0);
  EXPECT_TRUE(given.cancelled());
  EXPECT_EQ(now(), 31ms);
}
TEST_P(SelectEverywhere, passes_a_cancel_on_to_all_and_waits_for_them) { run_here(cancelled_from_outside()); }

Coro<void> keeps(int& kept, bool& went_on) {
  const auto selected = co_await select(after(1h, 1), ends_all_the_same(2));
  EXPECT_EQ(selected.index(), 1u);
  kept = selected.get<1>();
  co_await sleep(0s);
  went_on = true;
}
Coro<void> result_beats_cancel() {
  int kept = 0;
  bool went_on = false;
  const Task<void> task = create_task(keeps(kept, went_on));
  co_await sleep(1ms);
  EXPECT_TRUE(task.cancel());
  co_await wait(only(task));
  EXPECT_TRUE(task.cancelled());
  EXPECT_EQ(kept, 2);
  EXPECT_FALSE(went_on) << "the next await throws";
}
TEST_P(SelectEverywhere, gives_a_result_in_spite_of_a_cancel_which_the_next_await_throws) {
  run_here(result_beats_cancel());
}

Coro<void> cancels_too_late() {
  int kept = 0;
  bool went_on = false;
  const Future<int> future = get_running_loop().create_future<int>();
  const auto body = [](Future<int> awaited, int& to, bool& on) -> Coro<void> {
    const auto selected = co_await select(awaited, sleep(1h));
    to = selected.get<0>();
    co_await sleep(0s);
    on = true;
  };
  const Task<void> task = create_task(body(future, kept, went_on));
  co_await sleep(1ms);
  future.set_result(3);
  for (int turns = 0; turns < 3; ++turns) co_await sleep(0s);  // the select has ended, its task has not gone on
  EXPECT_EQ(kept, 0);
  EXPECT_TRUE(task.cancel());
  co_await wait(only(task));
  EXPECT_TRUE(task.cancelled());
  EXPECT_EQ(kept, 3);
  EXPECT_FALSE(went_on);
}
TEST(Select, keeps_the_result_from_a_cancel_that_comes_before_its_task_goes_on) { run_in_order(cancels_too_late()); }

Coro<void> fails_in_spite_of_cancel() {
  const auto body = []() -> Coro<void> {
    std::string text;
    try {
      static_cast<void>(co_await select(sleep(1h), fails_when_cancelled("in clean-up")));
    } catch (const ValueError& error) {
      text = error.what();
    }
    EXPECT_EQ(text, "in clean-up");
    co_await sleep(0s);
    ADD_FAILURE() << "the cancel was swallowed";
  };
  const Task<void> task = create_task(body());
  co_await sleep(1ms);
  EXPECT_TRUE(task.cancel());
  co_await wait(only(task));
  EXPECT_TRUE(task.cancelled());
}
TEST_P(SelectEverywhere, throws_an_error_in_spite_of_a_cancel_which_the_next_await_throws) {
  run_here(fails_in_spite_of_cancel());
}

Coro<void> timed_out() {
  Census census;
  bool late = false;
  const auto block = [&census]() -> Coro<void> { co_await selects(census, create_task(after(1h, 1))); };
  try {
    co_await with_timeout(10ms, block);
  } catch (const TimeoutError&) {
    late = true;
  }
  EXPECT_TRUE(late);
  EXPECT_EQ(census.alive(), 0);
  EXPECT_EQ(now(), 40ms);
}
TEST_P(SelectEverywhere, ends_by_a_timeout_around_it) { run_here(timed_out()); }

Coro<void> in_a_circle() {
  Future<void> made = get_running_loop().create_future<void>();
  const auto waits_for = [](Future<void> told, Task<void>& other) -> Coro<void> {
    co_await told;
    co_await Task<void>(other);
  };
  Task<void> selecting;
  const Task<void> other = create_task(waits_for(made, selecting));
  const auto body = [](Task<void> awaited) -> Coro<void> { co_await select(awaited, sleep(1h)); };
  selecting = create_task(body(other));
  made.set_result();
  co_await sleep(1ms);
  EXPECT_TRUE(other.cancel());
  co_await wait(only(selecting));
  EXPECT_TRUE(other.cancelled());
  EXPECT_TRUE(selecting.cancelled());
}
TEST_P(SelectEverywhere, of_a_task_that_waits_for_it_ends_when_that_is_cancelled) { run_here(in_a_circle()); }

// --- ranges -----------------------------------------------------------------------------------------------------------

Coro<void> ranges() {
  std::vector<Coro<int>> coros;
  for (int i = 0; i < 20; ++i) coros.push_back(after(std::chrono::milliseconds(20 - i), i));
  auto selected = co_await select(std::move(coros));
  EXPECT_EQ(selected.size(), 20u);
  EXPECT_EQ(selected.index(), 19u);
  EXPECT_EQ(selected.get(), 19);
  EXPECT_FALSE(selected.has(0));
  const std::vector<Task<int>> tasks = {create_task(after(5ms, 1)), create_task(after(2ms, 2))};
  auto second = co_await select(tasks);
  EXPECT_EQ(second.get(), 2);
  EXPECT_TRUE(tasks[0].cancelled());
  std::string text;
  try {
    static_cast<void>(co_await select(std::vector<Coro<int>>()));
  } catch (const ValueError& error) {
    text = error.what();
  }
  EXPECT_EQ(text, "select: the range of awaitables is empty; give at least one");
}
TEST_P(SelectEverywhere, takes_a_range_but_not_an_empty_one) { run_here(ranges()); }

template <class... Awaitables>
concept Selectable = requires(Awaitables... awaitables) {
  weft::select(std::move(awaitables)...);
};
static_assert(Selectable<Coro<int>, Task<int>>);
static_assert(!Selectable<>, "select of nothing would never end");
static_assert(!Selectable<Coro<int>, int>);

Coro<void> moved_from() {
  Census census;
  Coro<int> empty = at_once(1);
  const Coro<int> taken = std::move(empty);
  std::string text;
  try {
    static_cast<void>(co_await select(slow_to_end(census, 1h, 1), std::move(empty)));
  } catch (const RuntimeError& error) {
    text = error.what();
  }
  EXPECT_EQ(text, "select: a coroutine was awaited already or moved from; make another one");
  EXPECT_EQ(census.born, 0) << "nothing may start that nobody waits for";
}
TEST_P(SelectEverywhere, refuses_a_coroutine_that_was_moved_from_before_anything_starts) { run_here(moved_from()); }

// --- in parallel ------------------------------------------------------------------------------------------------------

// Takes a number in its last step, as a get() of a queue does.
Coro<int> take(std::atomic<int>& next, int turns) {
  for (int i = 0; i < turns; ++i) co_await sleep(0s);
  co_return ++next;
}
Coro<void> all_kept() {
  std::atomic<int> next{0};
  int kept = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto selected = co_await select(take(next, i % 3), take(next, i % 2), take(next, 1));
    kept +=
        static_cast<int>(selected.has<0>()) + static_cast<int>(selected.has<1>()) + static_cast<int>(selected.has<2>());
  }
  EXPECT_EQ(kept, next) << "a number was taken and lost";
}
TEST_P(SelectEverywhere, loses_nothing_that_ends_at_the_same_moment) { run_here(all_kept()); }

}  // namespace
}  // namespace weft::tests
