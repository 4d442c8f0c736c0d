#include "weft/runtime/flow/group_state.h"

#include <gtest/gtest.h>

namespace weft::tests {
namespace {

struct Link : ListNode {};
using State = GroupState<Link, int>;
constexpr auto nothing = [] {};
constexpr auto ignore = [](Link&) {};

TEST(GroupState, tells_when_the_block_and_the_last_task_have_ended) {
  State state;
  Link one, two;
  EXPECT_EQ(state.add(one), Openness::open);
  EXPECT_EQ(state.add(two), Openness::open);
  state.block_ended(false, nothing, ignore);
  EXPECT_TRUE(state.wait(7));
  EXPECT_EQ(state.remove(one), 0);
  EXPECT_EQ(state.remove(two), 7);
  EXPECT_FALSE(state.wait(8));
  EXPECT_EQ(state.openness(), Openness::ended);
}

TEST(GroupState, is_aborted_by_the_first_task_that_fails) {
  State state;
  Link one, two, late;
  static_cast<void>(state.add(one));
  static_cast<void>(state.add(two));
  int visits = 0;
  int kept = 0;
  const auto keep = [&kept] { ++kept; };
  const auto visit = [&visits](Link&) { ++visits; };
  EXPECT_TRUE(state.child_failed(keep, visit));
  EXPECT_FALSE(state.child_failed(keep, visit));
  EXPECT_EQ(visits, 2);
  EXPECT_EQ(kept, 2);
  EXPECT_EQ(state.add(late), Openness::aborting);
  EXPECT_EQ(state.remove(one), 0);
  EXPECT_EQ(state.remove(two), 0) << "nobody waits";
  EXPECT_FALSE(state.wait(1));
  EXPECT_TRUE(state.parent_cancelled());
}

TEST(GroupState, stays_until_a_cancel_is_over) {
  State state;
  EXPECT_EQ(state.begin_cancel(ignore), State::Cancel::of_tasks_and_parent);
  state.block_ended(true, nothing, ignore);
  EXPECT_TRUE(state.wait(3));
  EXPECT_EQ(state.end_cancel(), 3);
  EXPECT_FALSE(state.wait(4));
  EXPECT_EQ(state.begin_cancel(ignore), State::Cancel::too_late);
}

}  // namespace
}  // namespace weft::tests
