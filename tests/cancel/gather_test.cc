// Cancelled wherever a gather is.
#include <gtest/gtest.h>

#include <atomic>
#include <tuple>
#include <utility>
#include <vector>

#include "cancel/everywhere.h"

namespace weft::tests {
namespace {

Coro<void> of_two(Probe& probe) {
  Census& census = census_of(probe);
  const auto both = co_await gather(number_after(2ms, 1, census), number_after(4ms, 2, census));
  probe.expect(std::get<0>(both) == 1 && std::get<1>(both) == 2, "the results are not in argument order");
}
TEST(CancelGather, of_two_coroutines) { everywhere(of_two); }

Coro<void> of_a_range(Probe& probe) {
  Census& census = census_of(probe);
  std::vector<Coro<int>> coros;
  for (int i = 0; i < 4; ++i) coros.push_back(number_after(std::chrono::milliseconds(4 - i), i, census));
  const std::vector<int> numbers = co_await gather(std::move(coros));
  const std::vector<int> expected{0, 1, 2, 3};
  probe.expect(numbers == expected, "the results are not in argument order");
}
TEST(CancelGather, of_a_range) { everywhere(of_a_range); }

Coro<void> of_every_kind(Probe& probe) {
  Census& census = census_of(probe);
  const Task<int> task = create_task(number_after(1ms, 1, census));
  const CancelledAtExit at_exit(task);
  const Future<int> future = get_running_loop().create_future<int>();
  const Later later(3ms, [future] { future.try_set_result(2); });
  const auto all = co_await gather(task, future, sleep(2ms, 3), number_after(0ms, 4, census));
  probe.expect(std::get<0>(all) + std::get<1>(all) + std::get<2>(all) + std::get<3>(all) == 10, "a result is wrong");
}
TEST(CancelGather, of_a_task_a_future_a_sleep_and_a_coroutine) { everywhere(of_every_kind); }

Coro<void> with_exceptions_as_values(Probe& probe) {
  Census& census = census_of(probe);
  const auto outcomes = co_await gather(return_exceptions, number_after(3ms, 1, census), failure_after(1ms, census));
  probe.expect(std::get<0>(outcomes).ok() && !std::get<1>(outcomes).ok(), "an outcome is wrong");
}
TEST(CancelGather, that_returns_exceptions) { everywhere(with_exceptions_as_values); }

Coro<void> with_exceptions_after_clean_up(Probe& probe) {
  Census& census = census_of(probe);
  std::vector<Coro<int>> coros;
  for (int i = 0; i < 3; ++i) coros.push_back(number_with_clean_up(std::chrono::milliseconds(1 + i), i, census));
  bool cancelled = false;
  std::size_t ended = 0;
  try {
    ended = (co_await gather(return_exceptions, std::move(coros))).size();
  } catch (const CancelledError&) {
    cancelled = true;
  }
  if (!cancelled) {
    probe.expect(ended == 3, "an outcome is missing");
    co_return;
  }
  probe.expect(census.alive() == 0 || current_task().cancelling() > 1,
               "a cancelled gather with return_exceptions ended before its children");
  throw CancelledError();
}
TEST(CancelGather, that_returns_exceptions_ends_after_children_that_clean_up) {
  everywhere(with_exceptions_after_clean_up);
}

Coro<void> nested(Probe& probe) {
  Census& census = census_of(probe);
  const auto all =
      co_await gather(gather(number_after(1ms, 1, census), number_after(3ms, 2, census)), number_after(2ms, 3, census));
  probe.expect(std::get<1>(std::get<0>(all)) == 2 && std::get<1>(all) == 3, "a result is wrong");
}
TEST(CancelGather, nested) { everywhere(nested); }

Coro<int> sum_of_a_tree(int depth, Census& census) {
  const Tracked held(census);
  if (depth == 0) co_return co_await number_after(1ms, 1, census);
  const auto both = co_await gather(sum_of_a_tree(depth - 1, census), sum_of_a_tree(depth - 1, census));
  co_return std::get<0>(both) + std::get<1>(both);
}
Coro<void> tree(Probe& probe) { probe.expect(co_await sum_of_a_tree(3, census_of(probe)) == 8, "a leaf is lost"); }
TEST(CancelGather, a_tree_of_them) { everywhere(tree); }

Coro<void> of_duplicates(Probe& probe) {
  const Task<int> task = create_task(number_after(2ms, 5, census_of(probe)));
  const CancelledAtExit at_exit(task);
  const auto all = co_await gather(task, task, task);
  probe.expect(std::get<0>(all) == 5 && std::get<2>(all) == 5, "a result is wrong");
}
TEST(CancelGather, of_one_task_three_times) { everywhere(of_duplicates); }

struct Shared {
  std::atomic<int> ended{0};
};
Coro<void> gathers_too(Probe& probe, Task<int> task, Shared& shared, Census& census) {
  try {
    co_await gather(task, number_after(1ms, 1, census));
  } catch (const CancelledError&) {
    probe.swallows_cancel();  // the scenario's own, where that waits for this task
  }
  ++shared.ended;
}
Coro<void> of_a_shared_child(Probe& probe) {
  Census& census = census_of(probe);
  Shared& shared = probe.keep<Shared>();
  const Task<int> task = create_task(number_after(3ms, 1, census));
  const Task<void> other = create_task(gathers_too(probe, task, shared, census));
  probe.at_end([&probe, &shared] { probe.expect(shared.ended == 1, "the other gather has not ended once"); });
  co_await gather(task, number_after(2ms, 1, census));
  co_await other;
}
// The callable's body runs in the first step: one that never began has made nothing.
TEST(CancelGather, of_a_task_that_another_gather_waits_for_too) { everywhere(of_a_shared_child); }

Coro<void> first_failure(Probe& probe) {
  Census& census = census_of(probe);
  const Task<int> slow = create_task(number_after(5ms, 1, census));
  const CancelledAtExit at_exit(slow);
  bool thrown = false;
  try {
    co_await gather(slow, failure_after(1ms, census));
  } catch (const ValueError&) {
    thrown = true;
  }
  probe.expect(thrown, "the failure was not thrown");
  probe.expect(co_await slow == 1, "a sibling of a child that failed does not run on");
}
TEST(CancelGather, whose_child_fails_while_another_runs_on) { everywhere(first_failure); }

Coro<int> swallows_quietly(Census& census) {
  const Tracked held(census);
  try {
    co_await sleep(3ms);
  } catch (const CancelledError&) {
  }
  co_return 1;
}
// gather itself throws then: its cancel was asked for.
Coro<void> of_swallowing_children(Probe& probe) {
  Census& census = census_of(probe);
  co_await gather(swallows_quietly(census), swallows_quietly(census));
}
TEST(CancelGather, whose_children_swallow_the_cancel) { everywhere(of_swallowing_children); }

Coro<void> of_cleaning_children(Probe& probe) {
  Census& census = census_of(probe);
  co_await gather(number_with_clean_up(3ms, 1, census), number_with_clean_up(1ms, 2, census),
                  number_after(2ms, 3, census));
}
TEST(CancelGather, whose_children_await_while_they_clean_up) { everywhere(of_cleaning_children); }

Coro<void> of_nothing(Probe&) {
  for (int i = 0; i < 2; ++i) {
    std::vector<Coro<int>> none;
    co_await gather(std::move(none));
    co_await sleep(0s);
  }
}
TEST(CancelGather, of_nothing) { everywhere(of_nothing); }

Coro<void> by_a_handle(Probe& probe) {
  Census& census = census_of(probe);
  const auto handle = ensure_future(gather(number_after(1ms, 1, census), number_after(3ms, 2, census)));
  co_await sleep(2ms);
  const auto& both = co_await handle;
  probe.expect(std::get<0>(both) + std::get<1>(both) == 3, "a result is wrong");
}
TEST(CancelGather, that_was_started_before_it_is_awaited) { everywhere(by_a_handle); }

Coro<void> one_after_another(Probe& probe) {
  Census& census = census_of(probe);
  int sum = 0;
  for (int i = 0; i < 3; ++i) {
    const auto both = co_await gather(number_after(1ms, i, census), number_after(0ms, i, census));
    sum += std::get<0>(both) + std::get<1>(both);
  }
  probe.expect(sum == 6, "a result is wrong");
}
TEST(CancelGather, several_in_a_row) { everywhere(one_after_another); }

}  // namespace
}  // namespace weft::tests
