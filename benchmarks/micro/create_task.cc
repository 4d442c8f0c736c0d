// Regression: what it costs to start one task and await it.
#include <benchmark/benchmark.h>

#include "weft/weft.h"

namespace {

[[gnu::noinline]] weft::Coro<long> leaf(long value) { co_return value; }

weft::Coro<void> loop(benchmark::State& state) {
  for (auto _ : state) {
    const weft::Task<long> task = weft::create_task(leaf(1));
    const long value = co_await task;
    benchmark::DoNotOptimize(value);
  }
}

void create_and_await_a_task(benchmark::State& state) {
  weft::run(loop(state), {.workers = 1, .order = weft::Order::depth_first});
}
BENCHMARK(create_and_await_a_task)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
