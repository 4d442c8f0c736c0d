#include "weft/runtime/flow/gather.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <list>
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

class GatherEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, GatherEverywhere, every_setting, setting_name);

Coro<int> after(std::chrono::milliseconds delay, int value) {
  co_await sleep(delay);
  co_return value;
}
Coro<void> nothing_after(std::chrono::milliseconds delay) { co_await sleep(delay); }
Coro<int&> refer(int& target) { co_return target; }
Coro<std::unique_ptr<int>> make_unique_int(int value) { co_return std::make_unique<int>(value); }
Coro<int> fail_after(std::chrono::milliseconds delay, const char* text) {
  co_await sleep(delay);
  throw ValueError(text);
}
Coro<int> forever() {
  co_await sleep(1h);
  co_return 0;
}
std::chrono::nanoseconds now() { return get_running_loop().time().time_since_epoch(); }

// --- forms -------------------------------------------------------------------------------------------------------------

Coro<void> every_form() {
  int target = 0;
  const Task<int> task = create_task(after(3ms, 30));
  const Future<std::string> future = get_running_loop().create_future<std::string>();
  get_running_loop().call_later(4ms, [future] { future.set_result("set"); });
  auto results = co_await gather(after(5ms, 1), nothing_after(1ms), refer(target), make_unique_int(2), task, future,
                                 gather(after(2ms, 7), after(1ms, 8)));
  static_assert(
      std::is_same_v<decltype(results), std::tuple<int, std::monostate, std::reference_wrapper<int>,
                                                   std::unique_ptr<int>, int, std::string, std::tuple<int, int>>>);
  EXPECT_EQ(std::get<0>(results), 1);
  EXPECT_EQ(&std::get<2>(results).get(), &target);
  EXPECT_EQ(*std::get<3>(results), 2);
  EXPECT_EQ(std::get<4>(results), 30);
  EXPECT_EQ(std::get<5>(results), "set");
  EXPECT_EQ(std::get<6>(results), std::make_tuple(7, 8));
  EXPECT_EQ(now(), 5ms);
  EXPECT_EQ(task.result(), 30);
}
TEST_P(GatherEverywhere, takes_coroutines_tasks_futures_and_gathers_and_gives_a_tuple) { run_here(every_form()); }

Coro<void> ranges() {
  std::vector<Coro<int>> coros;
  std::vector<Task<int>> tasks;
  std::list<Coro<std::unique_ptr<int>>> list;
  for (int i = 0; i < 30; ++i) {
    coros.push_back(after(std::chrono::milliseconds(i * 7 % 5), i));
    tasks.push_back(create_task(after(std::chrono::milliseconds(i * 3 % 7), i)));
    list.push_back(make_unique_int(i));
  }
  const std::vector<int> from_coros = co_await gather(std::move(coros));
  const std::vector<int> from_tasks = co_await gather(tasks);
  const std::vector<std::unique_ptr<int>> from_list = co_await gather(std::move(list));
  EXPECT_EQ(tasks.size(), 30u);
  for (std::size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(from_coros.at(i), static_cast<int>(i));
    EXPECT_EQ(from_tasks.at(i), static_cast<int>(i));
    EXPECT_EQ(*from_list.at(i), static_cast<int>(i));
  }
  std::vector<Task<void>> nothings;
  nothings.push_back(create_task(nothing_after(1ms)));
  const std::vector<std::monostate> voids = co_await gather(nothings);
  EXPECT_EQ(voids.size(), 1u);
}
TEST_P(GatherEverywhere, takes_ranges_and_gives_a_vector_in_argument_order) { run_here(ranges()); }

Coro<void> empty_forms() {
  const std::tuple<> nothing = co_await gather();
  static_cast<void>(nothing);
  const std::vector<int> none = co_await gather(std::vector<Coro<int>>());
  EXPECT_TRUE(none.empty());
  const auto outcomes = co_await gather(return_exceptions, std::vector<Coro<int>>());
  EXPECT_TRUE(outcomes.empty());
}
TEST_P(GatherEverywhere, of_nothing_gives_nothing) { run_here(empty_forms()); }

