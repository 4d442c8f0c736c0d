#include "weft/testing/canceller.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>

namespace weft::tests {
namespace {

using weft::testing::Canceller;

TEST(Canceller, calls_once_for_each_start_and_has_called_when_it_is_finished) {
  Canceller canceller;
  int calls = 0;
  for (int round = 1; round <= 50; ++round) {
    canceller.prepare(round % 3 == 0 ? 20'000 : 0, [&calls] { ++calls; });
    canceller.start();
    canceller.finish();
    EXPECT_EQ(calls, round);
  }
}

TEST(Canceller, does_not_call_without_a_start_and_lets_go_of_what_it_was_given) {
  Canceller canceller;
  const auto given = std::make_shared<std::atomic<int>>(0);
  for (int round = 0; round < 20; ++round) {
    canceller.prepare(0, [given] { ++*given; });
    canceller.finish();
    EXPECT_EQ(given.use_count(), 1);
  }
  EXPECT_EQ(*given, 0);
}

}  // namespace
}  // namespace weft::tests
