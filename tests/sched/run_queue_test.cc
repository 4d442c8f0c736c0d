#include "weft/runtime/sched/run_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <deque>
#include <vector>

#include "weft/runtime/base/random.h"

namespace weft {
namespace {

using testing::ElementsAre;

using Numbers = RunQueue<const int>;

// Items that live as long as the test: queues hold pointers only.
const int* item(int number) {
  static std::deque<int> numbers;
  while (numbers.size() <= static_cast<std::size_t>(number)) numbers.push_back(static_cast<int>(numbers.size()));
  return &numbers[static_cast<std::size_t>(number)];
}

int number_of(const int* popped) { return popped == nullptr ? -1 : *popped; }

void fill(Numbers& queue, int from, int to) {
  for (int number = from; number < to; ++number) queue.push(item(number));
}

std::vector<int> drained(Numbers& queue) {
  std::vector<int> numbers;
  while (const int* popped = queue.pop()) numbers.push_back(*popped);
  return numbers;
}

TEST(RunQueue, the_owner_takes_entries_in_the_order_in_which_they_came) {
  Numbers queue;
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.pop(), nullptr);
  fill(queue, 0, 3);
  EXPECT_EQ(queue.size(), 3U);
  EXPECT_EQ(number_of(queue.pop()), 0);
  fill(queue, 3, 4);
  EXPECT_THAT(drained(queue), ElementsAre(1, 2, 3));
  EXPECT_TRUE(queue.empty());
}

TEST(RunQueue, an_owner_without_thieves_takes_entries_in_the_same_order) {
  Numbers queue(2);
  EXPECT_EQ(queue.pop_alone(), nullptr);
  fill(queue, 0, 5);
  for (int number = 0; number < 3; ++number) EXPECT_EQ(number_of(queue.pop_alone()), number);
  fill(queue, 5, 9);
  for (int number = 3; number < 9; ++number) EXPECT_EQ(number_of(queue.pop_alone()), number);
  EXPECT_EQ(queue.pop_alone(), nullptr);
  EXPECT_TRUE(queue.empty());
}

TEST(RunQueue, a_thief_takes_the_older_half_and_gets_the_oldest_in_its_hand) {
  Numbers victim;
  Numbers thief;
  fill(victim, 0, 7);
  EXPECT_EQ(number_of(victim.steal_half(thief)), 0);
  EXPECT_THAT(drained(thief), ElementsAre(1, 2, 3));
  EXPECT_THAT(drained(victim), ElementsAre(4, 5, 6));
}

TEST(RunQueue, a_thief_takes_the_only_entry) {
  Numbers victim;
  Numbers thief;
  fill(victim, 0, 1);
  EXPECT_EQ(number_of(victim.steal_half(thief)), 0);
  EXPECT_TRUE(thief.empty());
  EXPECT_TRUE(victim.empty());
}

TEST(RunQueue, a_thief_of_an_empty_queue_gets_nothing) {
  Numbers victim;
  Numbers thief;
  EXPECT_EQ(victim.steal_half(thief), nullptr);
  fill(victim, 0, 1);
  victim.pop();
  EXPECT_EQ(victim.steal_half(thief), nullptr);
  EXPECT_TRUE(thief.empty());
}

TEST(RunQueue, a_thief_puts_its_loot_behind_what_it_has) {
  Numbers victim;
  Numbers thief;
  fill(victim, 0, 4);
  fill(thief, 10, 12);
  EXPECT_EQ(number_of(victim.steal_half(thief)), 0);
  EXPECT_THAT(drained(thief), ElementsAre(10, 11, 1));
}

TEST(RunQueue, a_thief_takes_no_more_than_it_is_told) {
  Numbers victim;
  Numbers thief;
  fill(victim, 0, 1000);
  EXPECT_EQ(number_of(victim.steal_half(thief)), 0);
  EXPECT_EQ(thief.size(), 127U) << "128 at most, one of them in the hand";
  EXPECT_EQ(victim.size(), 872U);
  EXPECT_EQ(number_of(victim.steal_half(thief, 2)), 128);
  EXPECT_EQ(thief.size(), 128U);
}

TEST(RunQueue, grows_and_keeps_the_order) {
  Numbers queue(4);
  fill(queue, 0, 3);
  queue.pop();
  fill(queue, 3, 5000);
  EXPECT_EQ(queue.size(), 4999U);
  for (int number = 1; number < 5000; ++number) ASSERT_EQ(number_of(queue.pop()), number);
}

TEST(RunQueue, a_thief_with_a_small_ring_grows_it_for_its_loot) {
  Numbers victim(256);
  Numbers thief(2);
  fill(victim, 0, 200);
  EXPECT_EQ(number_of(victim.steal_half(thief)), 0);
  for (int number = 1; number < 100; ++number) ASSERT_EQ(number_of(thief.pop()), number);
  EXPECT_TRUE(thief.empty());
}

TEST(RunQueue, agrees_with_a_model_over_fifty_thousand_random_operations) {
  Random random(3);
  Numbers one(2);
  Numbers two(2);
  std::deque<int> one_model;
  std::deque<int> two_model;
  const auto first_of = [](std::deque<int>& model) {
    if (model.empty()) return -1;
    const int first = model.front();
    model.pop_front();
    return first;
  };
  for (int step = 0; step < 50'000; ++step) {
    const bool swapped = random.below(2) == 0;
    Numbers& mine = swapped ? two : one;
    Numbers& other = swapped ? one : two;
    std::deque<int>& mine_model = swapped ? two_model : one_model;
    std::deque<int>& other_model = swapped ? one_model : two_model;
    const std::uint32_t what = random.below(20);
    if (what < 10) {
      mine.push(item(step));
      mine_model.push_back(step);
    } else if (what < 19) {
      ASSERT_EQ(number_of(mine.pop()), first_of(mine_model)) << "at step " << step;
    } else {
      std::size_t count = (other_model.size() + 1) / 2;
      ASSERT_EQ(number_of(other.steal_half(mine, 50)), first_of(other_model)) << "at step " << step;
      for (count = count > 50 ? 50 : count; count > 1; --count) mine_model.push_back(first_of(other_model));
    }
    ASSERT_EQ(mine.size(), mine_model.size()) << "at step " << step;
    ASSERT_EQ(other.size(), other_model.size()) << "at step " << step;
  }
  EXPECT_EQ(drained(one), std::vector<int>(one_model.begin(), one_model.end()));
  EXPECT_EQ(drained(two), std::vector<int>(two_model.begin(), two_model.end()));
}

}  // namespace
}  // namespace weft
