// Regression: what a task of a group costs, in a group of 1000; and a group without tasks.
#include <benchmark/benchmark.h>

#include "weft/weft.h"

namespace {

constexpr int children = 1000;

weft::Coro<void> child(long& sum, long value) {
  sum += value;
  co_return;
}

weft::Coro<void> groups(benchmark::State& state) {
  long sum = 0;
  const auto block = [&sum](weft::TaskGroup& group) -> weft::Coro<void> {
    for (int i = 0; i < children; ++i) group.create_task(child(sum, i));
    co_return;
  };
  for (auto _ : state) co_await weft::with_task_group(block);
  benchmark::DoNotOptimize(sum);
  state.SetItemsProcessed(state.iterations() * children);
}
weft::Coro<void> empty_groups(benchmark::State& state) {
  const auto block = [](weft::TaskGroup&) -> weft::Coro<void> { co_return; };
  for (auto _ : state) co_await weft::with_task_group(block);
}

void task_group_of_1000(benchmark::State& state) {
  weft::run(groups(state), {.workers = 1, .order = weft::Order::depth_first});
}
void task_group_of_none(benchmark::State& state) {
  weft::run(empty_groups(state), {.workers = 1, .order = weft::Order::depth_first});
}
BENCHMARK(task_group_of_1000)->UseRealTime();
BENCHMARK(task_group_of_none)->UseRealTime();

}  // namespace
