// Comparison: weft's gather where fork_join would do: the difference is what its early exit costs.
#include "fork_join/fib/problem.h"
#include "weft/weft.h"

namespace {

weft::Coro<long> fibonacci(int n) {
  if (n < 2) co_return n;
  auto children = co_await weft::gather(fibonacci(n - 1), fibonacci(n - 2));
  auto& [x, y] = children;
  co_return x + y;
}

weft::Coro<void> main_coro(const bench::Arguments& arguments, bench::Measurement& measurement) {
  const int size = fib::warm_up_size(arguments.size);
  const long warm_up = co_await fibonacci(size);
  measurement.check(warm_up, fib::expected(size));
  for (int i = 0; i < arguments.repetitions; ++i) {
    measurement.start();
    const long answer = co_await fibonacci(static_cast<int>(arguments.size));
    measurement.stop();
    measurement.check(answer, fib::expected(arguments.size));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = fib::read_arguments(argc, argv);
  bench::Measurement measurement("fib_weft_gather", arguments);
  weft::run(main_coro(arguments, measurement), {.workers = arguments.workers, .order = weft::Order::depth_first});
  return measurement.report();
}
