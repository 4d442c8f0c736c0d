#include "weft/primitives/guarded_queue.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "primitives/place.h"

namespace weft::tests {
namespace {

using Line = GuardedQueue<Place>;

std::uint64_t word(const Line& line) { return line.load(std::memory_order_relaxed); }

TEST(GuardedQueue, begins_with_the_bits_that_it_was_given_and_nobody) {
  Line line(3 * Line::kUnit);
  EXPECT_EQ(word(line), 3 * Line::kUnit);
  EXPECT_TRUE(Line::is_free(word(line)));
  EXPECT_EQ(line.waiting(), 0u);
}

TEST(GuardedQueue, is_changed_in_one_step_while_nobody_waits) {
  Line line;
  EXPECT_TRUE(line.change(0, Line::kUnit, std::memory_order_acquire));
  EXPECT_FALSE(line.change(0, Line::kUnit, std::memory_order_acquire)) << "it is another word";
  std::uint64_t seen = 0;
  EXPECT_FALSE(line.try_change(seen, 0, std::memory_order_release));
  EXPECT_EQ(seen, Line::kUnit) << "what there is";
  while (!line.try_change(seen, 0, std::memory_order_release)) {
  }
  EXPECT_EQ(word(line), 0u);
}

TEST(GuardedQueue, is_not_free_between_enter_and_leave_and_while_somebody_waits) {
  Line line(Line::kUnit);
  Place place;
  EXPECT_EQ(line.enter(), Line::kUnit) << "its own bits without the guard";
  EXPECT_FALSE(Line::is_free(word(line)));
  line.queue().push(place);
  line.leave(2 * Line::kUnit);
  EXPECT_FALSE(Line::is_free(word(line)));
  EXPECT_FALSE(line.change(2 * Line::kUnit, 0, std::memory_order_acquire));
  EXPECT_EQ(line.waiting(), 1u);
  EXPECT_EQ(line.enter(), 2 * Line::kUnit);
  EXPECT_TRUE(line.queue().cancel(place));
  line.leave(0);
  EXPECT_EQ(word(line), 0u);
}

TEST(GuardedQueue, lets_one_thread_in_at_a_time) {
  Line line;
  long sum = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 5000; ++round) {
        const std::uint64_t own = line.enter();
        ++sum;
        line.leave(own + Line::kUnit);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sum, 20'000);
  EXPECT_EQ(word(line), 20'000 * Line::kUnit);
}

}  // namespace
}  // namespace weft::tests
