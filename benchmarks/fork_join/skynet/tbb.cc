// Comparison: oneTBB's task_group. The caller runs the last child itself: the quickest way to use it.
#include <tbb/global_control.h>
#include <tbb/task_group.h>

#include <array>
#include <numeric>

#include "fork_join/skynet/problem.h"

namespace {

long sum_of(long first, long leaves) {
  if (leaves == 1) return first;
  const long step = leaves / skynet::children;
  std::array<long, skynet::children> sums;
  tbb::task_group group;
  for (std::size_t i = 0; i + 1 < sums.size(); ++i) {
    const long start = first + static_cast<long>(i) * step;
    group.run([&sum = sums[i], start, step] { sum = sum_of(start, step); });
  }
  sums.back() = sum_of(first + (skynet::children - 1) * step, step);
  group.wait();
  return std::accumulate(sums.begin(), sums.end(), 0L);
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = skynet::read_arguments(argc, argv);
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(arguments.workers));
  bench::Measurement measurement("skynet_tbb", arguments);
  const long size = skynet::warm_up_size(arguments.size);
  measurement.check(sum_of(0, skynet::leaves(size)), skynet::expected(size));
  for (int i = 0; i < arguments.repetitions; ++i) {
    measurement.start();
    const long answer = sum_of(0, skynet::leaves(arguments.size));
    measurement.stop();
    measurement.check(answer, skynet::expected(arguments.size));
  }
  return measurement.report();
}
