#pragma once
// condition: two tasks take turns, `size` times each, and tell each other by one condition.

#include "primitives/problem.h"

namespace condition {

inline constexpr bench::Problem problem{
    .defaults = {.size = 200'000},
    .most_size = 1'000'000'000,
    .expected = [](long size) { return 2 * size; },
};

}  // namespace condition
