#include "weft/primitives/barrier_state.h"

#include <gtest/gtest.h>

namespace weft::tests {
namespace {

using State = BarrierState<>;
using Phase = State::Phase;

TEST(BarrierState, numbers_those_that_come_and_drains_when_all_have) {
  State state(3);
  EXPECT_EQ(state.parties(), 3);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(state.come(), i);
    EXPECT_EQ(state.phase(), Phase::filling);
    EXPECT_EQ(state.waiting(), i + 1);
  }
  EXPECT_EQ(state.come(), 2);
  EXPECT_EQ(state.phase(), Phase::draining);
  EXPECT_EQ(state.waiting(), 0) << "all go on";
  EXPECT_TRUE(state.closed());
  EXPECT_FALSE(state.failed());
}

TEST(BarrierState, is_filled_again_when_the_last_one_has_left) {
  State state(2);
  state.come();
  state.come();
  EXPECT_FALSE(state.leave());
  EXPECT_TRUE(state.closed());
  EXPECT_TRUE(state.leave()) << "those outside are to be woken";
  EXPECT_EQ(state.phase(), Phase::filling);
  EXPECT_FALSE(state.closed());
  EXPECT_EQ(state.come(), 0);
}

TEST(BarrierState, gives_the_number_of_one_that_left_while_it_was_filling_again) {
  State state(3);
  state.come();
  EXPECT_EQ(state.come(), 1);
  EXPECT_FALSE(state.leave());
  EXPECT_EQ(state.waiting(), 1);
  EXPECT_EQ(state.come(), 1);
}

TEST(BarrierState, that_is_reset_fails_those_inside_and_is_as_new_when_they_have_left) {
  State state(3);
  state.reset();
  EXPECT_EQ(state.phase(), Phase::filling) << "nobody was inside";
  state.come();
  state.reset();
  EXPECT_TRUE(state.failed());
  EXPECT_TRUE(state.closed());
  EXPECT_TRUE(state.leave());
  EXPECT_EQ(state.phase(), Phase::filling);
}

TEST(BarrierState, that_is_aborted_stays_broken_until_it_is_reset) {
  State state(2);
  state.come();
  state.abort();
  EXPECT_TRUE(state.failed());
  EXPECT_FALSE(state.closed()) << "who comes does not wait but throws";
  EXPECT_TRUE(state.leave());
  EXPECT_EQ(state.phase(), Phase::broken);
  state.reset();
  EXPECT_EQ(state.phase(), Phase::filling);
}

}  // namespace
}  // namespace weft::tests
