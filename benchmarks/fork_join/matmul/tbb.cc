// Comparison: oneTBB's task_group. The caller runs the last child of a wave itself: the quickest way to use it.
#include <tbb/global_control.h>
#include <tbb/task_group.h>

#include "fork_join/matmul/problem.h"

namespace {

void multiply(const int* a, const int* b, int* c, int n, int stride) {
  if (n <= matmul::leaf) return matmul::multiply_leaf(a, b, c, n, stride);
  const int half = n / 2;
  const int below = half * stride;
  tbb::task_group group;
  group.run([=] { multiply(a, b, c, half, stride); });
  group.run([=] { multiply(a, b + half, c + half, half, stride); });
  group.run([=] { multiply(a + below, b, c + below, half, stride); });
  multiply(a + below, b + half, c + below + half, half, stride);
  group.wait();

  group.run([=] { multiply(a + half, b + below, c, half, stride); });
  group.run([=] { multiply(a + half, b + below + half, c + half, half, stride); });
  group.run([=] { multiply(a + below + half, b + below, c + below, half, stride); });
  multiply(a + below + half, b + below + half, c + below + half, half, stride);
  group.wait();
}

void multiply(matmul::Operands& operands) {
  multiply(operands.a(), operands.b(), operands.c(), operands.size(), operands.size());
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = matmul::read_arguments(argc, argv);
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(arguments.workers));
  bench::Measurement measurement("matmul_tbb", arguments);
  matmul::Operands warm_up(matmul::warm_up_size(arguments.size));
  multiply(warm_up);
  measurement.check(warm_up.wrong_rows(), 0);
  matmul::Operands operands(arguments.size);
  for (int i = 0; i < arguments.repetitions; ++i) {
    operands.clear();
    measurement.start();
    multiply(operands);
    measurement.stop();
    measurement.check(operands.wrong_rows(), 0);
  }
  return measurement.report();
}