Coro<void> starts_when_awaited() {
  std::atomic<int> started = 0;
  auto later = gather(std::vector<Task<int>>());
  static_cast<void>(later);
  const auto start = [&started]() -> Coro<void> {
    ++started;
    co_return;
  };
  auto waiting = gather(start(), start());
  co_await sleep(1ms);
  EXPECT_EQ(started, 0);
  co_await std::move(waiting);
  EXPECT_EQ(started, 2);
}
TEST_P(GatherEverywhere, starts_its_children_when_it_is_awaited) { run_here(starts_when_awaited()); }

TEST(Gather, that_is_never_awaited_destroys_its_coroutines) {
  Census census;
  {
    const auto hold = [](Tracked) -> Coro<void> { co_return; };
    const auto dropped = gather(hold(Tracked(census)), hold(Tracked(census)));
    EXPECT_EQ(census.alive(), 2);
  }
  EXPECT_EQ(census.alive(), 0);
}

Coro<void> duplicates() {
  const Task<int> task = create_task(after(1ms, 4));
  const Task<std::unique_ptr<int>> unique = create_task(make_unique_int(5));
  const std::vector<Task<int>> thrice{task, task, task};
  const auto results = co_await gather(thrice);
  EXPECT_EQ(results, (std::vector<int>{4, 4, 4}));
  const auto moved = co_await gather(unique);
  EXPECT_EQ(*std::get<0>(moved), 5);
}
TEST_P(GatherEverywhere, repeats_the_value_of_a_task_that_comes_twice) { run_here(duplicates()); }

Coro<void> all_done_already() {
  const Future<int> future = get_running_loop().create_future<int>();
  future.set_result(1);
  const Task<int> task = create_task(after(1ms, 2));
  co_await task;
  const auto results = co_await gather(future, task);
  EXPECT_EQ(results, std::make_tuple(1, 2));
  EXPECT_EQ(now(), 1ms);
}
TEST_P(GatherEverywhere, of_what_is_done_gives_the_results) { run_here(all_done_already()); }

// --- failure -----------------------------------------------------------------------------------------------------------

Coro<void> others_run_on(std::atomic<int>& ended) {
  const auto count = [](std::atomic<int>& counter) -> Coro<void> {
    co_await sleep(50ms);
    ++counter;
  };
  std::string caught;
  try {
    co_await gather(count(ended), fail_after(10ms, "first"), fail_after(30ms, "second"), count(ended));
  } catch (const ValueError& error) {
    caught = error.what();
  }
  EXPECT_EQ(caught, "first");
  EXPECT_EQ(now(), 10ms);
  EXPECT_EQ(ended, 0);
  co_await sleep(100ms);
  EXPECT_EQ(ended, 2);
}
TEST_P(GatherEverywhere, raises_the_first_failure_at_once_and_reports_no_later_one) {
  Reports reports;
  std::atomic<int> ended = 0;
  const auto main = [&]() -> Coro<void> {
    reports.listen_to(get_running_loop());
    co_await others_run_on(ended);
  };
  run_here(main());
  EXPECT_EQ(reports.count(), 0u);
}

Coro<void> cancelled_child() {
  const Task<int> task = create_task(forever());
  get_running_loop().call_later(5ms, [task] { task.cancel("the child"); });
  std::string message;
  try {
    co_await gather(task, forever());
  } catch (const CancelledError& error) {
    message = error.message();
  }
  EXPECT_EQ(message, "the child");
  EXPECT_EQ(current_task().cancelling(), 0u);
  EXPECT_EQ(now(), 5ms);
}
TEST_P(GatherEverywhere, raises_the_cancellation_of_a_child_as_a_failure) { run_here(cancelled_child()); }

