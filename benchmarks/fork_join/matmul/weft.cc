// Comparison: weft's fork_join, as a user writes it.
#include "weft/weft.h"
#include "fork_join/matmul/problem.h"

namespace {

weft::Coro<void> multiply(const int* a, const int* b, int* c, int n, int stride) {
  if (n <= matmul::leaf) {
    matmul::multiply_leaf(a, b, c, n, stride);
    co_return;
  }
  const int half = n / 2;
  const int below = half * stride;
  co_await weft::fork_join(multiply(a, b, c, half, stride), multiply(a, b + half, c + half, half, stride),
                           multiply(a + below, b, c + below, half, stride),
                           multiply(a + below, b + half, c + below + half, half, stride));

  co_await weft::fork_join(multiply(a + half, b + below, c, half, stride),
                           multiply(a + half, b + below + half, c + half, half, stride),
                           multiply(a + below + half, b + below, c + below, half, stride),
                           multiply(a + below + half, b + below + half, c + below + half, half, stride));
}

weft::Coro<void> multiply(matmul::Operands& operands) {
  return multiply(operands.a(), operands.b(), operands.c(), operands.size(), operands.size());
}

weft::Coro<void> main_coro(const bench::Arguments& arguments, bench::Measurement& measurement) {
  matmul::Operands warm_up(matmul::warm_up_size(arguments.size));
  co_await multiply(warm_up);
  measurement.check(warm_up.wrong_rows(), 0);
  matmul::Operands operands(arguments.size);
  for (int i = 0; i < arguments.repetitions; ++i) {
    operands.clear();
    measurement.start();
    co_await multiply(operands);
    measurement.stop();
    measurement.check(operands.wrong_rows(), 0);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = matmul::read_arguments(argc, argv);
  bench::Measurement measurement("matmul_weft", arguments);
  weft::run(main_coro(arguments, measurement), {.workers = arguments.workers, .order = weft::Order::depth_first});
  return measurement.report();
}
