#pragma once
// uncontended: one task or thread takes and lets go of something that nobody else wants, `size` times; each_ns is what a pair costs.

#include "primitives/problem.h"

namespace uncontended {

inline constexpr bench::Problem problem{
    .defaults = {.size = 20'000'000},
    .most_size = 10'000'000'000,
    .expected = [](long size) { return size; },
};

// What is counted inside goes to memory and back, as what a lock protects does.
inline void count_in_memory(long& count) {
  ++count;
  asm volatile("" : "+m"(count));
}

}  // namespace uncontended
