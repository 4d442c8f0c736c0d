// Comparison: the tree walked by a plain function.
#include "fork_join/skynet/problem.h"

namespace {

[[gnu::noinline]] long sum_of(long first, long leaves) {
  if (leaves == 1) return first;
  const long step = leaves / skynet::children;
  long sum = 0;
  for (long i = 0; i < skynet::children; ++i) sum += sum_of(first + i * step, step);
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = skynet::read_arguments(argc, argv);
  bench::Measurement measurement("skynet_serial", arguments);
  for (int i = 0; i < arguments.repetitions; ++i) {
    measurement.start();
    const long answer = sum_of(0, skynet::leaves(arguments.size));
    measurement.stop();
    measurement.check(answer, skynet::expected(arguments.size));
  }
  return measurement.report();
}
