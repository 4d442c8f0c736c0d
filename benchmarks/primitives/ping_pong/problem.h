#pragma once
// ping_pong: two tasks and two queues of capacity 1; one sends a number and awaits the echo, `size` times.

#include "primitives/problem.h"

namespace ping_pong {

inline constexpr int capacity = 1;
inline constexpr bench::Problem problem{
    .defaults = {.size = 500'000},
    .most_size = 1'000'000'000,
    .expected = [](long size) { return size * (size - 1) / 2; },
};

}  // namespace ping_pong
