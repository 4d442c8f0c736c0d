#include "weft/primitives/oneshot_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "primitives/place.h"

namespace weft::tests {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using State = OneshotState<Place>;

class OneshotStateTest : public ::testing::Test {
 protected:
  void send() {
    ASSERT_EQ(state.claim(), State::Claimed::done);
    ASSERT_TRUE(state.publish(woken));
  }

  State state;
  Place one, two;
  PlaceList woken;
};

TEST_F(OneshotStateTest, is_sent_once_and_received_once) {
  send();
  EXPECT_EQ(state.claim(), State::Claimed::sent_before);
  EXPECT_TRUE(state.settled());
  EXPECT_TRUE(state.sent());
  EXPECT_EQ(state.take(), State::Received::value);
  EXPECT_EQ(state.take(), State::Received::taken_before);
  EXPECT_TRUE(state.taken());
}

TEST_F(OneshotStateTest, can_be_sent_again_when_the_value_could_not_be_made) {
  EXPECT_EQ(state.claim(), State::Claimed::done);
  EXPECT_EQ(state.claim(), State::Claimed::sent_before);
  state.unclaim();
  EXPECT_FALSE(state.settled());
  send();
}

TEST_F(OneshotStateTest, wakes_who_receives_when_it_is_sent_or_the_sender_goes) {
  EXPECT_TRUE(state.queue(one));
  EXPECT_EQ(state.waiting(), 1u);
  send();
  EXPECT_THAT(all_of(woken), ElementsAre(&one));
  EXPECT_FALSE(state.queue(two)) << "nobody waits for what is there";
  State other;
  EXPECT_TRUE(other.queue(two));
  other.abandon(woken);
  EXPECT_THAT(all_of(woken), ElementsAre(&two));
  EXPECT_TRUE(other.abandoned());
  EXPECT_EQ(other.take(), State::Received::abandoned);
}

TEST_F(OneshotStateTest, is_not_abandoned_when_it_was_sent) {
  send();
  state.abandon(woken);
  EXPECT_FALSE(state.abandoned());
  EXPECT_EQ(state.take(), State::Received::value);
}

TEST_F(OneshotStateTest, takes_nothing_more_when_the_receiver_has_closed_it) {
  EXPECT_EQ(state.claim(), State::Claimed::done);
  EXPECT_TRUE(state.queue(one));
  EXPECT_TRUE(state.queue_for_close(two));
  state.close(woken);
  EXPECT_THAT(all_of(woken), ElementsAre(&one, &two));
  EXPECT_FALSE(state.publish(woken)) << "the value is the sender's again";
  EXPECT_EQ(state.claim(), State::Claimed::closed);
  EXPECT_EQ(state.take(), State::Received::closed);
  EXPECT_FALSE(state.queue_for_close(two)) << "it is closed";
}

TEST_F(OneshotStateTest, gives_what_was_sent_before_it_was_closed) {
  send();
  state.close(woken);
  EXPECT_EQ(state.take(), State::Received::value);
}

TEST_F(OneshotStateTest, lets_one_that_is_cancelled_out_of_either_line) {
  EXPECT_TRUE(state.queue(one));
  EXPECT_TRUE(state.queue_for_close(two));
  EXPECT_TRUE(state.cancel(one));
  EXPECT_TRUE(state.cancel_for_close(two));
  state.close(woken);
  EXPECT_THAT(all_of(woken), IsEmpty());
}

}  // namespace
}  // namespace weft::tests
