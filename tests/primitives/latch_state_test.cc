#include "weft/primitives/latch_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "primitives/place.h"

namespace weft::tests {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using State = LatchState<Place>;

class LatchStateTest : public ::testing::Test {
 protected:
  Place one, two;
  PlaceList woken;
};

TEST_F(LatchStateTest, is_open_when_all_was_counted) {
  State state(3);
  EXPECT_EQ(state.count_down(2, woken), State::Counted::done);
  EXPECT_FALSE(state.is_open());
  EXPECT_EQ(state.pending(), 1u);
  EXPECT_EQ(state.count_down(1, woken), State::Counted::done);
  EXPECT_TRUE(state.is_open());
  EXPECT_FALSE(state.queue(one)) << "nobody waits any more";
  EXPECT_TRUE(State(0).is_open());
  EXPECT_EQ(State(State::kMost).pending(), State::kMost);
}

TEST_F(LatchStateTest, wakes_all_with_the_last_count) {
  State state(2);
  EXPECT_TRUE(state.queue(one));
  EXPECT_TRUE(state.queue(two));
  EXPECT_EQ(state.count_down(1, woken), State::Counted::done);
  EXPECT_THAT(all_of(woken), IsEmpty());
  EXPECT_EQ(state.waiting(), 2u);
  EXPECT_EQ(state.count_down(1, woken), State::Counted::done);
  EXPECT_THAT(all_of(woken), ElementsAre(&one, &two));
  EXPECT_FALSE(state.cancel(one)) << "it was woken before";
}

TEST_F(LatchStateTest, counts_nothing_of_what_is_too_many) {
  State state(1);
  EXPECT_EQ(state.count_down(2, woken), State::Counted::too_many);
  EXPECT_TRUE(state.queue(one));
  EXPECT_EQ(state.count_down(2, woken), State::Counted::too_many);
  EXPECT_EQ(state.pending(), 1u);
  EXPECT_THAT(all_of(woken), IsEmpty());
}

TEST_F(LatchStateTest, lets_one_that_is_cancelled_out_of_the_line) {
  State state(1);
  EXPECT_TRUE(state.queue(one));
  EXPECT_TRUE(state.queue(two));
  EXPECT_TRUE(state.cancel(one));
  EXPECT_EQ(state.count_down(1, woken), State::Counted::done);
  EXPECT_THAT(all_of(woken), ElementsAre(&two));
}

}  // namespace
}  // namespace weft::tests
