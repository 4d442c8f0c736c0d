#pragma once
// mpmc: 4 producers hand `size` numbers to 4 consumers through one queue; each side takes a fixed part.

#include <numeric>

#include "primitives/problem.h"

namespace mpmc {

inline constexpr int producers = 4;
inline constexpr int consumers = 4;
inline constexpr int capacity = 1024;
inline constexpr long batch = 64;  // of what takes many at once
inline constexpr bench::Problem problem{
    .defaults = {.size = 10'000'000},
    .most_size = 1'000'000'000,
    .expected = [](long size) { return size * (size - 1) / 2; },
};

// What the consumers of threads counted; each has a cache line of its own.
class Sums {
 public:
  long& operator[](int consumer) { return sums_[static_cast<std::size_t>(consumer)].value; }
  long total() const {
    return std::accumulate(std::begin(sums_), std::end(sums_), 0L,
                           [](long sum, const Sum& one) { return sum + one.value; });
  }

 private:
  struct alignas(64) Sum {
    long value = 0;
  };
  Sum sums_[consumers];
};

}  // namespace mpmc
