#include "weft/runtime/base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <set>

namespace weft {
namespace {

TEST(Random, gives_the_published_numbers_of_splitmix64) {
  Random random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317ULL);
  EXPECT_EQ(random.next(), 3203168211198807973ULL);
  EXPECT_EQ(random.next(), 9817491932198370423ULL);
}

TEST(Random, the_same_seed_gives_the_same_numbers_and_another_seed_others) {
  Random one(42);
  Random same(42);
  Random other(43);
  int equal = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t number = one.next();
    ASSERT_EQ(number, same.next()) << "at number " << i;
    if (number == other.next()) ++equal;
  }
  EXPECT_EQ(equal, 0);
}

TEST(Random, below_stays_below_its_bound_and_reaches_every_value) {
  Random random(7);
  for (const std::uint32_t bound : {1U, 2U, 3U, 7U, 64U}) {
    std::set<std::uint32_t> seen;
    for (std::uint32_t i = 0; i < bound * 100; ++i) {
      const std::uint32_t value = random.below(bound);
      ASSERT_LT(value, bound);
      seen.insert(value);
    }
    EXPECT_EQ(seen.size(), bound);
  }
  for (int i = 0; i < 1000; ++i) ASSERT_LT(random.below(UINT32_MAX), UINT32_MAX);
}

// 8 values, 80,000 draws: the standard deviation of a count is 94.
TEST(Random, below_prefers_no_value) {
  Random random(2024);
  std::array<int, 8> counts{};
  for (int i = 0; i < 80'000; ++i) ++counts.at(random.below(8));
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 600);
}

}  // namespace
}  // namespace weft
