#include "weft/runtime/sched/fork_deque.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "weft/runtime/base/random.h"

namespace weft {
namespace {

using testing::Each;

struct Item {
  int number = 0;
};

// Stores and barriers that a test can step into, to put one operation exactly between two steps of another. Each hook runs once, in
// the thread that set it.
struct SteppedAtomics : StdAtomics {
  static inline thread_local std::function<void()> before_store, at_light, at_heavy;

  template <class T>
  struct Atomic : std::atomic<T> {
    using std::atomic<T>::atomic;
    void store(T value, std::memory_order order) noexcept {
      step(before_store);
      std::atomic<T>::store(value, order);
    }
  };
  static void light_barrier() noexcept { step(at_light); }
  static void heavy_barrier() noexcept {
    StdAtomics::heavy_barrier();
    step(at_heavy);
  }

 private:
  static void step(std::function<void()>& hook) {
    if (const auto once = std::exchange(hook, nullptr)) once();
  }
};

template <class Atomics = StdAtomics>
struct Filled {
  explicit Filled(int count, std::uint32_t capacity = 64) : deque(capacity) {
    for (int number = 0; number < count; ++number) push(number);
  }
  bool push(int number) { return deque.push(&items.emplace_back(Item{number})); }
  int pop() { return number_of(deque.pop()); }
  int steal() {
    Item* item = nullptr;
    return deque.steal(item) == StealResult::stolen ? item->number : -1;
  }
  static int number_of(const Item* item) { return item == nullptr ? -1 : item->number; }

