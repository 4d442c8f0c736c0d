#include "weft/runtime/task/join_count.h"

#include <gtest/gtest.h>

namespace weft::tests {
namespace {

TEST(JoinCount, one_that_carries_all_needs_no_subtraction) {
  JoinCount<> count;
  count.reset(3);
  EXPECT_EQ(count.count(), 3u);
  EXPECT_FALSE(count.is_all(1));
  EXPECT_FALSE(count.is_all(2));
  EXPECT_TRUE(count.is_all(3));
}

TEST(JoinCount, only_the_last_subtraction_ends_it) {
  JoinCount<> count;
  count.reset(6);
  EXPECT_FALSE(count.subtract(1));
  EXPECT_FALSE(count.subtract(2));
  EXPECT_TRUE(count.subtract(3));
}

TEST(JoinCount, can_be_used_again) {
  JoinCount<> count;
  count.reset(1);
  EXPECT_TRUE(count.subtract(1));
  count.reset(2);
  EXPECT_FALSE(count.subtract(1));
  EXPECT_TRUE(count.subtract(1));
}

}  // namespace
}  // namespace weft::tests
