// Regression: what a timeout that does not expire costs, around what is ready and around what suspends once; with the bare awaits beside.
#include <benchmark/benchmark.h>

#include <chrono>

#include "weft/weft.h"

namespace {

using namespace std::chrono_literals;

[[gnu::noinline]] weft::Coro<long> ready() { co_return 1; }
[[gnu::noinline]] weft::Coro<long> suspends_once() {
  co_await weft::sleep(0s);
  co_return 1;
}

template <weft::Coro<long> (*awaited)()>
weft::Coro<void> with(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(co_await weft::wait_for(awaited(), 1s));
}
template <weft::Coro<long> (*awaited)()>
weft::Coro<void> without(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(co_await awaited());
}

template <weft::Coro<void> (*loop)(benchmark::State&)>
void run(benchmark::State& state) {
  weft::run(loop(state), {.workers = 1, .order = weft::Order::depth_first});
}
BENCHMARK(run<without<ready>>)->Name("await_ready")->UseRealTime();
BENCHMARK(run<with<ready>>)->Name("wait_for_ready")->UseRealTime();
BENCHMARK(run<without<suspends_once>>)->Name("await_once_suspending")->UseRealTime();
BENCHMARK(run<with<suspends_once>>)->Name("wait_for_once_suspending")->UseRealTime();

}  // namespace
