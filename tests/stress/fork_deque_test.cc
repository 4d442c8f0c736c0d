// ForkDeque under one owner and several thieves: every item is taken once, with what its pusher wrote.
#include "weft/runtime/sched/fork_deque.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "weft/runtime/base/config.h"
#include "weft/runtime/base/random.h"

namespace weft {
namespace {

constexpr std::uint32_t kItems = kTsan ? 60'000 : kAsan ? 150'000 : 600'000;
constexpr int kThieves = 3;

struct Item {
  std::uint32_t number = 0;
  std::uint32_t payload = 0;  // plain: only the deque orders it
  std::atomic<int> taken{0};
};

struct Counts {
  std::uint32_t popped = 0;
  std::uint32_t stolen = 0;
  std::uint32_t forced = 0;
  std::uint32_t spoiled = 0;  // without the pusher's payload
  std::uint32_t out_of_order = 0;
};

void take(Item& item, Counts& counts) {
  ++item.taken;
  if (item.payload != ~item.number) ++counts.spoiled;
}

class Stress {
 public:
  Stress(std::uint32_t capacity, bool with_requests, bool with_force)
      : with_requests_(with_requests), with_force_(with_force), items_(kItems), deque_(capacity) {
    StdAtomics::enable_asymmetric_barriers();
  }

  // What the owner and all thieves counted.
  Counts run(std::uint64_t seed, bool owner_pauses) {
    std::array<Counts, kThieves> thieves{};
    Counts owner;
    {
      std::vector<std::jthread> running;
      for (std::size_t thief = 0; thief < kThieves; ++thief) {
        running.emplace_back([this, &counts = thieves[thief]] { steal(counts); });
      }
      push_and_pop(owner, seed, owner_pauses);
      over_ = true;
    }
    while (Item* item = deque_.pop()) take(*item, owner);
    for (const Counts& counts : thieves) {
      owner.stolen += counts.stolen;
      owner.forced += counts.forced;
      owner.spoiled += counts.spoiled;
      owner.out_of_order += counts.out_of_order;
    }
    return owner;
  }

  void expect_each_taken_once() const {
    for (const Item& item : items_) ASSERT_EQ(item.taken, 1) << "item " << item.number;
  }

 private:
  void push_and_pop(Counts& counts, std::uint64_t seed, bool pauses) {
    Random random(seed);
    std::uint32_t pushed = 0;
    while (pushed < kItems) {
      const bool first_half = pushed < kItems / 2;
      for (std::uint32_t burst = random.below(16) + 1; burst > 0 && pushed < kItems; --burst) {
        Item& item = items_[pushed];
        item.number = pushed++;
        item.payload = ~item.number;
        if (deque_.push(&item)) deque_.share(random.below(4) == 0);
      }
      if (pauses && random.below(64) == 0) std::this_thread::yield();
      if (first_half && pushed >= kItems / 2) wait_for_a_thief();
      for (std::uint32_t burst = random.below(17); burst > 0; --burst) {
        const std::uint32_t wanted = random.below(8);
        Item* item = deque_.pop_if([wanted](const Item* newest) { return newest->number % 8 != wanted; });
        if (item == nullptr) break;
        ++counts.popped;
        take(*item, counts);
      }
    }
  }

  // However late the thieves' threads begin: the other half of the items is pushed and popped beside thieves.
  void wait_for_a_thief() {
    while (!stolen_) {
      if (deque_.asked()) deque_.share();
      std::this_thread::yield();
    }
  }

  // Stolen items grow in age only within one thief: what it steals later was pushed later.
  void steal(Counts& counts) {
    std::int64_t last = -1;
    for (unsigned turn = 0; !over_; ++turn) {
      Item* item = nullptr;
      switch (deque_.steal(item)) {
        case StealResult::stolen:
          ++counts.stolen;
          stolen_ = true;
          take(*item, counts);
          if (static_cast<std::int64_t>(item->number) < last) ++counts.out_of_order;
          last = item->number;
          break;
        case StealResult::contended:
          break;
        case StealResult::empty:
          if (deque_.hidden() != 0) {
            if (with_requests_) deque_.request();
            if (with_force_ && turn % 3 == 0 && deque_.force()) ++counts.forced;
          }
          if (turn % 4 == 0) std::this_thread::yield();
      }
    }
  }

  const bool with_requests_;
  const bool with_force_;
  std::vector<Item> items_;
  ForkDeque<Item> deque_;
  std::atomic<bool> stolen_{false};
  std::atomic<bool> over_{false};
};

void expect_good(const Stress& stress, const Counts& counts) {
  stress.expect_each_taken_once();
  EXPECT_EQ(counts.spoiled, 0U) << "items whose taker did not see what the pusher wrote";
  EXPECT_EQ(counts.out_of_order, 0U) << "items that a thief got after younger ones";
  EXPECT_GT(counts.popped, 0U);
  EXPECT_GT(counts.stolen, 0U) << "no thief got anything: nothing was tested";
}

TEST(ForkDequeStress, thieves_that_ask_take_each_item_once) {
  Stress stress(1024, true, false);
  expect_good(stress, stress.run(1, true));
}

TEST(ForkDequeStress, thieves_that_force_take_each_item_once) {
  Stress stress(1024, false, true);
  const Counts counts = stress.run(2, false);
  expect_good(stress, counts);
  EXPECT_GT(counts.forced, 0U);
}

TEST(ForkDequeStress, a_tiny_ring_that_grows_under_asking_and_forcing_thieves_loses_nothing) {
  Stress stress(2, true, true);
  expect_good(stress, stress.run(3, true));
}

// One item at a time: owner and thieves meet at the last item again and again.
TEST(ForkDequeStress, the_last_item_goes_to_one_taker) {
  static constexpr std::uint32_t rounds = kItems / 4;
  std::vector<Item> items(rounds);
  ForkDeque<Item> deque(2);
  std::atomic<bool> over{false};
  std::atomic<std::uint32_t> stolen{0};
  std::uint32_t popped = 0;
  {
    std::vector<std::jthread> thieves;
    for (int thief = 0; thief < kThieves; ++thief) {
      thieves.emplace_back([&] {
        while (!over) {
          Item* item = nullptr;
          if (deque.steal(item) == StealResult::stolen) {
            ++item->taken;
            ++stolen;
          } else if (!deque.force()) {
            std::this_thread::yield();
          }
        }
      });
    }
    for (std::uint32_t round = 0; round < rounds; ++round) {
      items[round].number = round;
      if (deque.push(&items[round])) deque.share();
      if (round % 2 == 0) deque.share();
      if (round % 64 == 0) std::this_thread::yield();
      if (Item* item = deque.pop()) {
        ++item->taken;
        ++popped;
      }
    }
    while (deque.has_items()) std::this_thread::yield();
    over = true;
  }
  for (const Item& item : items) ASSERT_EQ(item.taken, 1) << "item " << item.number;
  EXPECT_EQ(popped + stolen, rounds);
  EXPECT_GT(popped, 0U);
}

}  // namespace
}  // namespace weft
