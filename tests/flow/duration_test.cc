#include "weft/runtime/flow/duration.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>

namespace weft::tests {
namespace {
using namespace std::chrono_literals;

TEST(Duration, converts_whole_units_exactly) {
  EXPECT_EQ(nanoseconds_of(3ns), 3);
  EXPECT_EQ(nanoseconds_of(2ms), 2'000'000);
  EXPECT_EQ(nanoseconds_of(-1s), -1'000'000'000);
  EXPECT_EQ(nanoseconds_of(1h), 3'600'000'000'000);
}

TEST(Duration, rounds_up_so_that_nothing_ends_early) {
  using Picoseconds = std::chrono::duration<std::int64_t, std::pico>;
  EXPECT_EQ(nanoseconds_of(Picoseconds(1)), 1);
  EXPECT_EQ(nanoseconds_of(Picoseconds(1000)), 1);
  EXPECT_EQ(nanoseconds_of(Picoseconds(1001)), 2);
  EXPECT_EQ(nanoseconds_of(std::chrono::duration<double>(1.5e-9)), 2);
  EXPECT_EQ(nanoseconds_of(std::chrono::duration<double>(0.001)), 1'000'000);
}

TEST(Duration, is_cut_at_the_end_of_time) {
  EXPECT_EQ(nanoseconds_of(std::chrono::hours(1'000'000'000)), INT64_MAX);
  EXPECT_EQ(nanoseconds_of(std::chrono::hours(-1'000'000'000)), INT64_MIN);
  EXPECT_EQ(nanoseconds_of(std::chrono::duration<double>(1e30)), INT64_MAX);
  EXPECT_EQ(nanoseconds_of(std::chrono::duration<double>(std::numeric_limits<double>::infinity())), INT64_MAX);
  EXPECT_EQ(nanoseconds_of(std::chrono::duration<double>(-std::numeric_limits<double>::infinity())), INT64_MIN);
}

TEST(Duration, refuses_what_is_not_a_number) {
  EXPECT_THROW(nanoseconds_of(std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN())), ValueError);
}

TEST(OptionalDuration, is_a_duration_a_number_of_seconds_or_nothing) {
  const auto given = [](OptionalDuration length) { return length.nanoseconds(); };
  EXPECT_EQ(given({}), std::nullopt);
  EXPECT_EQ(given(std::nullopt), std::nullopt);
  EXPECT_EQ(given(2ms), 2'000'000);
  EXPECT_EQ(given(0.5), 500'000'000);
  EXPECT_EQ(given(-1), -1'000'000'000);
  EXPECT_THROW(given(std::numeric_limits<double>::quiet_NaN()), ValueError);
  static_assert(std::is_trivially_destructible_v<OptionalDuration>, "for options of awaitable functions");
}

}  // namespace
}  // namespace weft::tests
