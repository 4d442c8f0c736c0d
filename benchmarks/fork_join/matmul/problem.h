#pragma once
// matmul: the product of two square int matrices by quadrants, down to blocks of 32 that one shared kernel multiplies.
// Two waves of four products each, so that no two children write the same quadrant at once: little forking, much memory.

#include <cstdint>
#include <vector>

#include "measure.h"

namespace matmul {

inline constexpr int leaf = 32;

inline bench::Arguments read_arguments(int argc, char** argv) {
  const bench::Arguments arguments = bench::read_arguments(argc, argv, {.size = 1024}, leaf, 8192);
  if ((arguments.size & (arguments.size - 1)) != 0) {
    std::fprintf(stderr, "size is %ld; give a power of two\n", arguments.size);
    std::exit(2);
  }
  return arguments;
}

inline long warm_up_size(long size) { return size > 256 ? size / 4 : size; }

// c += a * b for blocks of n by n inside matrices whose rows are `stride` apart.
inline void multiply_leaf(const int* a, const int* b, int* c, int n, int stride) {
  for (int i = 0; i < n; ++i) {
    for (int k = 0; k < n; ++k) {
      for (int j = 0; j < n; ++j) c[i * stride + j] += a[i * stride + k] * b[k * stride + j];
    }
  }
}

// Two matrices with a pattern (so that a product of the wrong quadrants shows) and room for their product.
class Operands {
 public:
  explicit Operands(long size) : size_(static_cast<int>(size)), a_(elements()), b_(elements()), c_(elements(), 0) {
    std::uint32_t state = 2463534242;
    const auto next = [&state] {
      state ^= state << 13;
      state ^= state >> 17;
      state ^= state << 5;
      return static_cast<int>(state % 19) - 9;
    };
    for (int& element : a_) element = next();
    for (int& element : b_) element = next();
  }

  const int* a() const { return a_.data(); }
  const int* b() const { return b_.data(); }
  int* c() { return c_.data(); }
  int size() const { return size_; }
  void clear() { std::fill(c_.begin(), c_.end(), 0); }

  // Rows in which c * x differs from a * (b * x), for a vector x that the program cannot know (Freivalds): 0 is right.
  long wrong_rows() const {
    std::vector<std::int64_t> x(static_cast<std::size_t>(size_));
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<std::int64_t>(i * 2654435761U % 1009) + 1;
    const std::vector<std::int64_t> expected = times(a_, times(b_, x));
    const std::vector<std::int64_t> found = times(c_, x);
    long wrong = 0;
    for (std::size_t i = 0; i < x.size(); ++i) wrong += expected[i] != found[i] ? 1 : 0;
    return wrong;
  }

 private:
  std::size_t elements() const { return static_cast<std::size_t>(size_) * static_cast<std::size_t>(size_); }

  static std::vector<std::int64_t> times(const std::vector<int>& matrix, const std::vector<std::int64_t>& x) {
    std::vector<std::int64_t> result(x.size(), 0);
    for (std::size_t i = 0; i < x.size(); ++i) {
      for (std::size_t j = 0; j < x.size(); ++j) result[i] += matrix[i * x.size() + j] * x[j];
    }
    return result;
  }

  int size_;
  std::vector<int> a_;
  std::vector<int> b_;
  std::vector<int> c_;
};

}  // namespace matmul
