#pragma once
// items: what the tests of a queue's items share.

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include "weft/primitives/turnout.h"

namespace weft::tests {

// So many items, or as many as there are, one by one.
template <class Items>
std::vector<int> taken(Items& items, std::size_t most) {
  std::vector<int> all;
  while (all.size() < most && items.pop(1, [&all](auto&& item) { all.push_back(item); }).count != 0) {
  }
  return all;
}

// Of items that have room for one.
template <class Items>
void expect_those_that_wait_are_told_of(Items& items) {
  int number = 1;
  EXPECT_FALSE(items.putter_waits()) << "there is room";
  EXPECT_TRUE(items.getter_waits());
  EXPECT_EQ(items.push(&number, 1).turnout, Turnout::done_and_seen);
  EXPECT_FALSE(items.getter_waits()) << "there is an item";
  EXPECT_TRUE(items.putter_waits());
  EXPECT_EQ(items.pop(1, [](int&&) {}).turnout, Turnout::done_and_seen);
  items.no_getter_waits();
  items.no_putter_waits();
  EXPECT_EQ(items.push(&number, 1).turnout, Turnout::done);
  EXPECT_EQ(items.pop(1, [](int&&) {}).turnout, Turnout::done);
}

}  // namespace weft::tests