  std::deque<Item> items;
  ForkDeque<Item, Atomics> deque;
};

TEST(ForkDeque, the_owner_takes_the_newest_item) {
  Filled f(3);
  EXPECT_EQ(f.pop(), 2);
  f.push(7);
  EXPECT_EQ(f.pop(), 7);
  EXPECT_EQ(f.pop(), 1);
  EXPECT_EQ(f.pop(), 0);
  EXPECT_EQ(f.pop(), -1);
  EXPECT_FALSE(f.deque.has_items());
}

TEST(ForkDeque, a_thief_gets_nothing_while_everything_is_private) {
  Filled f(3);
  Item* item = nullptr;
  EXPECT_EQ(f.deque.steal(item), StealResult::empty);
  EXPECT_EQ(f.deque.hidden(), 3U);
  EXPECT_TRUE(f.deque.has_items());
}

TEST(ForkDeque, a_thief_takes_the_oldest_item) {
  Filled f(8);
  f.deque.share();
  EXPECT_EQ(f.deque.hidden(), 4U);
  EXPECT_EQ(f.steal(), 0);
  EXPECT_EQ(f.steal(), 1);
  EXPECT_EQ(f.pop(), 7);
  EXPECT_EQ(f.steal(), 2);
  EXPECT_EQ(f.steal(), 3);
  EXPECT_EQ(f.steal(), -1);
  EXPECT_EQ(f.pop(), 6);
}

TEST(ForkDeque, a_request_is_seen_at_the_next_push_and_answered_once) {
  Filled f(1);
  f.deque.request();
  EXPECT_TRUE(f.push(1));
  f.deque.share();
  EXPECT_FALSE(f.push(2));
  f.deque.request();
  EXPECT_TRUE(f.push(3));
  f.deque.share(/*keep_request=*/true);
  EXPECT_TRUE(f.push(4));
}

TEST(ForkDeque, sharing_one_item_shares_it) {
  Filled f(1);
  f.deque.share();
  EXPECT_EQ(f.deque.hidden(), 0U);
  EXPECT_EQ(f.steal(), 0);
  EXPECT_EQ(f.pop(), -1);
}

TEST(ForkDeque, sharing_nothing_does_nothing) {
  Filled f(0);
  f.deque.share();
  EXPECT_EQ(f.steal(), -1);
  f.push(1);
  EXPECT_EQ(f.deque.hidden(), 1U);
}

TEST(ForkDeque, the_owner_takes_shared_items_back_newest_first) {
  Filled f(8);
  EXPECT_TRUE(f.deque.force());
  EXPECT_EQ(f.deque.hidden(), 0U);
  EXPECT_EQ(f.pop(), 7);
  EXPECT_EQ(f.deque.hidden(), 3U) << "of 8 shared items the owner takes back 4: one it runs, three are private again";
  EXPECT_EQ(f.steal(), 0);
  for (const int expected : {6, 5, 4, 3, 2, 1, -1}) EXPECT_EQ(f.pop(), expected);
  EXPECT_EQ(f.steal(), -1);
}

TEST(ForkDeque, the_last_shared_item_goes_to_the_owner_or_to_the_thief) {
  Filled owner_first(1);
  owner_first.deque.share();
  EXPECT_EQ(owner_first.pop(), 0);
  EXPECT_EQ(owner_first.steal(), -1);

  Filled thief_first(1);
  thief_first.deque.share();
  EXPECT_EQ(thief_first.steal(), 0);
  EXPECT_EQ(thief_first.pop(), -1);
  thief_first.push(1);
  EXPECT_EQ(thief_first.steal(), -1) << "the item that was pushed after the theft is private";
  EXPECT_EQ(thief_first.pop(), 1);
}

TEST(ForkDeque, pop_if_leaves_an_item_that_is_not_mine) {
  Filled f(2);
  std::vector<int> asked;
  const auto nobody = [&asked](const Item* item) {
    asked.push_back(item->number);
    return false;
  };
  EXPECT_EQ(f.deque.pop_if(nobody), nullptr);
  EXPECT_THAT(asked, Each(1)) << "only the newest item is asked for";
  EXPECT_EQ(f.deque.hidden(), 2U);
  EXPECT_EQ(f.pop(), 1);
  EXPECT_EQ(f.pop(), 0);
}

TEST(ForkDeque, a_shared_item_that_is_not_mine_stays_in_its_place_and_becomes_private) {
  const auto nobody = [](const Item*) { return false; };
  Filled two(2);
  EXPECT_TRUE(two.deque.force());
  EXPECT_EQ(two.deque.pop_if(nobody), nullptr);
  EXPECT_EQ(two.deque.hidden(), 1U);
  EXPECT_EQ(two.steal(), 0);
  EXPECT_EQ(two.steal(), -1);
  EXPECT_EQ(two.pop(), 1);

  Filled last(1, 1);
  EXPECT_TRUE(last.deque.force());
  EXPECT_EQ(last.deque.pop_if(nobody), nullptr);
  EXPECT_EQ(last.deque.hidden(), 1U);
  EXPECT_EQ(last.steal(), -1);
  EXPECT_TRUE(last.deque.force()) << "a thief can have it when it insists";
  EXPECT_EQ(last.steal(), 0);
  EXPECT_FALSE(last.deque.has_items());
}

TEST(ForkDeque, pop_private_if_takes_no_shared_item) {
  Filled f(3);
  f.deque.share();
  const auto anybody = [](const Item*) { return true; };
  EXPECT_EQ(f.number_of(f.deque.pop_private_if(anybody)), 2);
  EXPECT_EQ(f.deque.pop_private_if(anybody), nullptr);
  EXPECT_EQ(f.number_of(f.deque.pop_if(anybody)), 1);
  EXPECT_EQ(f.steal(), 0);
}

TEST(ForkDeque, an_owner_can_ask_whether_a_thief_has_asked) {
  Filled f(1);
  EXPECT_FALSE(f.deque.asked());
  f.deque.request();
  EXPECT_TRUE(f.deque.asked());
  f.deque.share();
  EXPECT_FALSE(f.deque.asked());
}

TEST(ForkDeque, has_room_until_its_ring_is_full) {
  Filled f(1, 2);
  ASSERT_TRUE(f.deque.has_room());
  EXPECT_FALSE(f.deque.push_into_room(&f.items.emplace_back(Item{1})));
  EXPECT_FALSE(f.deque.has_room());
  f.push(2);
  EXPECT_TRUE(f.deque.has_room()) << "push() made room";
  for (const int expected : {2, 1, 0}) EXPECT_EQ(f.pop(), expected);
}

TEST(ForkDeque, force_shares_everything_and_says_so) {
  Filled f(5);
  EXPECT_TRUE(f.deque.force());
  EXPECT_EQ(f.deque.hidden(), 0U);
  EXPECT_FALSE(f.deque.force()) << "there is nothing left to force";
  for (const int expected : {0, 1, 2, 3, 4, -1}) EXPECT_EQ(f.steal(), expected);
}

TEST(ForkDeque, the_mark_tells_an_owner_that_moves_from_one_that_computes) {
  Filled f(2);
  std::uint32_t before = 0;
  std::uint32_t after = 0;
  f.deque.hidden(&before);
  f.deque.hidden(&after);
  EXPECT_EQ(before, after);
  f.push(2);
  f.deque.hidden(&after);
  EXPECT_NE(before, after);
}

// The owner has read the limit, then a thief forces: the owner sees the raised limit and takes the item as a shared one.
TEST(ForkDeque, an_owner_gives_way_to_a_force_that_came_between_its_look_and_its_move) {
  Filled<SteppedAtomics> f(3);
  bool forced = false;
  SteppedAtomics::before_store = [&] { forced = f.deque.force(); };
  EXPECT_EQ(f.pop(), 2);
  EXPECT_TRUE(forced);
  EXPECT_EQ(f.steal(), 0) << "the force holds for the older item";
  EXPECT_EQ(f.pop(), 1);
  EXPECT_EQ(f.pop(), -1);
}

// The owner has looked before the thief raised the limit and moves before the thief looks again: the thief gives up.
TEST(ForkDeque, a_force_gives_up_when_the_owner_moves_meanwhile) {
  Filled<SteppedAtomics> f(3);
  enum Step { looking, raised, moved };
  std::atomic<Step> step{looking};
  const auto reach = [&step](Step next) {
    step = next;
    step.notify_all();
  };
  bool forced = true;
  std::jthread thief;
  SteppedAtomics::before_store = [&] {
    thief = std::jthread([&] {
      SteppedAtomics::at_heavy = [&] {
        reach(raised);
        step.wait(raised);
      };
      forced = f.deque.force();
    });
    step.wait(looking);
  };
  SteppedAtomics::at_light = [&] {
    reach(moved);
    thief.join();
  };
  EXPECT_EQ(f.pop(), 2);
  EXPECT_FALSE(forced);
  EXPECT_EQ(f.deque.hidden(), 2U) << "after a force that gave up everything is private still";
  EXPECT_EQ(f.steal(), -1);
  EXPECT_EQ(f.pop(), 1);
  EXPECT_EQ(f.pop(), 0);
}

TEST(ForkDeque, a_force_succeeds_when_the_owner_only_pushes_meanwhile) {
  Filled<SteppedAtomics> f(2);
  SteppedAtomics::at_heavy = [&f] { EXPECT_FALSE(f.push(2)); };
  EXPECT_TRUE(f.deque.force());
  EXPECT_EQ(f.deque.hidden(), 1U) << "what was pushed during the force is private";
  EXPECT_EQ(f.steal(), 0);
  EXPECT_EQ(f.pop(), 2);
  EXPECT_EQ(f.steal(), 1);
}

TEST(ForkDeque, grows_beyond_its_capacity_and_keeps_every_item_in_order) {
  static constexpr int count = 1000;
  Filled f(count, 4);
  f.deque.share();
  for (int number = 0; number < count / 2; ++number) ASSERT_EQ(f.steal(), number);
  for (int number = count; number < 2 * count; ++number) f.push(number);
  for (int number = 2 * count - 1; number >= count / 2; --number) ASSERT_EQ(f.pop(), number);
  EXPECT_EQ(f.pop(), -1);
}

TEST(ForkDeque, a_small_ring_is_used_again_and_again) {
  Filled f(0, 2);
  for (int round = 0; round < 10'000; ++round) {
    f.push(round);
    f.deque.share();
    f.push(-2 - round);
    ASSERT_EQ(f.steal(), round);
    ASSERT_EQ(f.pop(), -2 - round);
    f.items.clear();
  }
}

// The numbers of the items in [top, split) and [split, bottom), and what each operation does to them.
TEST(ForkDeque, agrees_with_a_model_over_fifty_thousand_random_operations) {
  Random random(5);
  Filled f(0, 2);
  std::deque<int> shared;
  std::deque<int> own;
  bool requested = false;
  const auto move = [](std::deque<int>& from, std::deque<int>& to, std::size_t count) {
    for (; count > 0; --count) {
      to.push_back(from.front());
      from.pop_front();
    }
  };
  for (int step = 0; step < 50'000; ++step) {
    switch (random.below(random.below(2) == 0 ? 3 : 8)) {
      case 0:
      case 1:
        own.push_back(step);
        ASSERT_EQ(f.push(step), requested) << "at step " << step;
        break;
      case 2: {
        int expected = -1;
        if (own.empty() && !shared.empty()) {
          std::deque<int> kept;
          move(shared, kept, shared.size() / 2);
          own.swap(shared);
          shared.swap(kept);
        }
        if (!own.empty()) {
          expected = own.back();
          own.pop_back();
        }
        ASSERT_EQ(f.pop(), expected) << "at step " << step;
        break;
      }
      case 3:
        f.deque.request();
        requested = true;
        break;
      case 4: {
        const bool keep = random.below(2) == 0;
        f.deque.share(keep);
        requested = requested && keep;
        move(own, shared, (own.size() + 1) / 2);
        break;
      }
      case 5:
        ASSERT_EQ(f.deque.force(), !own.empty()) << "at step " << step;
        move(own, shared, own.size());
        break;
      default: {
        const int expected = shared.empty() ? -1 : shared.front();
        if (!shared.empty()) shared.pop_front();
        ASSERT_EQ(f.steal(), expected) << "at step " << step;
      }
    }
    ASSERT_EQ(f.deque.hidden(), own.size()) << "at step " << step;
    ASSERT_EQ(f.deque.has_items(), !own.empty() || !shared.empty()) << "at step " << step;
  }
}

}  // namespace
}  // namespace weft
