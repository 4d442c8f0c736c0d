#include "weft/runtime/flow/fork_join.h"

#include <gtest/gtest.h>

#include <atomic>
#include <list>
#include <memory>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class ForkJoinEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, ForkJoinEverywhere, every_setting, setting_name);

Coro<int> after(std::chrono::milliseconds delay, int value) {
  if (delay > 0ms) co_await sleep(delay);
  co_return value;
}
Coro<void> nothing() { co_return; }
Coro<int&> refer(int& target) { co_return target; }
Coro<std::unique_ptr<int>> make_unique_int(int value) { co_return std::make_unique<int>(value); }
struct alignas(64) Aligned {
  int value;
};
Coro<Aligned> make_aligned() { co_return Aligned{9}; }

Coro<void> every_form() {
  int target = 0;
  auto results =
      co_await fork_join(after(0ms, 1), after(3ms, 2), nothing(), refer(target), make_unique_int(3), make_aligned());
  static_assert(
      std::is_same_v<decltype(results),
                     std::tuple<int, int, std::monostate, std::reference_wrapper<int>, std::unique_ptr<int>, Aligned>>);
  EXPECT_EQ(std::get<0>(results), 1);
  EXPECT_EQ(std::get<1>(results), 2);
  EXPECT_EQ(&std::get<3>(results).get(), &target);
  EXPECT_EQ(*std::get<4>(results), 3);
  EXPECT_EQ(std::get<5>(results).value, 9);
  const auto one = co_await fork_join(after(0ms, 5));
  EXPECT_EQ(std::get<0>(one), 5);
}
TEST_P(ForkJoinEverywhere, gives_a_tuple_of_results_of_every_kind) { run_here(every_form()); }

Coro<void> ranges() {
  std::vector<Coro<int>> coros;
  std::list<Coro<std::unique_ptr<int>>> list;
  std::vector<Coro<void>> voids;
  for (int i = 0; i < 40; ++i) {
    coros.push_back(after(std::chrono::milliseconds(i * 7 % 5), i));
    list.push_back(make_unique_int(i));
    voids.push_back(nothing());
  }
  const std::vector<int> from_coros = co_await fork_join(std::move(coros));
  const std::vector<std::unique_ptr<int>> from_list = co_await fork_join(list);
  const std::vector<std::monostate> from_voids = co_await fork_join(std::move(voids));
  EXPECT_EQ(from_voids.size(), 40u);
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(from_coros.at(i), static_cast<int>(i));
    EXPECT_EQ(*from_list.at(i), static_cast<int>(i));
  }
}
TEST_P(ForkJoinEverywhere, takes_ranges_and_gives_a_vector_in_argument_order) { run_here(ranges()); }

Coro<void> empty_forms() {
  const std::tuple<> nothing_at_all = co_await fork_join();
  static_cast<void>(nothing_at_all);
  const std::vector<int> none = co_await fork_join(std::vector<Coro<int>>());
  EXPECT_TRUE(none.empty());
}
TEST_P(ForkJoinEverywhere, of_nothing_gives_nothing) { run_here(empty_forms()); }

TEST(ForkJoin, that_is_never_awaited_destroys_its_coroutines) {
  Census census;
  {
    const auto hold = [](Tracked) -> Coro<void> { co_return; };
    const auto dropped = fork_join(hold(Tracked(census)), hold(Tracked(census)));
    std::vector<Coro<void>> coros;
    coros.push_back(hold(Tracked(census)));
    const auto dropped_range = fork_join(std::move(coros));
    EXPECT_EQ(census.alive(), 3);
  }
  EXPECT_EQ(census.alive(), 0);
}

// --- children may borrow -----------------------------------------------------------------------------------------------

