#include "weft/primitives/fifo_items.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <vector>

#include "primitives/items.h"

namespace weft::tests {
namespace {

using testing::ElementsAre;

// Blocks of three slots.
template <class T = int>
using Items = FifoItems<T, StdAtomics, 4>;

TEST(FifoItems, come_in_the_order_in_which_they_were_put_through_any_number_of_blocks) {
  Items<> items(Items<>::kMost);
  std::vector<int> numbers(20);
  std::iota(numbers.begin(), numbers.end(), 0);
  for (int number : numbers) EXPECT_EQ(items.push(&number, 1).turnout, Turnout::done);
  EXPECT_EQ(items.size(), 20u);
  EXPECT_EQ(taken(items, 20), numbers);
  EXPECT_EQ(items.size(), 0u);
  EXPECT_EQ(items.put_count(), 20u);
}

TEST(FifoItems, are_moved_together_as_far_as_a_block_and_the_room_go) {
  Items<> items(4);
  int numbers[] = {1, 2, 3, 4, 5};
  EXPECT_EQ(items.push(numbers, 5).count, 3u) << "the block is full";
  EXPECT_EQ(items.push(numbers + 3, 2).count, 1u) << "there is no more room";
  EXPECT_EQ(items.push(numbers + 4, 1).turnout, Turnout::blocked);
  std::vector<int> got;
  const auto take = [&got](int&& number) { got.push_back(number); };
  EXPECT_EQ(items.pop(5, take).count, 3u);
  EXPECT_EQ(items.pop(5, take).count, 1u);
  EXPECT_EQ(items.pop(5, take).turnout, Turnout::blocked);
  EXPECT_THAT(got, ElementsAre(1, 2, 3, 4));
}

TEST(FifoItems, tell_whoever_puts_that_a_getter_waits_and_whoever_gets_that_a_putter_does) {
  Items<> items(1);
  expect_those_that_wait_are_told_of(items);
}

TEST(FifoItems, are_put_no_more_and_got_still_after_the_end) {
  Items<> items(8);
  int number = 1;
  items.push(&number, 1);
  items.shut_down();
  EXPECT_TRUE(items.is_shut_down());
  EXPECT_EQ(items.push(&number, 1).turnout, Turnout::shut_down);
  EXPECT_EQ(taken(items, 1), std::vector<int>{1});
  EXPECT_EQ(items.pop(1, [](int&&) {}).turnout, Turnout::shut_down);
  EXPECT_FALSE(items.getter_waits());
  EXPECT_FALSE(items.putter_waits());
}

TEST(FifoItems, go_with_their_container_and_when_they_are_dropped) {
  const auto token = std::make_shared<int>();
  {
    Items<std::shared_ptr<int>> items(8);
    const auto put = [&] {
      auto copy = token;
      items.push(&copy, 1);
    };
    for (int i = 0; i < 5; ++i) put();
    EXPECT_EQ(token.use_count(), 6);
    EXPECT_EQ(items.drop_all(), 5u);
    EXPECT_EQ(token.use_count(), 1);
    for (int i = 0; i < 5; ++i) put();
  }
  EXPECT_EQ(token.use_count(), 1);
}

}  // namespace
}  // namespace weft::tests
