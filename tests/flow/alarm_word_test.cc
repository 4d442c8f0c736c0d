#include "weft/runtime/flow/alarm_word.h"

#include <gtest/gtest.h>

#include <thread>

namespace weft::tests {
namespace {

TEST(AlarmWord, fires_unless_it_was_disarmed_before) {
  AlarmWord<> fired;
  EXPECT_FALSE(fired.fired());
  EXPECT_TRUE(fired.begin_firing());
  EXPECT_TRUE(fired.fired());
  fired.end_firing();
  EXPECT_FALSE(fired.disarm());
  AlarmWord<> disarmed;
  EXPECT_TRUE(disarmed.disarm());
  EXPECT_FALSE(disarmed.begin_firing());
}

TEST(AlarmWord, lets_the_second_of_the_two_free_it) {
  AlarmWord<> alarm;
  EXPECT_FALSE(alarm.let_go());
  EXPECT_TRUE(alarm.let_go());
}

TEST(AlarmWord, makes_its_owner_wait_until_it_has_fired) {
  for (int round = 0; round < 1000; ++round) {
    AlarmWord<> alarm;
    int done = 0;
    std::thread queue([&] {
      if (!alarm.begin_firing()) return;
      done = 1;
      alarm.end_firing();
    });
    const bool disarmed = alarm.disarm();
    const int seen = disarmed ? 0 : done;
    queue.join();
    EXPECT_EQ(seen, disarmed ? 0 : 1);
    EXPECT_EQ(done, seen);
  }
}

}  // namespace
}  // namespace weft::tests
