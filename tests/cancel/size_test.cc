// Cancelled where much is waiting: chains a thousand deep, and a thousand children.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "cancel/everywhere.h"

namespace weft::tests {
namespace {

constexpr int kMany = 1000;
const CancelOptions kFewRuns = {.max_positions = 24, .second_cancels = 1, .workers = {1, 2, 8}, .repeats = 6};

Coro<int> deep(int depth, Census& census) {
  const Tracked held(census);
  if (depth == 0) {
    co_await sleep(1ms);
    co_return 0;
  }
  co_return co_await deep(depth - 1, census) + 1;
}
Coro<void> deep_coroutines(Probe& probe) {
  probe.expect(co_await deep(kMany, census_of(probe)) == kMany, "a level is lost");
}
TEST(CancelSize, a_chain_of_a_thousand_coroutines) { everywhere(deep_coroutines, kFewRuns); }

Coro<int> deep_tasks(int depth, Census& census) {
  const Tracked held(census);
  if (depth == 0) {
    co_await sleep(1ms);
    co_return 0;
  }
  const Task<int> next = create_task(deep_tasks(depth - 1, census));
  const CancelledAtExit at_exit(next);
  co_return co_await next + 1;
}
Coro<void> deep_chain_of_tasks(Probe& probe) {
  probe.expect(co_await deep_tasks(kMany, census_of(probe)) == kMany, "a level is lost");
}
TEST(CancelSize, a_chain_of_a_thousand_tasks) { everywhere(deep_chain_of_tasks, kFewRuns); }

std::vector<Coro<int>> many_children(Census& census) {
  std::vector<Coro<int>> children;
  for (int i = 0; i < kMany; ++i) children.push_back(number_after(std::chrono::milliseconds(i % 5), i, census));
  return children;
}
Coro<void> gathers_many(Probe& probe) {
  std::vector<Coro<int>> children = many_children(census_of(probe));
  const std::vector<int> numbers = co_await gather(std::move(children));
  probe.expect(numbers.size() == kMany && numbers.back() == kMany - 1, "a result is wrong");
}
TEST(CancelSize, a_gather_of_a_thousand) { everywhere(gathers_many, kFewRuns); }

Coro<void> forks_many(Probe& probe) {
  std::vector<Coro<int>> children = many_children(census_of(probe));
  const std::vector<int> numbers = co_await fork_join(std::move(children));
  probe.expect(numbers.size() == kMany && numbers.back() == kMany - 1, "a result is wrong");
}
TEST(CancelSize, a_fork_join_of_a_thousand) { everywhere(forks_many, kFewRuns); }

Coro<void> group_of_many(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census](TaskGroup& group) -> Coro<void> {
    for (Coro<int>& child : many_children(census)) group.create_task(std::move(child));
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelSize, a_task_group_of_a_thousand) { everywhere(group_of_many, kFewRuns); }

Coro<void> waits_for_many(Probe& probe) {
  std::vector<Task<int>> tasks;
  for (Coro<int>& child : many_children(census_of(probe))) tasks.push_back(create_task(std::move(child)));
  const Waited<Task<int>> waited = co_await wait(tasks);
  probe.expect(waited.done.size() == kMany, "a task is missing");
}
TEST(CancelSize, a_wait_for_a_thousand) { everywhere(waits_for_many, kFewRuns); }

Coro<void> takes_many(Probe& probe) {
  int given = 0;
  for (Coro<int> next : as_completed(many_children(census_of(probe)))) {
    co_await std::move(next);
    ++given;
  }
  probe.expect(given == kMany, "a result is missing");
}
TEST(CancelSize, a_thousand_as_completed) { everywhere(takes_many, kFewRuns); }

Coro<int> timeouts_inside(int depth, Census& census) {
  const Tracked held(census);
  if (depth == 0) {
    co_await sleep(1h);
    co_return 0;
  }
  co_return co_await wait_for(timeouts_inside(depth - 1, census), 1s * depth);
}
Coro<void> many_timeouts(Probe& probe) {
  bool late = false;
  try {
    static_cast<void>(co_await timeouts_inside(200, census_of(probe)));
  } catch (const TimeoutError&) {
    late = true;
  }
  probe.expect(late, "no deadline has passed");
}
TEST(CancelSize, two_hundred_nested_timeouts) { everywhere(many_timeouts, kFewRuns); }

}  // namespace
}  // namespace weft::tests
