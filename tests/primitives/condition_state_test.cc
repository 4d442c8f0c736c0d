#include "weft/primitives/condition_state.h"

#include <gtest/gtest.h>

#include "primitives/place.h"

namespace weft::tests {
namespace {

class ConditionStateTest : public ::testing::Test {
 protected:
  ConditionStateTest() {
    for (Place* place : {&one, &two, &three}) state.queue(*place);
  }
  Places notify(std::size_t most) {
    PlaceList woken;
    state.notify(most, woken);
    return all_of(woken);
  }
  ConditionState<Place> state;
  Place one, two, three;
};

TEST_F(ConditionStateTest, notifies_so_many_of_those_that_have_waited_longest) {
  EXPECT_EQ(notify(0), Places());
  EXPECT_EQ(notify(2), (Places{&one, &two}));
  EXPECT_EQ(state.waiting(), 1u);
}

TEST_F(ConditionStateTest, notifies_all_when_they_are_fewer) {
  for (const std::size_t most : {std::size_t{4}, ~std::size_t{0}}) {
    EXPECT_EQ(notify(most), (Places{&one, &two, &three}));
    EXPECT_EQ(state.waiting(), 0u);
    EXPECT_EQ(notify(most), Places()) << "nobody waits";
    for (Place* place : {&one, &two, &three}) state.queue(*place);
  }
}

TEST_F(ConditionStateTest, passes_over_who_is_cancelled) {
  EXPECT_TRUE(state.cancel(one));
  EXPECT_EQ(state.waiting(), 2u);
  EXPECT_EQ(notify(1), Places{&two});
}

TEST_F(ConditionStateTest, refuses_to_cancel_who_was_notified) {
  notify(1);
  notify(2);
  for (Place* place : {&one, &two, &three}) EXPECT_FALSE(state.cancel(*place));
  state.queue(one);
  EXPECT_TRUE(state.cancel(one)) << "it waits again";
}

}  // namespace
}  // namespace weft::tests
