// Regression: what a value of an async generator costs, from one that does not suspend and from one that does at each; what a generator
// of one value costs; with awaits of a coroutine beside.
#include <benchmark/benchmark.h>

#include <chrono>

#include "weft/weft.h"

namespace {

using namespace std::chrono_literals;

[[gnu::noinline]] weft::AsyncGenerator<long> ready() {
  for (long i = 0;; ++i) co_yield i;
}
[[gnu::noinline]] weft::AsyncGenerator<long> suspends() {
  for (long i = 0;; ++i) {
    co_await weft::sleep(0s);
    co_yield i;
  }
}
[[gnu::noinline]] weft::AsyncGenerator<long> around() {
  weft::AsyncGenerator<long> inner = ready();
  for (;;) {
    const std::optional<long> value = co_await inner.next();
    co_yield *value;
  }
}
[[gnu::noinline]] weft::AsyncGenerator<long> one() { co_yield 1; }
[[gnu::noinline]] weft::Coro<long> leaf() { co_return 1; }

template <weft::AsyncGenerator<long> (*iterated)()>
weft::Coro<void> values(benchmark::State& state) {
  weft::AsyncGenerator<long> gen = iterated();
  for (auto _ : state) benchmark::DoNotOptimize(co_await gen.next());
  co_await gen.aclose();
}
weft::Coro<void> generators(benchmark::State& state) {
  for (auto _ : state) {
    weft::AsyncGenerator<long> gen = one();
    while (const std::optional<long> value = co_await gen.next()) benchmark::DoNotOptimize(*value);
  }
}
weft::Coro<void> awaits(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(co_await leaf());
}

template <weft::Coro<void> (*loop)(benchmark::State&)>
void run(benchmark::State& state) {
  weft::run(loop(state), {.workers = 1, .order = weft::Order::depth_first});
}
BENCHMARK(run<awaits>)->Name("await_beside_generators")->UseRealTime();
BENCHMARK(run<values<ready>>)->Name("generator_value_ready")->UseRealTime();
BENCHMARK(run<values<around>>)->Name("generator_value_through_two")->UseRealTime();
BENCHMARK(run<values<suspends>>)->Name("generator_value_once_suspending")->UseRealTime();
BENCHMARK(run<generators>)->Name("generator_of_one_value")->UseRealTime();

}  // namespace
