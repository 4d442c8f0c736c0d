// RunQueue under owners that push, pop and steal from each other: every entry runs once, in order of its queue.
#include "weft/runtime/sched/run_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "weft/runtime/base/config.h"
#include "weft/runtime/base/random.h"

namespace weft {
namespace {

constexpr std::uint32_t kEntries = kTsan ? 40'000 : kAsan ? 100'000 : 300'000;

struct Entry {
  std::uint32_t number = 0;
  std::uint32_t payload = 0;  // plain: only the queue orders it
  std::atomic<int> taken{0};
};

void take(Entry& entry, std::atomic<int>& spoiled) {
  ++entry.taken;
  if (entry.payload != ~entry.number) ++spoiled;
}

TEST(RunQueueStress, owners_that_steal_from_each_other_take_each_entry_once) {
  static constexpr std::size_t owners = 4;
  std::vector<Entry> entries(kEntries);
  std::deque<RunQueue<Entry>> queues;
  for (std::size_t owner = 0; owner < owners; ++owner) queues.emplace_back(std::size_t{2} << owner);
  std::atomic<std::uint32_t> next{0};
  std::atomic<std::uint32_t> left{kEntries};
  std::atomic<std::uint32_t> stolen{0};
  std::atomic<int> spoiled{0};
  {
    std::vector<std::jthread> running;
    for (std::size_t owner = 0; owner < owners; ++owner) {
      running.emplace_back([&, owner] {
        Random random(owner);
        RunQueue<Entry>& mine = queues[owner];
        while (left > 0) {
          // However late the threads begin: nobody but the first makes entries before one was stolen, and that one does not take any.
          std::uint32_t burst = owner == 0 ? random.below(64) : stolen > 0 ? random.below(4) : 0;
          for (; burst > 0; --burst) {
            const std::uint32_t number = next.fetch_add(1, std::memory_order_relaxed);
            if (number >= kEntries) break;
            entries[number].number = number;
            entries[number].payload = ~number;
            mine.push(&entries[number]);
          }
          while (owner == 0 && stolen == 0 && !mine.empty()) std::this_thread::yield();
          for (burst = random.below(32); burst > 0; --burst) {
            Entry* entry = mine.pop();
            if (entry == nullptr) break;
            take(*entry, spoiled);
            --left;
          }
          RunQueue<Entry>& victim = queues[random.below(owners)];
          if (&victim == &mine) continue;
          if (Entry* entry = victim.steal_half(mine, 1 + random.below(128)); entry != nullptr) {
            ++stolen;
            take(*entry, spoiled);
            --left;
          }
        }
      });
    }
  }
  for (const Entry& entry : entries) ASSERT_EQ(entry.taken, 1) << "entry " << entry.number;
  EXPECT_EQ(spoiled, 0) << "entries whose taker did not see what the pusher wrote";
  EXPECT_GT(stolen, 0U) << "nobody stole: nothing was tested";
}

// A single entry at a time: owner and thieves compete for it.
TEST(RunQueueStress, the_only_entry_goes_to_one_taker) {
  static constexpr std::uint32_t rounds = kEntries / 4;
  std::vector<Entry> entries(rounds);
  RunQueue<Entry> queue(2);
  std::atomic<bool> over{false};
  {
    std::vector<std::jthread> thieves;
    for (int thief = 0; thief < 3; ++thief) {
      thieves.emplace_back([&] {
        RunQueue<Entry> own(2);
        while (!over) {
          if (Entry* entry = queue.steal_half(own); entry != nullptr) {
            ++entry->taken;
          } else {
            std::this_thread::yield();
          }
          while (Entry* entry = own.pop()) ++entry->taken;
        }
      });
    }
    for (std::uint32_t round = 0; round < rounds; ++round) {
      entries[round].number = round;
      queue.push(&entries[round]);
      if (round % 64 == 0) std::this_thread::yield();
      if (round % 3 != 0) {
        if (Entry* entry = queue.pop()) ++entry->taken;
      }
    }
    while (!queue.empty()) std::this_thread::yield();
    over = true;
  }
  for (const Entry& entry : entries) ASSERT_EQ(entry.taken, 1) << "entry " << entry.number;
}

// FIFO over all takers: what one thief takes first was pushed first, also across growth of the ring.
TEST(RunQueueStress, each_thief_sees_entries_in_the_order_of_the_pushes) {
  std::vector<Entry> entries(kEntries);
  RunQueue<Entry> queue(2);
  std::atomic<bool> over{false};
  std::atomic<int> out_of_order{0};
  std::atomic<std::uint32_t> taken{0};
  {
    std::vector<std::jthread> thieves;
    for (int thief = 0; thief < 3; ++thief) {
      thieves.emplace_back([&] {
        RunQueue<Entry> own(2);
        std::int64_t last = -1;
        const auto check = [&](const Entry& entry) {
          if (static_cast<std::int64_t>(entry.number) < last) ++out_of_order;
          last = entry.number;
          ++taken;
        };
        while (!over) {
          if (const Entry* first = queue.steal_half(own); first != nullptr) check(*first);
          while (const Entry* entry = own.pop()) check(*entry);
        }
      });
    }
    for (std::uint32_t number = 0; number < kEntries; ++number) {
      entries[number].number = number;
      queue.push(&entries[number]);
    }
    while (taken < kEntries) std::this_thread::yield();
    over = true;
  }
  EXPECT_EQ(taken, kEntries);
  EXPECT_EQ(out_of_order, 0);
}

}  // namespace
}  // namespace weft
