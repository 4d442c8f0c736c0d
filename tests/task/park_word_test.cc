#include "weft/runtime/task/park_word.h"

#include <gtest/gtest.h>

namespace weft::tests {
namespace {

TEST(ParkWord, starts_active_without_requests) {
  ParkWord<> word;
  EXPECT_FALSE(word.parked());
  EXPECT_FALSE(word.throws_next());
  EXPECT_EQ(word.requests(), 0u);
  EXPECT_FALSE(word.take_request());
  EXPECT_FALSE(word.end());
}

TEST(ParkWord, parks_and_wakes) {
  ParkWord<> word;
  EXPECT_FALSE(word.park());
  EXPECT_TRUE(word.parked());
  word.wake();
  EXPECT_FALSE(word.parked());
  EXPECT_FALSE(word.park());
  word.unpark();
  EXPECT_FALSE(word.parked());
}

TEST(ParkWord, a_cancel_of_an_active_task_is_remembered_and_told_at_the_next_park) {
  ParkWord<> word;
  EXPECT_EQ(word.hold(true), Hold::not_parked);
  EXPECT_EQ(word.requests(), 1u);
  EXPECT_TRUE(word.park());
}

TEST(ParkWord, a_remembered_cancel_is_taken_once_and_stays_counted) {
  ParkWord<> word;
  EXPECT_EQ(word.hold(true), Hold::not_parked);
  EXPECT_EQ(word.hold(true), Hold::not_parked);
  EXPECT_TRUE(word.take_request());
  EXPECT_FALSE(word.take_request());
  EXPECT_EQ(word.requests(), 2u);
}

TEST(ParkWord, a_cancel_of_a_parked_task_holds_it) {
  ParkWord<> word;
  EXPECT_FALSE(word.park());
  EXPECT_EQ(word.hold(true), Hold::held);
  EXPECT_TRUE(word.parked());
  EXPECT_EQ(word.requests(), 1u);
  word.release(Afterwards::nothing);
  word.wake();
  EXPECT_FALSE(word.parked());
  EXPECT_FALSE(word.take_request());
}

TEST(ParkWord, a_held_wait_that_cannot_be_cut_short_remembers_the_request) {
  ParkWord<> word;
  EXPECT_FALSE(word.park());
  EXPECT_EQ(word.hold(true), Hold::held);
  word.release(Afterwards::remember);
  EXPECT_TRUE(word.parked());
  EXPECT_FALSE(word.throws_next());
  word.wake();
  EXPECT_TRUE(word.take_request());
}

TEST(ParkWord, a_wait_that_was_cut_short_throws_although_the_request_is_taken_back) {
  ParkWord<> word;
  EXPECT_FALSE(word.park());
  EXPECT_EQ(word.hold(true), Hold::held);
  word.release_to_throw();
  EXPECT_FALSE(word.parked()) << "another canceller finds nothing to cut short";
  EXPECT_TRUE(word.throws_next());
  EXPECT_EQ(word.uncancel(), 0u);
  EXPECT_TRUE(word.throws_next());
  EXPECT_TRUE(word.take_request());
  EXPECT_FALSE(word.throws_next());
  EXPECT_FALSE(word.take_request());
}

TEST(ParkWord, a_hold_that_does_not_count_leaves_the_number_of_requests) {
  ParkWord<> word;
  EXPECT_EQ(word.hold(false), Hold::not_parked);
  EXPECT_EQ(word.requests(), 0u);
  EXPECT_TRUE(word.park());
  EXPECT_EQ(word.hold(false), Hold::held);
  EXPECT_EQ(word.requests(), 0u);
  word.release(Afterwards::nothing);
}

TEST(ParkWord, parked_and_held_by_the_task_itself_is_open_to_others_after_release) {
  ParkWord<> word;
  EXPECT_FALSE(word.park_held());
  EXPECT_TRUE(word.parked());
  word.release(Afterwards::nothing);
  EXPECT_EQ(word.hold(true), Hold::held);
  word.release(Afterwards::nothing);
  word.wake();
  EXPECT_EQ(word.hold(true), Hold::not_parked);
  EXPECT_TRUE(word.park_held());
}

TEST(ParkWord, that_the_task_parked_held_and_unparked_is_active_with_its_request_pending) {
  ParkWord<> word;
  EXPECT_EQ(word.hold(true), Hold::not_parked);
  EXPECT_TRUE(word.park_held());
  word.unpark_held();
  EXPECT_FALSE(word.parked());
  EXPECT_EQ(word.hold(true), Hold::not_parked) << "nobody holds it";
  EXPECT_TRUE(word.take_request());
}

TEST(ParkWord, uncancel_stops_at_zero_and_forgets_the_remembered_request_there) {
  ParkWord<> word;
  EXPECT_EQ(word.uncancel(), 0u);
  EXPECT_EQ(word.hold(true), Hold::not_parked);
  EXPECT_EQ(word.hold(true), Hold::not_parked);
  EXPECT_EQ(word.uncancel(), 1u);
  EXPECT_EQ(word.uncancel(), 0u);
  EXPECT_EQ(word.uncancel(), 0u);
  EXPECT_FALSE(word.take_request());
  EXPECT_FALSE(word.park());
}

TEST(ParkWord, one_of_two_requests_taken_back_leaves_the_other_to_be_delivered) {
  ParkWord<> word;
  EXPECT_EQ(word.hold(true), Hold::not_parked);
  EXPECT_EQ(word.hold(true), Hold::not_parked);
  EXPECT_EQ(word.uncancel(), 1u);
  EXPECT_TRUE(word.park());
}

TEST(ParkWord, uncancel_of_a_parked_task_leaves_it_parked) {
  ParkWord<> word;
  EXPECT_FALSE(word.park());
  EXPECT_EQ(word.hold(true), Hold::held);
  word.release(Afterwards::remember);
  EXPECT_EQ(word.uncancel(), 0u);
  EXPECT_TRUE(word.parked());
  word.wake();
  EXPECT_FALSE(word.take_request());
}

TEST(ParkWord, a_cancel_after_the_end_comes_too_late_and_is_not_counted) {
  ParkWord<> word;
  EXPECT_FALSE(word.end());
  EXPECT_EQ(word.hold(true), Hold::ended);
  EXPECT_EQ(word.requests(), 0u);
}

TEST(ParkWord, the_end_tells_of_a_request_that_was_never_delivered) {
  ParkWord<> undelivered;
  EXPECT_EQ(undelivered.hold(true), Hold::not_parked);
  EXPECT_TRUE(undelivered.end());
  ParkWord<> delivered;
  EXPECT_EQ(delivered.hold(true), Hold::not_parked);
  EXPECT_TRUE(delivered.take_request());
  EXPECT_FALSE(delivered.end());
}

TEST(ParkWord, knows_after_the_end_whether_the_task_has_ended_as_cancelled) {
  for (const bool requested : {false, true}) {
    for (const Ending ending : {Ending::result, Ending::error, Ending::cancellation}) {
      ParkWord<> word;
      if (requested) {
        EXPECT_EQ(word.hold(true), Hold::not_parked);
      }
      EXPECT_FALSE(word.ended_as_cancelled());
      EXPECT_EQ(word.end(ending), requested);
      EXPECT_EQ(word.ended_as_cancelled(), ending == Ending::cancellation || (ending == Ending::result && requested));
      EXPECT_EQ(word.hold(true), Hold::ended);
    }
  }
}

TEST(ParkWord, tells_delivered_requests_from_one_that_waits) {
  ParkWord<> word;
  EXPECT_EQ(word.delivered_requests(), 0u);
  EXPECT_EQ(word.hold(true), Hold::not_parked);
  EXPECT_EQ(word.delivered_requests(), 0u);
  EXPECT_TRUE(word.take_request());
  EXPECT_EQ(word.delivered_requests(), 1u);
  EXPECT_EQ(word.hold(true), Hold::not_parked);
  EXPECT_EQ(word.delivered_requests(), 1u);
  EXPECT_EQ(word.requests(), 2u);
}

TEST(ParkWord, reminds_an_active_task_of_an_interruption_once) {
  ParkWord<> word;
  EXPECT_EQ(word.hold(false, Asked::interruption), Hold::not_parked);
  EXPECT_TRUE(word.asked());
  EXPECT_FALSE(word.take_request());
  EXPECT_TRUE(word.park());
  word.unpark();
  EXPECT_TRUE(word.take_reminder());
  EXPECT_FALSE(word.take_reminder());
  EXPECT_FALSE(word.asked());
  EXPECT_FALSE(word.park());
}

TEST(ParkWord, ends_whatever_it_was_reminded_of) {
  ParkWord<> word;
  EXPECT_EQ(word.hold(false, Asked::interruption), Hold::not_parked);
  EXPECT_FALSE(word.end());
}

TEST(ParkWord, reminds_after_a_wait_that_could_not_be_cut_short) {
  ParkWord<> word;
  EXPECT_FALSE(word.park());
  EXPECT_EQ(word.hold(false, Asked::interruption), Hold::held);
  word.release(Afterwards::remind);
  word.wake();
  EXPECT_FALSE(word.take_request());
  EXPECT_TRUE(word.take_reminder());
}

TEST(ParkWord, counts_a_request_that_is_told_later) {
  ParkWord<> word;
  word.count_request();
  EXPECT_EQ(word.requests(), 1u);
  EXPECT_FALSE(word.asked());
  word.remember();
  EXPECT_TRUE(word.remembers());
  EXPECT_EQ(word.uncancel(), 0u);
  EXPECT_FALSE(word.remembers());
}

TEST(ParkWord, leaves_the_other_bits_of_a_shared_word_alone) {
  constexpr std::uint64_t others = 0xffff'ffff'0000'00ff;
  std::uint64_t shared = others;
  ParkWord<StdAtomics, std::atomic_ref<std::uint64_t>> word{std::atomic_ref(shared)};
  EXPECT_FALSE(word.park());
  EXPECT_EQ(word.hold(true), Hold::held);
  word.release(Afterwards::remember);
  word.wake();
  EXPECT_EQ(word.requests(), 1u);
  EXPECT_TRUE(word.take_request());
  EXPECT_EQ(word.uncancel(), 0u);
  EXPECT_EQ(shared, others);
}

TEST(ParkWord, counts_requests_up_to_a_bound_and_keeps_the_rest_of_the_word) {
  constexpr std::uint32_t most = (1u << 17) - 1;
  std::uint64_t shared = 0;
  ParkWord<StdAtomics, std::atomic_ref<std::uint64_t>> word{std::atomic_ref(shared)};
  for (std::uint32_t i = 0; i < most + 3; ++i) ASSERT_EQ(word.hold(true), Hold::not_parked);
  EXPECT_EQ(word.requests(), most);
  EXPECT_EQ(shared >> 32, 0u);
  EXPECT_EQ(word.uncancel(), most - 1);
}

}  // namespace
}  // namespace weft::tests
