#include "weft/primitives/notify_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "primitives/place.h"

namespace weft::tests {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using State = NotifyState<Place>;

class NotifyStateTest : public ::testing::Test {
 protected:
  State state;
  Place one, two;
  PlaceList woken;
};

TEST_F(NotifyStateTest, keeps_one_notification_while_nobody_waits) {
  EXPECT_FALSE(state.try_take());
  EXPECT_EQ(state.notify_one(), nullptr);
  EXPECT_EQ(state.notify_one(), nullptr);
  EXPECT_TRUE(state.is_stored());
  EXPECT_TRUE(state.try_take());
  EXPECT_FALSE(state.try_take()) << "two were kept as one";
  state.notify_all(woken);
  EXPECT_FALSE(state.is_stored()) << "one for all is kept for nobody";
}

TEST_F(NotifyStateTest, gives_what_is_kept_to_one_that_would_have_waited) {
  EXPECT_EQ(state.notify_one(), nullptr);
  EXPECT_TRUE(state.take_or_queue(one));
  EXPECT_EQ(state.waiting(), 0u);
  EXPECT_FALSE(state.take_or_queue(one));
  EXPECT_EQ(state.waiting(), 1u);
  EXPECT_EQ(state.notify_one(), &one);
  EXPECT_TRUE(State::was_notified_alone(one));
}

TEST_F(NotifyStateTest, wakes_the_first_or_all_in_the_order_of_their_coming) {
  EXPECT_FALSE(state.take_or_queue(one));
  EXPECT_FALSE(state.take_or_queue(two));
  EXPECT_EQ(state.notify_one(), &one);
  EXPECT_FALSE(state.take_or_queue(one));
  state.notify_all(woken);
  EXPECT_THAT(all_of(woken), ElementsAre(&two, &one));
  EXPECT_FALSE(State::was_notified_alone(two));
}

TEST_F(NotifyStateTest, passes_on_what_one_was_given_that_is_destroyed) {
  EXPECT_FALSE(state.take_or_queue(one));
  EXPECT_FALSE(state.take_or_queue(two));
  EXPECT_EQ(state.notify_one(), &one);
  EXPECT_FALSE(state.cancel(one)) << "it was woken before";
  EXPECT_EQ(state.abandon(one), &two);
  EXPECT_EQ(state.abandon(two), nullptr);
  EXPECT_TRUE(state.is_stored()) << "for whoever comes next";
}

TEST_F(NotifyStateTest, passes_on_nothing_of_one_that_was_woken_with_all_or_waits_still) {
  EXPECT_FALSE(state.take_or_queue(one));
  state.notify_all(woken);
  EXPECT_THAT(all_of(woken), ElementsAre(&one));
  EXPECT_EQ(state.abandon(one), nullptr);
  EXPECT_FALSE(state.take_or_queue(two));
  EXPECT_TRUE(state.cancel(two));
  state.notify_all(woken);
  EXPECT_THAT(all_of(woken), IsEmpty());
  EXPECT_FALSE(state.is_stored());
}

}  // namespace
}  // namespace weft::tests
