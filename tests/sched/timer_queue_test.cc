#include "weft/runtime/sched/timer_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <time.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "sched/recorded_work.h"
#include "weft/runtime/base/config.h"
#include "weft/runtime/base/random.h"

namespace weft {
namespace {

using testing::ElementsAre;

constexpr std::int64_t kTick = 1 << 16;

class NumberedTimer final : public Timer {
 public:
  explicit NumberedTimer(int number = 0) : number_(number) {}
  void run() noexcept override {}
  int number() const noexcept { return number_; }

 private:
  int number_;
};

int number_of(Timer* timer) { return timer == nullptr ? -1 : static_cast<NumberedTimer*>(timer)->number(); }

// Every timer that is due at `now`, in the order in which they come.
std::vector<int> due(TimerQueue& queue, std::int64_t now) {
  std::vector<int> numbers;
  while (Timer* timer = queue.take_due(now)) numbers.push_back(number_of(timer));
  return numbers;
}

struct Filled {
  // Timers 0, 1, 2 ... with these deadlines.
  explicit Filled(const std::vector<std::int64_t>& deadlines) {
    for (const std::int64_t when : deadlines) add(when);
  }
  bool add(std::int64_t when) {
    timers.push_back(std::make_unique<NumberedTimer>(static_cast<int>(timers.size())));
    return queue.insert(*timers.back(), when);
  }
  std::vector<std::unique_ptr<NumberedTimer>> timers;
  TimerQueue queue;
};

TEST(TimerQueue, an_empty_one_never_has_anything_due) {
  TimerQueue queue;
  EXPECT_EQ(queue.next(), TimerQueue::kNever);
  EXPECT_EQ(queue.take_due(INT64_MAX), nullptr);
  EXPECT_EQ(queue.next(), TimerQueue::kNever);
  EXPECT_EQ(queue.size(), 0U);
}

TEST(TimerQueue, a_timer_is_due_at_its_deadline_and_not_a_nanosecond_before) {
  for (const std::int64_t when :
       {std::int64_t{1}, kTick - 1, kTick, kTick + 1, 256 * kTick, 65536 * kTick + 7, INT64_MAX}) {
    Filled f({when});
    EXPECT_EQ(f.timers[0]->when(), when);
    EXPECT_LE(f.queue.next(), when);
    EXPECT_EQ(number_of(f.queue.take_due(when - 1)), -1) << "deadline " << when;
    EXPECT_EQ(f.queue.size(), 1U);
    EXPECT_EQ(number_of(f.queue.take_due(when)), 0) << "deadline " << when;
    EXPECT_EQ(f.queue.size(), 0U);
    EXPECT_EQ(f.queue.next(), TimerQueue::kNever);
  }
}

TEST(TimerQueue, fires_in_the_order_of_deadline_then_creation) {
  const std::int64_t far = 70'000 * kTick;
  Filled f({far, 5, 3, far + 1, 5, 3, far, kTick, kTick});
  EXPECT_THAT(due(f.queue, 4), ElementsAre(2, 5));
  EXPECT_THAT(due(f.queue, INT64_MAX), ElementsAre(1, 4, 7, 8, 0, 6, 3));
}

TEST(TimerQueue, creation_decides_between_timers_that_came_by_different_ways) {
  const std::int64_t when = 300 * kTick + 9;
  Filled f({when});
  EXPECT_TRUE(due(f.queue, 100 * kTick).empty());
  f.add(when);
  EXPECT_TRUE(due(f.queue, when - 1).empty());
  f.add(when);
  EXPECT_THAT(due(f.queue, when), ElementsAre(0, 1, 2));
}

TEST(TimerQueue, past_and_negative_deadlines_are_due_at_once_in_order) {
  Filled f({0, -5, INT64_MIN, -5});
  EXPECT_EQ(f.queue.next(), INT64_MIN);
  EXPECT_THAT(due(f.queue, -1), ElementsAre(2, 1, 3));
  EXPECT_THAT(due(f.queue, 0), ElementsAre(0));
  EXPECT_TRUE(due(f.queue, 1'000'000'000).empty());
  f.add(1000);
  EXPECT_THAT(due(f.queue, 1'000'000'000), ElementsAre(4));
}

TEST(TimerQueue, insert_says_whether_next_became_earlier) {
  Filled f({});
  EXPECT_TRUE(f.add(1000));
  EXPECT_FALSE(f.add(1000));
  EXPECT_FALSE(f.add(2000));
  EXPECT_TRUE(f.add(999));
  EXPECT_EQ(f.queue.next(), 999);
}

TEST(TimerQueue, a_removed_timer_does_not_fire_and_can_come_back) {
  Filled f({10, 20, 500 * kTick, 500 * kTick});
  EXPECT_TRUE(TimerQueue::remove(*f.timers[0]));
  EXPECT_TRUE(TimerQueue::remove(*f.timers[2]));
  EXPECT_FALSE(TimerQueue::remove(*f.timers[0])) << "it waits no more";
  EXPECT_EQ(f.queue.size(), 2U);
  f.queue.insert(*f.timers[0], 30);
  EXPECT_THAT(due(f.queue, INT64_MAX), ElementsAre(1, 0, 3));
  EXPECT_FALSE(TimerQueue::remove(*f.timers[3])) << "it has fired";
}

// Otherwise its worker would wait for a deadline that nobody is interested in, and find nothing to fire for ever after.
TEST(TimerQueue, an_emptied_one_has_no_next_deadline) {
  Filled filled({5, 7 * kTick});
  EXPECT_TRUE(TimerQueue::remove(*filled.timers[1]));
  EXPECT_EQ(filled.queue.next(), 5);
  EXPECT_TRUE(TimerQueue::remove(*filled.timers[0]));
  EXPECT_EQ(filled.queue.next(), TimerQueue::kNever);
}

TEST(TimerQueue, a_timer_can_move_to_another_queue) {
  Filled f({10});
  TimerQueue other;
  EXPECT_TRUE(TimerQueue::remove(*f.timers[0]));
  other.insert(*f.timers[0], 20);
  EXPECT_EQ(f.queue.take_due(INT64_MAX), nullptr);
  EXPECT_TRUE(TimerQueue::remove(*f.timers[0]));
  EXPECT_EQ(other.size(), 0U);
}

TEST(TimerQueue, next_reaches_a_far_deadline_in_one_step_per_level_at_most) {
  for (const std::int64_t when : {3 * kTick, 0x1234 * kTick, 0x123456 * kTick, 0x12345678 * kTick, INT64_MAX - 5}) {
    Filled f({when});
    int steps = 0;
    for (std::int64_t now = f.queue.next(); now < when; now = f.queue.next()) {
      ASSERT_EQ(f.queue.take_due(now), nullptr);
      ASSERT_GT(f.queue.next(), now) << "a sleeper that wakes at next() must learn a later one";
      ++steps;
    }
    EXPECT_LE(steps, 6) << "deadline " << when;
    EXPECT_EQ(number_of(f.queue.take_due(when)), 0);
  }
}

// A deadline on every scale, the interesting ones near the borders of ticks and levels.
std::int64_t random_deadline(Random& random, std::int64_t now) {
  const std::uint32_t kind = random.below(16);
  if (kind == 0) return -static_cast<std::int64_t>(random.below(1000));
  if (kind == 1) return random.below(2) == 0 ? INT64_MAX : INT64_MIN;
  if (kind == 2) return now;
  const std::uint32_t bits = random.below(44) + 1;
  auto delay = static_cast<std::int64_t>(random.next() >> (64 - bits));
  if (kind < 8) delay &= ~(kTick - 1);
  return now + delay - (kind == 4 ? 1 : 0);
}

struct Model {
  using Key = std::pair<std::int64_t, std::uint64_t>;  // deadline, creation
  void insert(NumberedTimer* timer, std::int64_t when) {
    const Key key{when, ++created};
    places[timer] = waiting.emplace(key, timer);
  }
  void remove(NumberedTimer* timer) {
    waiting.erase(places.at(timer));
    places.erase(timer);
  }
  NumberedTimer* take_due(std::int64_t now) {
    if (waiting.empty() || waiting.begin()->first.first > now) return nullptr;
    NumberedTimer* timer = waiting.begin()->second;
    remove(timer);
    return timer;
  }
  std::int64_t earliest() const { return waiting.empty() ? TimerQueue::kNever : waiting.begin()->first.first; }

  std::multimap<Key, NumberedTimer*> waiting;
  std::map<NumberedTimer*, std::multimap<Key, NumberedTimer*>::iterator> places;
  std::uint64_t created = 0;
};

void compare_with_model(std::uint64_t seed, int steps) {
  Random random(seed);
  std::deque<NumberedTimer> timers;
  for (int number = 0; number < 400; ++number) timers.emplace_back(number);
  TimerQueue queue;
  Model model;
  std::int64_t now = 0;
  for (int step = 0; step < steps; ++step) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", step " + std::to_string(step) + ", now " + std::to_string(now));
    NumberedTimer* timer = &timers[random.below(400)];
    if (random.below(5) != 0) {
      if (model.places.contains(timer)) {
        ASSERT_TRUE(TimerQueue::remove(*timer));
        model.remove(timer);
      } else {
        const std::int64_t when = random_deadline(random, now);
        const std::int64_t before = queue.next();
        const bool earlier = queue.insert(*timer, when);
        ASSERT_EQ(earlier, queue.next() < before);
        model.insert(timer, when);
      }
    } else {
      switch (random.below(3)) {
        case 0:
          now += static_cast<std::int64_t>(random.next() >> (64 - 1 - random.below(30)));
          break;
        case 1:  // to the next deadline, exactly
          now = std::max(now, model.earliest() == TimerQueue::kNever ? now : model.earliest());
          break;
        default:  // as a sleeper does
          now = std::max(now, queue.next() == TimerQueue::kNever ? now : queue.next());
      }
      for (std::uint32_t left = random.below(20); left > 0; --left) {
        NumberedTimer* expected = model.take_due(now);
        ASSERT_EQ(queue.take_due(now), expected);
        if (expected == nullptr) break;
      }
    }
    ASSERT_LE(queue.next(), model.earliest());
    ASSERT_EQ(queue.size(), model.waiting.size());
  }
  while (NumberedTimer* expected = model.take_due(INT64_MAX)) ASSERT_EQ(queue.take_due(INT64_MAX), expected);
  EXPECT_EQ(queue.take_due(INT64_MAX), nullptr);
  EXPECT_EQ(queue.next(), TimerQueue::kNever);
}

TEST(TimerQueue, agrees_with_a_sorted_map_over_many_random_operations) {
  for (std::uint64_t seed = 1; seed <= 20 && !testing::Test::HasFatalFailure(); ++seed) compare_with_model(seed, 5000);
}

// CPU time of this thread per timer: what other programs do meanwhile does not count.
double nanoseconds_per_cancel(std::size_t count) {
  Random random(1);
  std::vector<RecordedTimer> timers(count);
  TimerQueue queue;
  for (RecordedTimer& timer : timers) queue.insert(timer, static_cast<std::int64_t>(random.next() >> 24));
  std::vector<RecordedTimer*> order;
  order.reserve(count);
  for (RecordedTimer& timer : timers) order.push_back(&timer);
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[random.below(static_cast<std::uint32_t>(i))]);
  timespec start{};
  timespec end{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
  for (RecordedTimer* timer : order) TimerQueue::remove(*timer);
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
  EXPECT_EQ(queue.size(), 0U);
  EXPECT_EQ(queue.take_due(queue.next()), nullptr) << "a cancelled timer leaves nothing behind";
  EXPECT_EQ(queue.next(), TimerQueue::kNever) << "after one look a queue of cancelled timers has nothing to wait for";
  const auto nanoseconds =
      static_cast<double>(end.tv_sec - start.tv_sec) * 1e9 + static_cast<double>(end.tv_nsec - start.tv_nsec);
  return nanoseconds / static_cast<double>(count);
}

// A cancel that searched would take a thousand times longer with a thousand times more timers; caches alone account for five or ten.
TEST(TimerQueue, a_cancel_costs_about_the_same_among_a_thousand_timers_and_among_a_million) {
  double few = nanoseconds_per_cancel(1000);
  for (int again = 0; again < 20; ++again) few = std::min(few, nanoseconds_per_cancel(1000));
  const double many = nanoseconds_per_cancel(kAsan || kTsan ? 300'000 : 1'000'000);
  EXPECT_LT(many, 100 * few) << few << " ns each among 1,000 timers, " << many << " ns each among many";
}

}  // namespace
}  // namespace weft
