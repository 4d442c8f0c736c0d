#include "weft/runtime/task/living.h"

#include <gtest/gtest.h>

namespace weft::tests {
namespace {

TEST(Living, uses_an_object_between_its_join_and_its_leave_only) {
  Living<int> living;
  const int object = 0;
  int uses = 0;
  const auto use = [&uses] { ++uses; };
  EXPECT_FALSE(living.if_alive(&object, use));
  living.join(object);
  EXPECT_TRUE(living.if_alive(&object, use));
  EXPECT_FALSE(living.if_alive(nullptr, use));
  living.leave(object);
  EXPECT_FALSE(living.if_alive(&object, use));
  EXPECT_EQ(uses, 1);
}

}  // namespace
}  // namespace weft::tests
