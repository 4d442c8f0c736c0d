#include "weft/primitives/queue_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "primitives/place.h"
#include "weft/primitives/fifo_items.h"

namespace weft::tests {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class QueueStateTest : public ::testing::Test {
 protected:
  // Whom it makes the caller tell.
  Place* put(int item) {
    Place* told = nullptr;
    const Turnout turnout = state.put(&item, told);
    EXPECT_TRUE(turnout == Turnout::done || turnout == Turnout::done_and_seen);
    return told;
  }
  Place* get() {
    Place* told = nullptr;
    const Turnout turnout = state.get([this](int&& item) { got.push_back(item); }, told);
    EXPECT_TRUE(turnout == Turnout::done || turnout == Turnout::done_and_seen);
    return told;
  }

  QueueState<FifoItems<int>, Place> state{std::uint64_t{2}};
  std::vector<int> got;
  Place one, two;
  PlaceList woken;
};

TEST_F(QueueStateTest, passes_items_and_tells_nobody_where_nobody_waits) {
  EXPECT_EQ(put(1), nullptr);
  EXPECT_EQ(put(2), nullptr);
  EXPECT_EQ(state.size(), 2u);
  Place* told = nullptr;
  int third = 3;
  EXPECT_EQ(state.put(&third, told), Turnout::blocked);
  EXPECT_EQ(get(), nullptr);
  EXPECT_EQ(get(), nullptr);
  EXPECT_EQ(state.get([](int&&) {}, told), Turnout::blocked);
  EXPECT_THAT(got, ElementsAre(1, 2));
}

TEST_F(QueueStateTest, tells_one_getter_of_each_item_in_the_order_of_their_coming) {
  EXPECT_TRUE(state.queue_getter(one));
  EXPECT_TRUE(state.queue_getter(two));
  EXPECT_EQ(state.getters(), 2u);
  EXPECT_EQ(put(1), &one);
  EXPECT_EQ(put(2), &two);
  EXPECT_FALSE(state.queue_getter(one)) << "it looks again: there is an item";
}

TEST_F(QueueStateTest, tells_one_putter_of_each_room) {
  put(1);
  EXPECT_FALSE(state.queue_putter(one)) << "there is room";
  put(2);
  EXPECT_TRUE(state.queue_putter(one));
  EXPECT_TRUE(state.queue_putter(two));
  EXPECT_EQ(state.putters(), 2u);
  EXPECT_TRUE(state.cancel_putter(one));
  EXPECT_EQ(get(), &two);
  EXPECT_FALSE(state.cancel_putter(two)) << "it was woken before";
}

TEST_F(QueueStateTest, passes_on_what_one_was_told_that_gives_up) {
  EXPECT_TRUE(state.queue_getter(one));
  EXPECT_TRUE(state.queue_getter(two));
  EXPECT_EQ(put(1), &one);
  EXPECT_EQ(state.getter_gives_up(one), &two);
  EXPECT_EQ(get(), nullptr);
  EXPECT_EQ(state.getter_gives_up(two), nullptr) << "the item has gone";
  put(2);
  put(3);
  EXPECT_TRUE(state.queue_putter(one));
  EXPECT_TRUE(state.queue_putter(two));
  EXPECT_EQ(get(), &one);
  EXPECT_EQ(state.putter_gives_up(one), &two);
}

TEST_F(QueueStateTest, moves_many_as_far_as_there_is_room_and_tells_as_many) {
  EXPECT_TRUE(state.queue_getter(one));
  EXPECT_TRUE(state.queue_getter(two));
  int numbers[] = {1, 2, 3};
  const Moved put_many = state.put_many(numbers, 3, woken);
  EXPECT_EQ(put_many.count, 2u);
  EXPECT_EQ(put_many.turnout, Turnout::blocked);
  EXPECT_THAT(all_of(woken), ElementsAre(&one, &two));
  EXPECT_TRUE(state.queue_putter(one));
  const auto take = [this](int&& item) { got.push_back(item); };
  EXPECT_EQ(state.get_many(9, take, woken).count, 2u);
  EXPECT_THAT(got, ElementsAre(1, 2));
  EXPECT_THAT(all_of(woken), ElementsAre(&one));
}

TEST_F(QueueStateTest, wakes_those_that_join_when_all_is_done) {
  EXPECT_FALSE(state.queue_joiner(one)) << "there is nothing to wait for";
  put(1);
  put(2);
  EXPECT_TRUE(state.queue_joiner(one));
  EXPECT_FALSE(state.task_done(3, woken)) << "more than were put";
  EXPECT_EQ(state.unfinished(), 2u);
  EXPECT_TRUE(state.task_done(1, woken));
  EXPECT_THAT(all_of(woken), IsEmpty());
  EXPECT_TRUE(state.task_done(1, woken));
  EXPECT_THAT(all_of(woken), ElementsAre(&one));
}

TEST_F(QueueStateTest, wakes_all_when_it_is_shut_down_and_drops_the_items_on_request) {
  put(1);
  put(2);
  EXPECT_TRUE(state.queue_putter(one));
  EXPECT_TRUE(state.queue_joiner(two));
  state.shut_down(false, woken);
  EXPECT_THAT(all_of(woken), ElementsAre(&one));
  EXPECT_EQ(state.size(), 2u);
  state.shut_down(true, woken);
  EXPECT_THAT(all_of(woken), ElementsAre(&two)) << "what was dropped counts as done";
  EXPECT_EQ(state.size(), 0u);
  EXPECT_TRUE(state.is_shut_down());
}

}  // namespace
}  // namespace weft::tests
