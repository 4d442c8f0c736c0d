#pragma once
// items: what the tests of a queue's items share.

#include <cstddef>
#include <vector>

namespace weft::tests {

// So many items, or as many as there are, one by one.
template <class Items>
std::vector<int> taken(Items& items, std::size_t most) {
  std::vector<int> all;
  while (all.size() < most && items.pop(1, [&all](auto&& item) { all.push_back(item); }).count != 0) {
  }
  return all;
}

}  // namespace weft::tests
