// timers: `size` tasks that each sleep a random 0..999 ms, started by one task and joined; in a fresh process.
// Comparison: CPU time of the whole process and its peak RSS; the wall time has a floor of one second.
#include <cstdint>
#include <vector>

#include "measure.h"
#include "weft/weft.h"

namespace {

// xorshift64 with a fixed seed: every program of this workload sleeps the same times.
class Milliseconds {
 public:
  long next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<long>(state_ % 1000);
  }

 private:
  std::uint64_t state_ = 88172645463325252;
};

weft::Coro<long> sleep_for(long milliseconds) {
  co_await weft::sleep(std::chrono::milliseconds(milliseconds));
  co_return milliseconds;
}

weft::Coro<long> sleep_all(long size) {
  Milliseconds milliseconds;
  std::vector<weft::Task<long>> tasks;
  tasks.reserve(static_cast<std::size_t>(size));
  for (long i = 0; i < size; ++i) tasks.push_back(weft::create_task(sleep_for(milliseconds.next())));
  long slept = 0;
  for (const weft::Task<long>& task : tasks) slept += co_await task;
  co_return slept;
}

weft::Coro<void> main_coro(const bench::Arguments& arguments, bench::Measurement& measurement) {
  Milliseconds milliseconds;
  long expected = 0;
  long longest = 0;
  for (long i = 0; i < arguments.size; ++i) {
    const long next = milliseconds.next();
    expected += next;
    longest = std::max(longest, next);
  }
  measurement.start();
  const long slept = co_await sleep_all(arguments.size);
  measurement.stop();
  measurement.check(slept, expected);
  if (measurement.last_seconds() * 1e3 < static_cast<double>(longest)) {
    std::fprintf(stderr, "timers_weft: all was done after %.3f s, but one task sleeps %ld ms\n",
                 measurement.last_seconds(), longest);
    std::exit(1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = bench::read_arguments(argc, argv, {.size = 1'000'000}, 1, 100'000'000);
  bench::Measurement measurement("timers_weft", arguments);
  weft::run(main_coro(arguments, measurement), {.workers = arguments.workers, .order = weft::Order::depth_first});
  measurement.add("process_cpu_seconds", bench::cpu_seconds());
  return measurement.report();
}
