// Regression: what it costs to take and to let go of what nobody else wants, beside two exchanges and what threads have.
#include <absl/synchronization/mutex.h>
#include <benchmark/benchmark.h>

#include <atomic>
#include <mutex>
#include <semaphore>

#include "weft/primitives/lock.h"
#include "weft/primitives/semaphore.h"
#include "weft/weft.h"

namespace {

template <class Primitive>
weft::Coro<void> loop(benchmark::State& state) {
  Primitive primitive;
  for (auto _ : state) {
    co_await primitive.acquire();
    primitive.release();
  }
}

template <class Primitive>
void uncontended(benchmark::State& state) {
  weft::run(loop<Primitive>(state), {.workers = 1, .order = weft::Order::depth_first});
}
BENCHMARK(uncontended<weft::Lock>)->Name("uncontended_lock")->UseRealTime()->MeasureProcessCPUTime();
BENCHMARK(uncontended<weft::Semaphore>)->Name("uncontended_semaphore")->UseRealTime()->MeasureProcessCPUTime();

void uncontended_exchange(benchmark::State& state) {
  std::atomic<bool> taken{false};
  for (auto _ : state) {
    benchmark::DoNotOptimize(taken.exchange(true, std::memory_order_acquire));
    benchmark::DoNotOptimize(taken.exchange(false, std::memory_order_release));
  }
}
BENCHMARK(uncontended_exchange);

void uncontended_absl_mutex(benchmark::State& state) {
  absl::Mutex mutex;
  for (auto _ : state) {
    mutex.Lock();
    mutex.Unlock();
  }
}
BENCHMARK(uncontended_absl_mutex);

void uncontended_std_mutex(benchmark::State& state) {
  std::mutex mutex;
  for (auto _ : state) {
    mutex.lock();
    mutex.unlock();
  }
}
BENCHMARK(uncontended_std_mutex);

void uncontended_std_semaphore(benchmark::State& state) {
  std::counting_semaphore<> semaphore(1);
  for (auto _ : state) {
    semaphore.acquire();
    semaphore.release();
  }
}
BENCHMARK(uncontended_std_semaphore);

}  // namespace
