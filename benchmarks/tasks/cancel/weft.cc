// cancel: `size` tasks that wait for something are cancelled and unwound; each has two frames of user code that a CancelledError leaves.
// Comparison: what a bare throw and catch costs in the same process. throws_per_frame says how many of those a frame costs.
#include <chrono>
#include <stdexcept>
#include <vector>

#include "measure.h"
#include "weft/weft.h"

namespace {

using namespace std::chrono_literals;

constexpr double frames_per_task = 2;

weft::Coro<void> inner() { co_await weft::sleep(1h); }
weft::Coro<void> outer() { co_await inner(); }

weft::Coro<long> cancel_all(long size, bool started, double& seconds) {
  std::vector<weft::Task<void>> tasks;
  tasks.reserve(static_cast<std::size_t>(size));
  for (long i = 0; i < size; ++i) tasks.push_back(weft::create_task(outer()));
  if (started) co_await weft::sleep(200ms);
  const auto begin = std::chrono::steady_clock::now();
  for (const weft::Task<void>& task : tasks) task.cancel();
  co_await weft::wait(tasks);
  seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  long cancelled = 0;
  for (const weft::Task<void>& task : tasks) cancelled += task.cancelled() ? 1 : 0;
  co_return cancelled;
}

[[gnu::noinline]] void throw_one() { throw weft::CancelledError(); }
double bare_throw(long times) {
  const auto begin = std::chrono::steady_clock::now();
  for (long i = 0; i < times; ++i) {
    try {
      throw_one();
    } catch (const weft::CancelledError&) {
    }
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() / static_cast<double>(times);
}

weft::Coro<void> main_coro(const bench::Arguments& arguments, bench::Measurement& measurement) {
  double parked = 0;
  double unstarted = 0;
  measurement.start();
  measurement.check(co_await cancel_all(arguments.size, true, parked), arguments.size);
  measurement.stop();
  measurement.check(co_await cancel_all(arguments.size, false, unstarted), arguments.size);
  const double bare = bare_throw(arguments.size);
  const auto tasks = static_cast<double>(arguments.size);
  // Both workers unwind, so that a task's share of the time counts as many times as there are workers.
  const double each = parked / tasks * static_cast<double>(arguments.workers);
  measurement.add("cancel_ns", parked / tasks * 1e9);
  measurement.add("unstarted_ns", unstarted / tasks * 1e9);
  measurement.add("bare_throw_ns", bare * 1e9);
  measurement.add("throws_per_frame", each / bare / frames_per_task);
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = bench::read_arguments(argc, argv, {.size = 100'000}, 1, 10'000'000);
  bench::Measurement measurement("cancel_weft", arguments);
  weft::run(main_coro(arguments, measurement), {.workers = arguments.workers, .order = weft::Order::depth_first});
  return measurement.report();
}
