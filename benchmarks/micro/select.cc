// Regression: what a select costs beside wait_for: of what is ready and of what suspends once, each beside what never ends.
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
weft::Coro<void> selects(benchmark::State& state) {
  for (auto _ : state) {
    const auto selected = co_await weft::select(awaited(), weft::sleep(1h));
    benchmark::DoNotOptimize(selected.template get<0>());
  }
}
template <weft::Coro<long> (*awaited)()>
weft::Coro<void> waits_for(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(co_await weft::wait_for(awaited(), 1h));
}
weft::Coro<void> of_what_is_done(benchmark::State& state) {
  const weft::Future<long> done = weft::get_running_loop().create_future<long>();
  done.set_result(1);
  for (auto _ : state) {
    const auto selected = co_await weft::select(done, weft::sleep(1h));
    benchmark::DoNotOptimize(selected.get<0>());
  }
}

template <weft::Coro<void> (*loop)(benchmark::State&)>
void run(benchmark::State& state) {
  weft::run(loop(state), {.workers = 1, .order = weft::Order::depth_first});
}
BENCHMARK(run<waits_for<ready>>)->Name("wait_for_beside_select_ready")->UseRealTime();
BENCHMARK(run<selects<ready>>)->Name("select_ready")->UseRealTime();
BENCHMARK(run<waits_for<suspends_once>>)->Name("wait_for_beside_select_once_suspending")->UseRealTime();
BENCHMARK(run<selects<suspends_once>>)->Name("select_once_suspending")->UseRealTime();
BENCHMARK(run<of_what_is_done>)->Name("select_done_future")->UseRealTime();

}  // namespace
