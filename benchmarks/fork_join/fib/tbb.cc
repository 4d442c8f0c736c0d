// Comparison: oneTBB's task_group. The caller runs one child itself, which is the quickest way to use it here.
#include <tbb/global_control.h>
#include <tbb/task_group.h>

#include "fork_join/fib/problem.h"

namespace {

long fibonacci(int n) {
  if (n < 2) return n;
  long x = 0;
  tbb::task_group group;
  group.run([&x, n] { x = fibonacci(n - 1); });
  const long y = fibonacci(n - 2);
  group.wait();
  return x + y;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = fib::read_arguments(argc, argv);
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(arguments.workers));
  bench::Measurement measurement("fib_tbb", arguments);
  const int size = fib::warm_up_size(arguments.size);
  measurement.check(fibonacci(size), fib::expected(size));
  for (int i = 0; i < arguments.repetitions; ++i) {
    measurement.start();
    const long answer = fibonacci(static_cast<int>(arguments.size));
    measurement.stop();
    measurement.check(answer, fib::expected(arguments.size));
  }
  return measurement.report();
}
