#include "weft/primitives/once_cell_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "primitives/place.h"

namespace weft::tests {
namespace {

using testing::ElementsAre;
using State = OnceCellState<Place>;

class OnceCellStateTest : public ::testing::Test {
 protected:
  State state;
  Place one, two;
  PlaceList woken;
};

TEST_F(OnceCellStateTest, gives_the_turn_once_until_there_is_a_value) {
  EXPECT_TRUE(state.try_begin());
  EXPECT_FALSE(state.try_begin());
  EXPECT_TRUE(state.is_being_made());
  EXPECT_FALSE(state.is_set());
  state.finish(woken);
  EXPECT_TRUE(state.is_set());
  EXPECT_FALSE(state.is_being_made());
  EXPECT_FALSE(state.try_begin());
  EXPECT_TRUE(state.begin_or_queue(one)) << "nobody waits for what is there";
}

TEST_F(OnceCellStateTest, wakes_all_when_there_is_a_value) {
  EXPECT_TRUE(state.begin_or_queue(one)) << "it is its turn";
  EXPECT_FALSE(state.begin_or_queue(one));
  EXPECT_FALSE(state.begin_or_queue(two));
  EXPECT_EQ(state.waiting(), 2u);
  state.finish(woken);
  EXPECT_THAT(all_of(woken), ElementsAre(&one, &two));
}

TEST_F(OnceCellStateTest, gives_a_turn_that_was_given_up_to_the_next_in_line) {
  EXPECT_TRUE(state.try_begin());
  EXPECT_FALSE(state.begin_or_queue(one));
  EXPECT_FALSE(state.begin_or_queue(two));
  EXPECT_EQ(state.give_up(), &one);
  EXPECT_TRUE(state.is_being_made()) << "it is its turn already";
  EXPECT_FALSE(state.try_begin());
  EXPECT_EQ(state.withdraw(one), &two) << "it was cancelled with the turn";
  EXPECT_EQ(state.give_up(), nullptr);
  EXPECT_FALSE(state.is_being_made());
}

TEST_F(OnceCellStateTest, passes_on_nothing_of_one_that_is_cancelled_without_the_turn) {
  EXPECT_TRUE(state.try_begin());
  EXPECT_FALSE(state.begin_or_queue(one));
  EXPECT_FALSE(state.begin_or_queue(two));
  EXPECT_EQ(state.withdraw(one), nullptr);
  EXPECT_EQ(state.give_up(), &two);
  EXPECT_FALSE(state.cancel(two)) << "it was woken before";
}

}  // namespace
}  // namespace weft::tests
