#include "weft/primitives/semaphore_state.h"

#include <gtest/gtest.h>

#include "primitives/place.h"

namespace weft::tests {
namespace {

using State = SemaphoreState<Place>;
Place* release(State& state) {
  Place* woken = nullptr;
  EXPECT_EQ(state.release(woken), State::Released::done);
  return woken;
}
// Whom one that runs again, or is destroyed, makes others be told.
Places left(State& state, Place& place, bool thrown) {
  PlaceList woken;
  state.leave(place, thrown, woken);
  return all_of(woken);
}
Places abandoned(State& state, Place& place) {
  PlaceList woken;
  state.abandon(place, woken);
  return all_of(woken);
}

TEST(SemaphoreState, counts_permits) {
  State state(2);
  Place place;
  EXPECT_EQ(state.permits(), 2u);
  EXPECT_TRUE(state.try_acquire());
  EXPECT_FALSE(state.locked());
  EXPECT_TRUE(state.acquire_or_queue(place)) << "there is one: nobody need wait";
  EXPECT_TRUE(state.locked());
  EXPECT_FALSE(state.try_acquire());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(release(state), nullptr);
  EXPECT_EQ(state.permits(), 3u);
}

TEST(SemaphoreState, refuses_a_release_over_its_bound_also_while_somebody_waits) {
  State state(0);
  Place place;
  Place* woken = &place;
  EXPECT_EQ(state.release(woken, 0), State::Released::too_many);
  EXPECT_EQ(woken, nullptr);
  ASSERT_FALSE(state.acquire_or_queue(place));
  EXPECT_EQ(state.release(woken, 0), State::Released::too_many);
  EXPECT_EQ(woken, nullptr) << "nobody is woken by what is refused";
  EXPECT_EQ(state.release(woken, 1), State::Released::done);
  EXPECT_EQ(woken, &place);
  EXPECT_EQ(state.release(woken, 1), State::Released::done) << "the first permit is taken";
  EXPECT_EQ(state.release(woken, 1), State::Released::too_many);
  EXPECT_EQ(state.permits(), 1u);
  EXPECT_TRUE(left(state, place, false).empty());
}

TEST(SemaphoreState, holds_back_who_comes_while_one_that_was_woken_has_not_run) {
  State state(0);
  Place one, two, three;
  ASSERT_FALSE(state.acquire_or_queue(one));
  EXPECT_EQ(release(state), &one);
  EXPECT_EQ(release(state), nullptr);
  EXPECT_EQ(release(state), nullptr);
  EXPECT_EQ(state.permits(), 2u);
  EXPECT_TRUE(state.locked()) << "nobody overtakes the first one";
  EXPECT_FALSE(state.try_acquire());
  EXPECT_FALSE(state.acquire_or_queue(two));
  EXPECT_FALSE(state.acquire_or_queue(three));
  EXPECT_EQ(left(state, one, false), (Places{&two, &three}));
  EXPECT_EQ(state.permits(), 0u);
}

TEST(SemaphoreState, gives_the_permit_of_a_woken_one_that_throws_to_the_next) {
  State state(0);
  Place one, two;
  ASSERT_FALSE(state.acquire_or_queue(one));
  ASSERT_FALSE(state.acquire_or_queue(two));
  EXPECT_EQ(release(state), &one);
  EXPECT_FALSE(state.cancel(one)) << "it was woken";
  EXPECT_EQ(left(state, one, true), Places{&two});
  EXPECT_TRUE(left(state, two, true).empty());
  EXPECT_EQ(state.permits(), 1u) << "nobody is left to take it";
}

TEST(SemaphoreState, gives_nothing_to_a_cancelled_one) {
  State state(0);
  Place one, two;
  ASSERT_FALSE(state.acquire_or_queue(one));
  ASSERT_FALSE(state.acquire_or_queue(two));
  EXPECT_TRUE(state.cancel(one));
  EXPECT_EQ(state.waiting(), 1u);
  EXPECT_EQ(release(state), &two);
  EXPECT_TRUE(left(state, one, true).empty());
  EXPECT_TRUE(left(state, two, false).empty());
  EXPECT_EQ(state.permits(), 0u);
}

TEST(SemaphoreState, gives_the_permit_of_a_woken_one_that_is_destroyed_to_the_next) {
  State state(0);
  Place one, two, three;
  for (Place* place : {&one, &two, &three}) ASSERT_FALSE(state.acquire_or_queue(*place));
  EXPECT_TRUE(abandoned(state, one).empty()) << "it had nothing";
  EXPECT_EQ(release(state), &two);
  EXPECT_EQ(abandoned(state, two), Places{&three});
  EXPECT_TRUE(abandoned(state, three).empty());
  EXPECT_EQ(state.permits(), 1u);
  EXPECT_EQ(state.waiting(), 0u);
}

}  // namespace
}  // namespace weft::tests
