// Regression: what sleep(0) costs when nothing else is ready.
#include <benchmark/benchmark.h>

#include <chrono>

#include "weft/weft.h"

namespace {

weft::Coro<void> loop(benchmark::State& state) {
  for (auto _ : state) {
    co_await weft::sleep(std::chrono::seconds(0));
  }
}

void yield_alone(benchmark::State& state) { weft::run(loop(state), {.workers = 1, .order = weft::Order::depth_first}); }
BENCHMARK(yield_alone)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
