#include "weft/primitives/locked_items.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include "primitives/items.h"

namespace weft::tests {
namespace {

using testing::ElementsAre;

// The last one first. It refuses a number below 0.
class Stack {
 public:
  std::size_t size() const { return numbers_.size(); }
  std::vector<int> take_all() { return std::exchange(numbers_, {}); }
  void push(int number) {
    if (number < 0) throw std::invalid_argument("below 0");
    numbers_.push_back(number);
  }
  int pop() {
    const int last = numbers_.back();
    numbers_.pop_back();
    return last;
  }

 private:
  std::vector<int> numbers_;
};
using Items = LockedItems<int, Stack>;

TEST(LockedItems, come_in_the_order_of_their_store) {
  Items items(3, Stack());
  int numbers[] = {1, 2, 3, 4};
  EXPECT_EQ(items.push(numbers, 4).count, 3u) << "there is no more room";
  EXPECT_EQ(items.push(numbers, 1).turnout, Turnout::blocked);
  EXPECT_THAT(taken(items, 9), ElementsAre(3, 2, 1));
  EXPECT_EQ(items.pop(1, [](int) {}).turnout, Turnout::blocked);
  EXPECT_EQ(items.put_count(), 3u);
}

TEST(LockedItems, of_which_the_store_refuses_one_keep_those_before_it) {
  Items items(8, Stack());
  int numbers[] = {1, 2, -1, 3};
  EXPECT_EQ(items.push(numbers, 4).count, 2u);
  EXPECT_THROW(items.push(numbers + 2, 2), std::invalid_argument);
  EXPECT_EQ(items.size(), 2u);
  EXPECT_EQ(items.put_count(), 2u);
}

TEST(LockedItems, tell_whoever_puts_that_a_getter_waits_and_whoever_gets_that_a_putter_does) {
  Items items(1, Stack());
  expect_those_that_wait_are_told_of(items);
}

TEST(LockedItems, are_put_no_more_and_got_still_after_the_end) {
  Items items(8, Stack());
  int numbers[] = {1, 2};
  items.push(numbers, 2);
  items.shut_down();
  EXPECT_TRUE(items.is_shut_down());
  EXPECT_EQ(items.push(numbers, 1).turnout, Turnout::shut_down);
  EXPECT_THAT(taken(items, 1), ElementsAre(2));
  EXPECT_EQ(items.drop_all(), 1u);
  EXPECT_EQ(items.pop(1, [](int) {}).turnout, Turnout::shut_down);
  EXPECT_FALSE(items.getter_waits());
  EXPECT_FALSE(items.putter_waits());
}

}  // namespace
}  // namespace weft::tests
