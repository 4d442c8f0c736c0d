#include "weft/primitives/event_state.h"

#include <gtest/gtest.h>

#include "primitives/place.h"

namespace weft::tests {
namespace {

class EventStateTest : public ::testing::Test {
 protected:
  Places set() {
    PlaceList woken;
    state.set(woken);
    return all_of(woken);
  }
  EventState<Place> state;
  Place one, two, three;
};

TEST_F(EventStateTest, is_set_and_cleared) {
  EXPECT_FALSE(state.is_set());
  EXPECT_TRUE(set().empty());
  EXPECT_TRUE(state.is_set());
  EXPECT_TRUE(set().empty());
  EXPECT_FALSE(state.queue(one)) << "what is set is not waited for";
  state.clear();
  EXPECT_FALSE(state.is_set());
  EXPECT_TRUE(state.queue(one));
  state.clear();
  EXPECT_EQ(state.waiting(), 1u) << "clear() wakes nobody";
  EXPECT_TRUE(state.cancel(one));
}

TEST_F(EventStateTest, wakes_all_that_wait_in_order_behind_those_that_are_to_be_told_already) {
  ASSERT_TRUE(state.queue(two));
  ASSERT_TRUE(state.queue(three));
  PlaceList woken;
  woken.push_back(one);
  state.set(woken);
  EXPECT_EQ(all_of(woken), (Places{&one, &two, &three}));
  EXPECT_EQ(state.waiting(), 0u);
}

TEST_F(EventStateTest, does_not_wake_who_comes_after_it_was_cleared) {
  ASSERT_TRUE(state.queue(one));
  PlaceList woken;
  state.set(woken);
  state.clear();
  ASSERT_TRUE(state.queue(two));
  EXPECT_EQ(all_of(woken), Places{&one});
  EXPECT_EQ(state.waiting(), 1u);
  EXPECT_EQ(set(), Places{&two});
}

TEST_F(EventStateTest, forgets_who_is_cancelled_unless_that_was_woken) {
  ASSERT_TRUE(state.queue(one));
  ASSERT_TRUE(state.queue(two));
  EXPECT_TRUE(state.cancel(one));
  PlaceList woken;
  state.set(woken);
  EXPECT_FALSE(state.cancel(two)) << "it was woken";
  EXPECT_EQ(all_of(woken), Places{&two});
}

}  // namespace
}  // namespace weft::tests
