// Comparison: oneTBB's parallel_invoke, a little quicker than its task_group for exactly two children.
#include <tbb/global_control.h>
#include <tbb/parallel_invoke.h>

#include "fork_join/fib/problem.h"

namespace {

long fibonacci(int n) {
  if (n < 2) return n;
  long x = 0;
  long y = 0;
  tbb::parallel_invoke([&x, n] { x = fibonacci(n - 1); }, [&y, n] { y = fibonacci(n - 2); });
  return x + y;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = fib::read_arguments(argc, argv);
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(arguments.workers));
  bench::Measurement measurement("fib_tbb_invoke", arguments);
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
