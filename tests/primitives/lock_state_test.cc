#include "weft/primitives/lock_state.h"

#include <gtest/gtest.h>

#include "primitives/place.h"

namespace weft::tests {
namespace {

using State = LockState<Place>;

class LockStateTest : public ::testing::Test {
 protected:
  // The one to be told, of a release that must be done.
  Place* release() {
    Place* woken = nullptr;
    EXPECT_EQ(state.release(woken), State::Released::done);
    return woken;
  }
  void hold_with_two_in_line() {
    ASSERT_TRUE(state.try_acquire());
    ASSERT_FALSE(state.acquire_or_queue(one));
    ASSERT_FALSE(state.acquire_or_queue(two));
  }

  State state;
  Place one, two, three;
};

TEST_F(LockStateTest, is_taken_once_until_it_is_released) {
  EXPECT_FALSE(state.locked());
  EXPECT_TRUE(state.try_acquire());
  EXPECT_TRUE(state.locked());
  EXPECT_FALSE(state.try_acquire());
  EXPECT_EQ(release(), nullptr);
  EXPECT_TRUE(state.acquire_or_queue(one)) << "it is free: nobody need wait";
  EXPECT_EQ(release(), nullptr);
  EXPECT_FALSE(state.locked());
}

TEST_F(LockStateTest, says_when_it_was_free_already) {
  Place* woken = &one;
  EXPECT_EQ(state.release(woken), State::Released::was_free);
  EXPECT_EQ(woken, nullptr);
  hold_with_two_in_line();
  EXPECT_EQ(release(), &one);
  EXPECT_EQ(state.release(woken), State::Released::was_free) << "it is on its way";
  EXPECT_EQ(woken, nullptr);
}

TEST_F(LockStateTest, is_free_and_taken_by_nobody_else_on_its_way_to_the_first_in_line) {
  hold_with_two_in_line();
  EXPECT_EQ(release(), &one);
  EXPECT_FALSE(state.locked());
  EXPECT_FALSE(state.try_acquire());
  EXPECT_FALSE(state.acquire_or_queue(three));
  EXPECT_EQ(state.waiting(), 3u);
  EXPECT_EQ(state.leave(one, false), nullptr);
  EXPECT_TRUE(state.locked());
  EXPECT_EQ(release(), &two);
}

TEST_F(LockStateTest, goes_on_to_the_next_one_when_the_woken_one_throws) {
  hold_with_two_in_line();
  EXPECT_EQ(release(), &one);
  EXPECT_FALSE(state.cancel(one)) << "it was woken";
  EXPECT_EQ(state.leave(one, true), &two);
  EXPECT_FALSE(state.locked());
}

TEST_F(LockStateTest, waits_for_a_cancelled_first_one_to_leave_before_it_wakes_the_next) {
  hold_with_two_in_line();
  EXPECT_TRUE(state.cancel(one));
  EXPECT_EQ(state.waiting(), 1u);
  EXPECT_EQ(release(), nullptr);
  EXPECT_FALSE(state.try_acquire()) << "the second one waits";
  EXPECT_EQ(state.leave(one, true), &two);
}

TEST_F(LockStateTest, is_taken_past_those_that_are_all_cancelled) {
  hold_with_two_in_line();
  EXPECT_TRUE(state.cancel(one));
  EXPECT_TRUE(state.cancel(two));
  EXPECT_EQ(release(), nullptr);
  EXPECT_TRUE(state.try_acquire());
  EXPECT_EQ(state.leave(one, true), nullptr);
  EXPECT_EQ(state.leave(two, true), nullptr);
  EXPECT_TRUE(state.locked());
}

TEST_F(LockStateTest, goes_on_to_the_next_one_when_the_woken_one_is_destroyed) {
  hold_with_two_in_line();
  EXPECT_EQ(state.abandon(one), nullptr) << "the lock is held";
  ASSERT_FALSE(state.acquire_or_queue(three));
  EXPECT_EQ(release(), &two);
  EXPECT_EQ(state.abandon(two), &three);
  EXPECT_EQ(state.abandon(three), nullptr);
  EXPECT_EQ(state.waiting(), 0u);
  EXPECT_TRUE(state.try_acquire());
}

}  // namespace
}  // namespace weft::tests
