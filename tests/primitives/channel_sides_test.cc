#include "weft/primitives/channel_sides.h"

#include <gtest/gtest.h>

namespace weft::tests {
namespace {

// What the end of a side does to a queue.
struct Queue {
  int ends = 0;
  bool dropped = false;
  void shut_down(bool drop, int&) {
    ++ends;
    dropped = dropped || drop;
  }
};

class ChannelSidesTest : public ::testing::Test {
 protected:
  ChannelSides<> sides;
  Queue queue;
  int woken = 0;
};

TEST_F(ChannelSidesTest, end_with_the_last_sender_and_leave_what_is_there) {
  EXPECT_EQ(sides.senders(), 1u);
  sides.add_sender();
  EXPECT_EQ(sides.senders(), 2u);
  EXPECT_FALSE(sides.drop_sender(queue, woken));
  EXPECT_EQ(queue.ends, 0);
  EXPECT_TRUE(sides.drop_sender(queue, woken));
  EXPECT_EQ(queue.ends, 1);
  EXPECT_FALSE(queue.dropped);
}

TEST_F(ChannelSidesTest, end_with_the_last_receiver_and_drop_what_is_there) {
  sides.add_receiver();
  EXPECT_EQ(sides.receivers(), 2u);
  EXPECT_FALSE(sides.drop_receiver(queue, woken));
  EXPECT_TRUE(sides.drop_receiver(queue, woken));
  EXPECT_EQ(queue.ends, 1);
  EXPECT_TRUE(queue.dropped);
  EXPECT_EQ(sides.senders(), 1u);
}

}  // namespace
}  // namespace weft::tests