Coro<void> as_values() {
  const Task<int> victim = create_task(forever());
  get_running_loop().call_later(5ms, [victim] { victim.cancel("only you"); });
  const auto outcomes =
      co_await gather(return_exceptions, fail_after(1ms, "no"), after(20ms, 4), victim, nothing_after(1ms));
  EXPECT_FALSE(std::get<0>(outcomes).ok());
  EXPECT_EQ(text_of(std::get<0>(outcomes).exception()), "weft::ValueError: no");
  EXPECT_EQ(std::get<1>(outcomes).value(), 4);
  EXPECT_TRUE(std::get<2>(outcomes).cancelled());
  EXPECT_EQ(text_of(std::get<2>(outcomes).exception()), "CancelledError(only you)");
  EXPECT_TRUE(std::get<3>(outcomes).ok());
  EXPECT_EQ(now(), 20ms);
  std::vector<Coro<int>> range;
  range.push_back(after(1ms, 1));
  range.push_back(fail_after(1ms, "again"));
  const std::vector<Outcome<int>> from_range = co_await gather(return_exceptions, std::move(range));
  EXPECT_EQ(from_range.at(0).value(), 1);
  EXPECT_THROW(static_cast<void>(from_range.at(1).value()), ValueError);
}
TEST_P(GatherEverywhere, with_return_exceptions_gives_failures_as_values_when_all_have_ended) { run_here(as_values()); }

// --- cancel ------------------------------------------------------------------------------------------------------------

Coro<int> slow_to_die(std::atomic<int>& died) {
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
  }
  co_await sleep(10ms);
  ++died;
  throw CancelledError();
}
Coro<void> cancel_outer() {
  std::atomic<int> died = 0;
  const Task<void> outer =
      create_task([&died]() -> Coro<void> { co_await gather(slow_to_die(died), after(1ms, 1), slow_to_die(died)); });
  co_await sleep(5ms);
  EXPECT_TRUE(outer.cancel());
  bool cancelled = false;
  try {
    co_await outer;
  } catch (const CancelledError&) {
    cancelled = true;
  }
  EXPECT_TRUE(cancelled);
  co_await sleep(20ms);
  EXPECT_EQ(died, 2);
}
TEST_P(GatherEverywhere, carries_a_cancel_to_every_unfinished_child) { run_here(cancel_outer()); }

Coro<void> cancel_outer_with_values() {
  std::atomic<int> died = 0;
  const Task<void> outer =
      create_task([&died]() -> Coro<void> { co_await gather(return_exceptions, slow_to_die(died), after(1ms, 1)); });
  co_await sleep(5ms);
  EXPECT_TRUE(outer.cancel());
  bool cancelled = false;
  try {
    co_await outer;
  } catch (const CancelledError&) {
    cancelled = true;
  }
  EXPECT_TRUE(cancelled);
  EXPECT_EQ(died, 1);
}
TEST_P(GatherEverywhere, with_return_exceptions_raises_a_cancel_when_all_have_ended) {
  run_here(cancel_outer_with_values());
}

// The futures end while the cancel is still on its way round them.
Coro<void> cancel_of_futures() {
  const Future<int> one = get_running_loop().create_future<int>();
  const Future<int> two = get_running_loop().create_future<int>();
  const auto wait_for_both = [&]() -> Coro<void> { co_await gather(return_exceptions, one, two); };
  const Task<void> outer = create_task(wait_for_both);
  co_await sleep(1ms);
  EXPECT_TRUE(outer.cancel());
  bool heard = false;
  try {
    co_await outer;
  } catch (const CancelledError&) {
    heard = true;
  }
  EXPECT_TRUE(heard);
  EXPECT_TRUE(one.cancelled());
  EXPECT_TRUE(two.cancelled());
}
TEST_P(GatherEverywhere, with_return_exceptions_raises_a_cancel_that_ends_its_children_at_once) {
  run_here(cancel_of_futures());
}

