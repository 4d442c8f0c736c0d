#include "weft/primitives/wait_queue.h"

#include <gtest/gtest.h>

#include <vector>

namespace weft::tests {
namespace {

struct Place : ListNode {
  explicit Place(int name, std::uint64_t loop = 1) : number(name) { mark.loop.set(loop); }
  WaitMark<> mark;
  const int number;
};
using Queue = WaitQueue<Place>;

class WaitQueueOfThree : public ::testing::Test {
 protected:
  WaitQueueOfThree() {
    for (Place* place : {&one, &two, &three}) queue.push(*place);
  }
  std::vector<int> take_the_rest() {
    std::vector<int> numbers;
    while (const Place* place = queue.take_next()) numbers.push_back(place->number);
    return numbers;
  }

  Queue queue;
  Place one{1}, two{2}, three{3};
};

TEST(WaitQueue, that_is_new_has_nobody_to_wake) {
  Queue queue;
  IntrusiveList<Place> all;
  queue.take_all(all);
  EXPECT_TRUE(all.empty());
  EXPECT_EQ(queue.wake_first(), nullptr);
  EXPECT_EQ(queue.wake_next(), nullptr);
  EXPECT_EQ(queue.take_next(), nullptr);
  EXPECT_FALSE(queue.anybody());
}

TEST_F(WaitQueueOfThree, gives_places_in_the_order_in_which_they_came) {
  EXPECT_EQ(queue.count(), 3u);
  EXPECT_EQ(take_the_rest(), (std::vector<int>{1, 2, 3}));
  EXPECT_FALSE(queue.anybody());
}

TEST_F(WaitQueueOfThree, counts_one_that_was_woken_until_it_leaves) {
  EXPECT_EQ(queue.wake_next(), &one);
  EXPECT_EQ(queue.count(), 3u);
  EXPECT_TRUE(queue.leave(one)) << "it was woken";
  EXPECT_EQ(queue.count(), 2u);
}

TEST_F(WaitQueueOfThree, wakes_no_second_first_one_before_the_first_has_left) {
  EXPECT_EQ(queue.wake_first(), &one);
  EXPECT_EQ(queue.wake_first(), nullptr);
  EXPECT_TRUE(queue.leave(one));
  EXPECT_EQ(queue.wake_first(), &two);
}

TEST_F(WaitQueueOfThree, wakes_several_next_ones_before_the_first_has_left) {
  EXPECT_EQ(queue.wake_next(), &one);
  EXPECT_EQ(queue.wake_next(), &two);
  EXPECT_TRUE(queue.leave(two));
  EXPECT_TRUE(queue.leave(one));
  EXPECT_EQ(queue.count(), 1u);
}

TEST_F(WaitQueueOfThree, forgets_a_cancelled_one) {
  EXPECT_TRUE(queue.cancel(two));
  EXPECT_EQ(queue.count(), 2u);
  EXPECT_EQ(take_the_rest(), (std::vector<int>{1, 3}));
  EXPECT_FALSE(queue.leave(two)) << "it was not woken";
}

TEST_F(WaitQueueOfThree, keeps_the_place_of_one_that_is_cancelled_in_line_and_does_not_count_it) {
  EXPECT_TRUE(queue.cancel_in_line(one));
  EXPECT_EQ(queue.count(), 2u);
  EXPECT_EQ(queue.wake_first(), nullptr) << "the first one cannot be woken";
  EXPECT_FALSE(queue.leave(one));
  EXPECT_EQ(queue.wake_first(), &two);
}

TEST_F(WaitQueueOfThree, refuses_to_cancel_who_was_woken_or_taken_or_cancelled) {
  IntrusiveList<Place> all;
  queue.wake_next();
  EXPECT_FALSE(queue.cancel(one)) << "woken";
  EXPECT_FALSE(queue.cancel_in_line(one));
  EXPECT_TRUE(queue.cancel(two));
  EXPECT_FALSE(queue.cancel(two)) << "cancelled";
  queue.take_all(all);
  EXPECT_FALSE(queue.cancel(three)) << "taken with all";
  EXPECT_EQ(all.pop_front(), &three);
}

TEST_F(WaitQueueOfThree, is_empty_when_all_were_taken_and_may_be_used_again) {
  IntrusiveList<Place> all;
  Place four{4};
  queue.take_all(all);
  EXPECT_FALSE(queue.anybody());
  queue.push(four);
  EXPECT_EQ(queue.count(), 1u);
  EXPECT_TRUE(queue.cancel(four)) << "it came behind them";
  EXPECT_EQ(all.front(), &one);
  while (all.pop_front() != nullptr) {
  }
}

TEST_F(WaitQueueOfThree, tells_of_a_destroyed_place_whether_it_was_woken) {
  queue.wake_next();
  EXPECT_TRUE(queue.abandon(one)) << "somebody else is to have it";
  EXPECT_FALSE(queue.abandon(two)) << "it waited";
  EXPECT_TRUE(queue.cancel_in_line(three));
  EXPECT_FALSE(queue.abandon(three)) << "it was cancelled";
  EXPECT_FALSE(queue.abandon(three)) << "it is gone";
  EXPECT_FALSE(queue.anybody());
  EXPECT_FALSE(three.linked());
}

TEST(WaitQueue, belongs_to_the_loop_of_its_first_place_for_ever) {
  Queue queue;
  Place first{1, 7}, foreign{2, 8}, own{3, 7};
  queue.push(first);
  EXPECT_EQ(queue.take_next(), &first);
  queue.push(foreign);
  EXPECT_EQ(foreign.mark.loop.get(), kTurnedAway);
  EXPECT_FALSE(queue.anybody());
  EXPECT_FALSE(foreign.linked());
  queue.push(own);
  EXPECT_EQ(queue.take_next(), &own);
}

}  // namespace
}  // namespace weft::tests
