#include "weft/runtime/sched/steal_pace.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace weft {
namespace {

constexpr StealPace::Count kStart{1'000'000, 50, 700};

// A batch in which the thief ran `mine` entries of `nanoseconds` each, while `theirs` came and went at the victim.
StealPace after(std::uint64_t mine, std::int64_t nanoseconds, std::uint64_t theirs) {
  StealPace pace;
  pace.took(kStart);
  pace.used_up(
      {kStart.time + static_cast<std::int64_t>(mine) * nanoseconds, kStart.mine + mine, kStart.theirs + theirs});
  return pace;
}

TEST(StealPace, begins_with_whole_batches) {
  const StealPace pace;
  EXPECT_EQ(pace.batch(), StealPace::kBatch);
  EXPECT_FALSE(pace.tired());
  EXPECT_FALSE(pace.has_batch());
}

TEST(StealPace, goes_on_when_entries_take_long_whatever_the_victim_does) {
  const StealPace pace = after(128, StealPace::kLongEnough, 1'000'000);
  EXPECT_EQ(pace.batch(), StealPace::kBatch);
  EXPECT_FALSE(pace.tired());
}

TEST(StealPace, goes_on_with_short_entries_when_the_victim_is_not_faster) {
  EXPECT_FALSE(after(100, 500, 100).tired());
  EXPECT_TRUE(after(100, 500, 101).tired());
}

TEST(StealPace, goes_on_when_the_victim_computes) { EXPECT_FALSE(after(1, 10, 0).tired()); }

TEST(StealPace, rests_and_takes_a_sample_when_short_entries_are_run_faster_where_they_were) {
  StealPace pace = after(100, 500, 2'000);
  EXPECT_TRUE(pace.tired());
  EXPECT_FALSE(pace.pays());
  EXPECT_EQ(pace.batch(), StealPace::kSample);
  EXPECT_EQ(pace.rest(), StealPace::kShortestRest);
  EXPECT_FALSE(pace.tired());
  EXPECT_EQ(pace.batch(), StealPace::kSample) << "until a sample has paid";
}

TEST(StealPace, takes_whole_batches_again_when_a_sample_paid) {
  StealPace pace = after(100, 500, 2'000);
  static_cast<void>(pace.rest());
  pace.took(kStart);
  EXPECT_TRUE(pace.has_batch());
  pace.used_up({kStart.time + 1'000'000, kStart.mine + 8, kStart.theirs + 4});
  EXPECT_FALSE(pace.has_batch());
  EXPECT_EQ(pace.batch(), StealPace::kBatch);
  EXPECT_FALSE(pace.tired());
}

TEST(StealPace, rests_twice_as_long_each_time_up_to_a_bound_and_begins_anew_after_a_batch_that_paid) {
  StealPace pace = after(100, 500, 2'000);
  std::int64_t rest = pace.rest();
  for (int again = 0; again < 10; ++again) {
    pace.took(kStart);
    pace.used_up({kStart.time + 1, kStart.mine + 8, kStart.theirs + 1'000});
    const std::int64_t longer = pace.rest();
    EXPECT_EQ(longer, std::min(2 * rest, StealPace::kLongestRest));
    rest = longer;
  }
  EXPECT_EQ(rest, StealPace::kLongestRest);
  pace.took(kStart);
  pace.used_up({kStart.time + 1, kStart.mine + 8, kStart.theirs});
  pace.took(kStart);
  pace.used_up({kStart.time + 1, kStart.mine + 8, kStart.theirs + 1'000});
  EXPECT_EQ(pace.rest(), StealPace::kShortestRest);
}

TEST(StealPace, rests_when_it_lost_every_race_for_an_entry) {
  StealPace pace;
  pace.beaten();
  EXPECT_TRUE(pace.tired());
  EXPECT_EQ(pace.batch(), StealPace::kSample);
  EXPECT_EQ(pace.rest(), StealPace::kShortestRest);
  pace.beaten();
  EXPECT_EQ(pace.rest(), 2 * StealPace::kShortestRest);
}

}  // namespace
}  // namespace weft
