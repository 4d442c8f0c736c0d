#pragma once
// barrier: 8 tasks wait for each other, `size` rounds; in each round exactly one of them is told that it is the first.

#include "primitives/problem.h"

namespace barrier {

inline constexpr int parties = 8;
inline constexpr bench::Problem problem{
    .defaults = {.size = 50'000},
    .most_size = 1'000'000'000,
    .expected = [](long size) { return size; },
};

}  // namespace barrier
