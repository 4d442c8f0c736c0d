#pragma once
// fib: the n-th Fibonacci number by the naive recursion; two children per node, no work in a node.
// It measures nothing but what a fork and a join cost.

#include "measure.h"

namespace fib {

inline bench::Arguments read_arguments(int argc, char** argv) {
  return bench::read_arguments(argc, argv, {.size = 39}, 1, 60);
}

inline int warm_up_size(long size) { return static_cast<int>(size > 12 ? size - 8 : size); }

inline long expected(long n) {
  long current = 0;
  long next = 1;
  for (long i = 0; i < n; ++i) current = std::exchange(next, current + next);
  return current;
}

}  // namespace fib
