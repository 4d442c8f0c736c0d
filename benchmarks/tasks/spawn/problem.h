#pragma once
// spawn: one task starts `size` tasks that only return their index, then awaits all of them.
// Every repetition makes and joins them anew; the first, which pays for the pages, is not counted.

#include "measure.h"

namespace spawn {

inline bench::Arguments read_arguments(int argc, char** argv) {
  return bench::read_arguments(argc, argv, {.size = 1'000'000, .repetitions = 5}, 1, 100'000'000);
}

inline long expected(long size) { return size * (size - 1) / 2; }

}  // namespace spawn
