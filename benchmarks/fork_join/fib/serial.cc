// Comparison: the recursion as a plain function.
#include "fork_join/fib/problem.h"

namespace {

// Not inlined into itself: the compiler otherwise removes most of the calls that are to be measured.
[[gnu::noinline]] long fibonacci(int n) {
  if (n < 2) return n;
  return fibonacci(n - 1) + fibonacci(n - 2);
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = fib::read_arguments(argc, argv);
  bench::Measurement measurement("fib_serial", arguments);
  for (int i = 0; i < arguments.repetitions; ++i) {
    measurement.start();
    const long answer = fibonacci(static_cast<int>(arguments.size));
    measurement.stop();
    measurement.check(answer, fib::expected(arguments.size));
  }
  return measurement.report();
}
