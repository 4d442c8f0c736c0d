#include "weft/runtime/flow/gather_ends.h"

#include <gtest/gtest.h>

namespace weft::tests {
namespace {

TEST(GatherEnds, is_over_when_the_last_child_has_told) {
  GatherEnds<int> ends;
  ends.reset(2);
  EXPECT_FALSE(ends.child_told());
  EXPECT_TRUE(ends.child_told());
  EXPECT_EQ(ends.failed(), nullptr);
  EXPECT_FALSE(ends.cancelled());
}

TEST(GatherEnds, remembers_the_first_child_that_failed) {
  GatherEnds<int> ends;
  int first = 0;
  int second = 0;
  ends.reset(2);
  EXPECT_TRUE(ends.child_failed(first));
  EXPECT_FALSE(ends.child_failed(second));
  EXPECT_EQ(ends.failed(), &first);
}

TEST(GatherEnds, is_held_open_by_a_cancel_until_that_is_over) {
  GatherEnds<int> ends;
  ends.reset(1);
  EXPECT_TRUE(ends.begin_cancel());
  EXPECT_FALSE(ends.child_told());
  EXPECT_TRUE(ends.end_cancel(true));
  EXPECT_TRUE(ends.cancelled());
  EXPECT_FALSE(ends.begin_cancel()) << "all have told";
}

TEST(GatherEnds, forgets_a_cancel_that_has_reached_nobody) {
  GatherEnds<int> ends;
  ends.reset(1);
  EXPECT_TRUE(ends.begin_cancel());
  EXPECT_FALSE(ends.end_cancel(false));
  EXPECT_FALSE(ends.cancelled());
  EXPECT_TRUE(ends.child_told());
}

}  // namespace
}  // namespace weft::tests
