// Regression: what one fork_join of two children that return at once costs.
#include <benchmark/benchmark.h>

#include <tuple>

#include "weft/weft.h"

namespace {

[[gnu::noinline]] weft::Coro<long> leaf(long value) { co_return value; }

weft::Coro<void> loop(benchmark::State& state) {
  for (auto _ : state) {
    const auto values = co_await weft::fork_join(leaf(1), leaf(2));
    benchmark::DoNotOptimize(std::get<0>(values) + std::get<1>(values));
  }
}

void fork_join_of_two(benchmark::State& state) {
  weft::run(loop(state), {.workers = 1, .order = weft::Order::depth_first});
}
BENCHMARK(fork_join_of_two)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
