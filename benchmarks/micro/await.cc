// Regression: what one co_await of a coroutine that returns at once costs, its frame included.
#include <benchmark/benchmark.h>

#include "weft/weft.h"

namespace {

[[gnu::noinline]] weft::Coro<long> leaf(long value) { co_return value; }

weft::Coro<void> loop(benchmark::State& state) {
  for (auto _ : state) {
    const long value = co_await leaf(1);
    benchmark::DoNotOptimize(value);
  }
}

void await_a_coroutine(benchmark::State& state) {
  weft::run(loop(state), {.workers = 1, .order = weft::Order::depth_first});
}
BENCHMARK(await_a_coroutine)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