Coro<void> square(int& number, int delay_ms) {
  if (delay_ms != 0) co_await sleep(std::chrono::milliseconds(delay_ms));
  number *= number;
}
Coro<long> borrow() {
  std::vector<int> numbers(50);
  std::iota(numbers.begin(), numbers.end(), 0);
  std::vector<Coro<void>> children;
  for (std::size_t i = 0; i < numbers.size(); ++i) children.push_back(square(numbers[i], static_cast<int>(i % 3)));
  co_await fork_join(std::move(children));
  co_return std::accumulate(numbers.begin(), numbers.end(), 0L);
}
TEST_P(ForkJoinEverywhere, lets_children_use_the_parents_locals) { EXPECT_EQ(run_here(borrow()), 40'425); }

Coro<void> use_borrowed_later(const std::vector<int>& borrowed, std::atomic<long>& sum) {
  co_await sleep(20ms);
  for (const int number : borrowed) sum += number;
}
Coro<int> fail_after(std::chrono::milliseconds delay) {
  if (delay > 0ms) co_await sleep(delay);
  throw ValueError("a sibling failed");
}
Coro<void> fail_while_borrowed(std::chrono::milliseconds when, std::atomic<long>& sum) {
  const std::vector<int> local(100, 1);
  co_await fork_join(fail_after(when), use_borrowed_later(local, sum), use_borrowed_later(local, sum));
}
Coro<void> waits_for_all() {
  for (const auto when : {0ms, 5ms, 30ms}) {
    std::atomic<long> sum = 0;
    bool raised = false;
    try {
      co_await fail_while_borrowed(when, sum);
    } catch (const ValueError&) {
      raised = true;
    }
    EXPECT_TRUE(raised);
    EXPECT_EQ(sum, 200);
  }
}
TEST_P(ForkJoinEverywhere, raises_a_failure_only_when_all_children_have_ended) { run_here(waits_for_all()); }

Coro<Tracked> give(Census& census, bool suspends) {
  if (suspends) co_await sleep(1ms);
  co_return Tracked(census);
}
Coro<void> results_beside_a_failure(Census& census) {
  bool raised = false;
  try {
    co_await fork_join(give(census, false), fail_after(0ms), give(census, true));
  } catch (const ValueError&) {
    raised = true;
  }
  EXPECT_TRUE(raised);
}
TEST_P(ForkJoinEverywhere, destroys_the_results_of_the_siblings_of_a_failure) {
  Census census;
  run_here(results_beside_a_failure(census));
  EXPECT_EQ(census.alive(), 0);
  EXPECT_GT(census.born, 0);
}

struct ThrowsWhenMoved {
  explicit ThrowsWhenMoved(int moves) : moves_left(moves) {}
  ThrowsWhenMoved(ThrowsWhenMoved&& other) : moves_left(other.moves_left - 1) {
    if (moves_left < 0) throw ValueError("moved too often");
  }
  int moves_left;
};
Coro<ThrowsWhenMoved> give_throwing(int moves) { co_return ThrowsWhenMoved(moves); }
Coro<int> results_that_throw() {
  int thrown = 0;
  for (int moves = 0; moves < 8; ++moves) {
    try {
      const auto results = co_await fork_join(give_throwing(moves), give_throwing(8));
      static_cast<void>(results);
    } catch (const ValueError&) {
      ++thrown;
    }
  }
  co_return thrown;
}
TEST_P(ForkJoinEverywhere, passes_on_what_the_move_of_a_result_throws) {
  const int thrown = run_here(results_that_throw());
  EXPECT_GT(thrown, 0);
  EXPECT_LT(thrown, 8);
}

// --- in sequence -------------------------------------------------------------------------------------------------------

Coro<int> fibonacci(int n) {
  if (n < 2) co_return n;
  const auto both = co_await fork_join(fibonacci(n - 1), fibonacci(n - 2));
  co_return std::get<0>(both) + std::get<1>(both);
}
TEST_P(ForkJoinEverywhere, computes_fibonacci) { EXPECT_EQ(run_here(fibonacci(16)), 987); }

Coro<void> alternates_with_waits() {
  for (int turn = 0; turn < 50; ++turn) {
    const auto both = co_await fork_join(after(std::chrono::milliseconds(turn % 2), turn), after(0ms, 1));
    EXPECT_EQ(std::get<0>(both), turn);
    co_await sleep(0s);
    const auto gathered = co_await gather(after(0ms, turn), after(1ms, 2));
    EXPECT_EQ(std::get<0>(gathered), turn);
  }
}
TEST_P(ForkJoinEverywhere, takes_turns_with_gather_and_sleep) { run_here(alternates_with_waits()); }

Coro<void> other_things_run() {
  // A child that never ends by itself is ended by a timer: timers and queued work are served while children compute.
  std::atomic<bool> stop = false;
  std::atomic<int> queued = 0;
  get_running_loop().call_soon([&queued] { ++queued; });
  get_running_loop().call_later(1ms, [&stop] { stop = true; });
  const auto compute = [](std::atomic<bool>& until) -> Coro<long> {
    long turns = 0;
    for (; !until; ++turns) co_await fork_join(nothing(), nothing());
    co_return turns;
  };
  const auto turns = co_await fork_join(compute(stop), compute(stop));
  EXPECT_GT(std::get<0>(turns) + std::get<1>(turns), 0);
  EXPECT_EQ(queued, 1);
}
TEST(ForkJoin, lets_timers_and_queued_work_in_between) {
  run(other_things_run(), {.workers = 1, .order = Order::asyncio});
  run(other_things_run(), {.workers = 1, .order = Order::depth_first});
  run(other_things_run(), {.workers = 3});
}

Coro<void> depth_first_order(std::vector<int>& order) {
  const auto note = [](std::vector<int>& seen, int number) -> Coro<void> {
    seen.push_back(number);
    co_return;
  };
  co_await fork_join(note(order, 1), note(order, 2), note(order, 3), note(order, 4));
}
TEST(ForkJoin, starts_its_children_in_argument_order_on_one_worker) {
  for (const Order order : {Order::asyncio, Order::depth_first}) {
    std::vector<int> seen;
    run(depth_first_order(seen), {.workers = 1, .order = order});
    EXPECT_EQ(seen, (std::vector<int>{1, 2, 3, 4}));
  }
}

Coro<void> refuses_empty_children() {
  Census census;
  const auto holding = [](Tracked held) -> Coro<int> { co_return held.value; };
  {
    Coro<int> moved_from = holding(Tracked(census));
    Coro<int> moved_to = std::move(moved_from);
    EXPECT_THROW(static_cast<void>(fork_join(holding(Tracked(census)), std::move(moved_from))), RuntimeError);
    std::vector<Coro<int>> range;
    range.push_back(std::move(moved_to));
    range.push_back(std::move(moved_from));
    EXPECT_THROW(static_cast<void>(fork_join(range)), RuntimeError);
    range.pop_back();
    EXPECT_EQ((co_await fork_join(range)).size(), 1u) << "the others are untouched";
  }
  EXPECT_EQ(census.alive(), 0);
}
TEST_P(ForkJoinEverywhere, refuses_a_coroutine_that_was_moved_from_and_leaks_none) {
  run_here(refuses_empty_children());
}

}  // namespace
}  // namespace weft::tests
