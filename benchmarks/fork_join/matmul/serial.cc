// Comparison: the same recursion, one product after the other.
#include "fork_join/matmul/problem.h"

namespace {

void multiply(const int* a, const int* b, int* c, int n, int stride) {
  if (n <= matmul::leaf) return matmul::multiply_leaf(a, b, c, n, stride);
  const int half = n / 2;
  const int below = half * stride;
  multiply(a, b, c, half, stride);
  multiply(a, b + half, c + half, half, stride);
  multiply(a + below, b, c + below, half, stride);
  multiply(a + below, b + half, c + below + half, half, stride);

  multiply(a + half, b + below, c, half, stride);
  multiply(a + half, b + below + half, c + half, half, stride);
  multiply(a + below + half, b + below, c + below, half, stride);
  multiply(a + below + half, b + below + half, c + below + half, half, stride);
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments = matmul::read_arguments(argc, argv);
  bench::Measurement measurement("matmul_serial", arguments);
  matmul::Operands operands(arguments.size);
  for (int i = 0; i < arguments.repetitions; ++i) {
    operands.clear();
    measurement.start();
    multiply(operands.a(), operands.b(), operands.c(), operands.size(), operands.size());
    measurement.stop();
    measurement.check(operands.wrong_rows(), 0);
  }
  return measurement.report();
}
