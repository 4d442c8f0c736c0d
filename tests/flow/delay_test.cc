#include "weft/runtime/flow/delay.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <type_traits>

namespace weft::tests {
namespace {
using namespace std::chrono_literals;

std::int64_t length(Delay delay) { return delay.nanoseconds(); }

TEST(Delay, is_none_a_duration_or_a_number_of_seconds) {
  EXPECT_FALSE(Delay().has_value());
  EXPECT_FALSE(Delay(std::nullopt).has_value());
  EXPECT_EQ(length(3s), 3'000'000'000);
  EXPECT_EQ(length(1.5), 1'500'000'000);
  EXPECT_EQ(length(2), 2'000'000'000);
  EXPECT_EQ(length(-5ms), -5'000'000);
  static_assert(std::is_trivially_destructible_v<Delay>);
}

TEST(Delay, refuses_nan) { EXPECT_THROW(Delay{std::nan("")}, ValueError); }

}  // namespace
}  // namespace weft::tests
