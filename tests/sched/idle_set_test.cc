#include "weft/runtime/sched/idle_set.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

constexpr unsigned kNobody = 3;

TEST(IdleSet, nobody_is_woken_while_nobody_sleeps) {
  IdleSet<> idle(3, 3);
  EXPECT_FALSE(idle.somebody_sleeps());
  EXPECT_FALSE(idle.waking_pays());
  EXPECT_EQ(idle.wake_one(kNobody), -1);
}

TEST(IdleSet, announcing_counts_the_sleepers) {
  IdleSet<> idle(3, 3);
  EXPECT_EQ(idle.announce(2), 1U);
  EXPECT_EQ(idle.announce(0), 2U);
  EXPECT_EQ(idle.announce(1), 3U);
  EXPECT_EQ(idle.retract(0), Woken::by_itself);
  EXPECT_EQ(idle.announce(0), 3U);
}

TEST(IdleSet, whoever_finds_something_in_the_last_look_retracts_and_counts_no_more) {
  IdleSet<> idle(3, 3);
  idle.announce(1);
  EXPECT_EQ(idle.word(1).load(), IdleSet<>::kAsleep);
  EXPECT_EQ(idle.retract(1), Woken::by_itself);
  EXPECT_EQ(idle.word(1).load(), IdleSet<>::kAwake);
  EXPECT_FALSE(idle.somebody_sleeps());
}

TEST(IdleSet, a_producer_wakes_one_sleeper_who_searches_from_then_on) {
  IdleSet<> idle(3, 3);
  idle.announce(1);
  idle.announce(2);
  EXPECT_TRUE(idle.waking_pays());
  EXPECT_EQ(idle.wake_one(kNobody), 1);
  EXPECT_EQ(idle.word(1).load(), IdleSet<>::kNotified)
      << "the futex word changes, so that a wait that begins now returns";
  EXPECT_FALSE(idle.waking_pays()) << "one searches already";
  EXPECT_EQ(idle.wake_one(kNobody), -1);
  EXPECT_EQ(idle.retract(1), Woken::by_producer);
  EXPECT_TRUE(idle.end_search()) << "the claimed worker was the only searcher";
  EXPECT_EQ(idle.wake_one(kNobody), 2);
}

TEST(IdleSet, the_last_choice_is_woken_only_when_no_other_sleeps) {
  IdleSet<> idle(3, 3);
  idle.announce(0);
  idle.announce(2);
  EXPECT_EQ(idle.wake_one(0), 2);
  idle.retract(2);
  EXPECT_TRUE(idle.end_search());
  EXPECT_EQ(idle.wake_one(0), 0);
}

TEST(IdleSet, no_more_search_than_is_allowed) {
  IdleSet<> idle(4, 2);
  EXPECT_TRUE(idle.begin_search());
  EXPECT_TRUE(idle.begin_search());
  EXPECT_FALSE(idle.begin_search());
  EXPECT_FALSE(idle.end_search()) << "one searches still";
  EXPECT_TRUE(idle.begin_search());
  EXPECT_FALSE(idle.end_search());
  EXPECT_TRUE(idle.end_search()) << "this was the last one";
}

TEST(IdleSet, a_given_worker_is_claimed_once_and_only_while_it_sleeps) {
  IdleSet<> idle(2, 1);
  EXPECT_FALSE(idle.claim_for_search(1));
  EXPECT_TRUE(idle.begin_search()) << "a claim that failed leaves no searcher behind";
  idle.announce(1);
  EXPECT_TRUE(idle.claim_for_search(1)) << "whoever searches";
  EXPECT_FALSE(idle.claim_for_search(1));
  EXPECT_FALSE(idle.somebody_sleeps());
  EXPECT_EQ(idle.retract(1), Woken::by_producer);
  EXPECT_FALSE(idle.end_search());
  EXPECT_TRUE(idle.end_search());
}

}  // namespace
}  // namespace weft
