#include "weft/primitives/heap.h"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weft::tests {
namespace {

struct ByFirst {
  bool operator()(const std::pair<int, char>& a, const std::pair<int, char>& b) const { return a.first < b.first; }
};

TEST(Heap, gives_its_items_in_order) {
  Heap<int, std::less<int>> heap(std::less<int>{});
  unsigned state = 1;
  for (int i = 0; i < 500; ++i) {
    state = state * 1103515245 + 12345;
    int item = static_cast<int>(state >> 16 & 1023);
    heap.push(item);
  }
  int last = -1;
  for (int i = 0; i < 500; ++i) {
    const int next = heap.pop();
    EXPECT_GE(next, last);
    last = next;
  }
  EXPECT_EQ(heap.size(), 0u);
}

// What CPython's heapq gives for the same pushes of pairs of which only the number is compared.
TEST(Heap, gives_equal_items_in_the_order_of_heapq) {
  Heap<std::pair<int, char>, ByFirst> heap(ByFirst{});
  for (char name = 'a'; name <= 'h'; ++name) {
    std::pair<int, char> item(name % 2, name);
    heap.push(item);
  }
  std::string order;
  for (int i = 0; i < 8; ++i) order += heap.pop().second;
  EXPECT_EQ(order, "bfdhgcea");
}

struct Refuses {
  bool operator()(int a, int b) const {
    if (armed) throw std::runtime_error("not compared");
    return a < b;
  }
  static inline bool armed = false;
};
TEST(Heap, is_as_before_when_a_comparison_throws) {
  Heap<int, Refuses> heap(Refuses{});
  for (int item : {4, 2, 3, 1}) heap.push(item);
  Refuses::armed = true;
  int item = 0;
  EXPECT_THROW(heap.push(item), std::runtime_error);
  EXPECT_THROW(heap.pop(), std::runtime_error);
  Refuses::armed = false;
  EXPECT_EQ(heap.size(), 4u);
  for (int i = 1; i <= 4; ++i) EXPECT_EQ(heap.pop(), i);
}

}  // namespace
}  // namespace weft::tests