// --- life and size -----------------------------------------------------------------------------------------------------

Coro<void> abandon_a_pending_future(Census& census) {
  const Future<int> never = get_running_loop().create_future<int>();
  const Tracked captured(census);
  never.add_done_callback([captured](const AnyFuture&) {});
  try {
    co_await gather(never, fail_after(1ms, "the other"));
  } catch (const ValueError&) {
  }
}
TEST_P(GatherEverywhere, that_failed_does_not_keep_a_future_alive_that_nobody_will_set) {
  Census census;
  run_here(abandon_a_pending_future(census));
  EXPECT_EQ(census.alive(), 0);
}

TEST(Gather, that_waits_when_its_loop_closes_frees_what_it_waited_for) {
  Census census;
  {
    EventLoop loop(RunOptions{.workers = 1});
    loop.set_exception_handler([](const ExceptionContext&) {});
    const Future<int> never = loop.create_future<int>();
    const Tracked captured(census);
    never.add_done_callback([captured](const AnyFuture&) {});
    loop.create_task([](Future<int> future) -> Coro<void> { co_await gather(future, forever()); }(never));
    loop.call_soon([&loop] { loop.stop(); });
    loop.run_forever();
  }
  EXPECT_EQ(census.alive(), 0);
}

Coro<int> give(int value) { co_return value; }
Coro<void> of_any_handle() {
  const AnyTask any = create_task(give(1));
  const auto handle = ensure_future(gather(give(2), give(3)));
  const auto all = co_await gather(any, handle, give(4));
  static_assert(std::is_same_v<const std::tuple<std::monostate, std::tuple<int, int>, int>, decltype(all)>);
  EXPECT_TRUE(any.done());
  EXPECT_EQ(std::get<1>(all), std::make_tuple(2, 3));
  EXPECT_EQ(handle.result(), std::make_tuple(2, 3)) << "a handle keeps its results";
}
TEST_P(GatherEverywhere, takes_a_task_of_unknown_result_and_a_gather_that_has_started) { run_here(of_any_handle()); }

Coro<void> hundred_thousand() {
  std::vector<Coro<int>> children;
  for (int i = 0; i < 100'000; ++i) children.push_back(give(i));
  const auto before = std::chrono::steady_clock::now();
  const std::vector<int> results = co_await gather(std::move(children));
  EXPECT_EQ(results.size(), 100'000u);
  EXPECT_EQ(results.back(), 99'999);
  // Linear: some 50 ms. A search through all siblings for each child takes 5 s and more.
  EXPECT_LT(std::chrono::steady_clock::now() - before, 3s * (kAsan || kTsan ? 5 : 1));
}
TEST_P(GatherEverywhere, of_a_hundred_thousand_children_costs_time_in_proportion) { run_here(hundred_thousand()); }

struct Tree {
  Census census;
  long most = 0;
};
Coro<int> leaves_below(Tree& tree, int depth, Tracked) {
  tree.most = std::max(tree.most, tree.census.alive());
  if (depth == 0) co_return 1;
  const auto both = co_await gather(leaves_below(tree, depth - 1, Tracked(tree.census)),
                                    leaves_below(tree, depth - 1, Tracked(tree.census)));
  co_return std::get<0>(both) + std::get<1>(both);
}
TEST(Gather, order_depth_first_walks_a_tree_in_depth_so_that_little_of_it_lives_at_a_time) {
  Tree tree;
  const int leaves = run(leaves_below(tree, 12, Tracked(tree.census)), {.workers = 1, .order = Order::depth_first});
  EXPECT_EQ(leaves, 4096);
  EXPECT_LE(tree.most, 4 * 12 + 2) << "of 8191 coroutines: two a level, with the arguments they were made of";
  EXPECT_EQ(tree.census.alive(), 0);
}

}  // namespace
}  // namespace weft::tests
