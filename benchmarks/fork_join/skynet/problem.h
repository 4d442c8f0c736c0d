#pragma once
// skynet: a tree of 10 children per node and 10^size leaves; leaf i is worth i, a node the sum of its children.
// It measures wide joins, and how little memory a depth-first walk of a huge tree keeps.

#include "measure.h"

namespace skynet {

inline constexpr long children = 10;

inline bench::Arguments read_arguments(int argc, char** argv) {
  return bench::read_arguments(argc, argv, {.size = 8}, 1, 9);
}

inline long warm_up_size(long size) { return size > 2 ? size - 2 : size; }

inline long leaves(long size) {
  long count = 1;
  for (long i = 0; i < size; ++i) count *= children;
  return count;
}

inline long expected(long size) { return leaves(size) / 2 * (leaves(size) - 1); }

}  // namespace skynet
