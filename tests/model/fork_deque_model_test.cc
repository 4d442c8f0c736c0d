// ForkDeque under every interleaving: each item is handed out exactly once and none is lost.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>

#include "model/harness.h"
#include "weft/runtime/sched/fork_deque.h"

namespace weft::model {
namespace {

struct Item {
  int number = 0;
  int taken = 0;
  Plain<int> payload;  // what the owner writes before the push must be seen by whoever takes the item
};

using Deque = ForkDeque<Item, Atomics>;

template <std::size_t Count>
struct Fixture {
  explicit Fixture(std::uint32_t capacity) : deque(capacity) {
    for (std::size_t i = 0; i < Count; ++i) items[i].number = static_cast<int>(i);
  }

  void push(int number) {
    Item& item = items[static_cast<std::size_t>(number)];
    item.payload.set(number);
    if (deque.push(&item)) deque.share();
  }
  void take(Item* item, const char* how) {
    if (item == nullptr) return;
    note(std::string(how) + " item " + std::to_string(item->number));
    check(++item->taken == 1, "an item is handed out once");
    check(item->payload.get() == item->number, "the taker sees what the pusher wrote");
  }
  void pop() { take(deque.pop(), "pops"); }
  StealResult steal() {
    Item* item = nullptr;
    const StealResult result = deque.steal(item);
    if (result == StealResult::stolen) take(item, "steals");
    return result;
  }
  void drain() {
    for (std::size_t i = 0; i < Count; ++i) pop();
    for (const Item& item : items) check(item.taken == 1, "no item is lost");
    check(!deque.has_items(), "a drained deque has no items");
  }

  std::array<Item, Count> items;
  Deque deque;
};

// A computing owner's private items are forced while it pops them.
void force_against_pop(Execution& e) {
  Fixture<2> f(2);
  e.thread("owner", [&] {
    f.push(0);
    f.push(1);
    f.pop();
    f.pop();
  });
  e.thread("thief", [&] {
    static_cast<void>(f.deque.force());
    f.steal();
  });
  e.finally([&] { f.drain(); });
}

// The index that the thief saw is popped and pushed again, with another item, before it forces.
void force_against_pop_and_push(Execution& e) {
  Fixture<3> f(2);
  f.push(0);
  f.push(1);
  e.thread("owner", [&] {
    f.pop();
    f.push(2);
  });
  e.thread("thief", [&] {
    static_cast<void>(f.deque.force());
    f.steal();
    f.steal();
  });
  e.finally([&] { f.drain(); });
}

// A request is answered by the next push; the owner takes back what nobody stole.
void share_against_steal(Execution& e) {
  Fixture<3> f(4);
  e.thread("owner", [&] {
    f.push(0);
    f.push(1);
    f.push(2);
    f.pop();
    f.pop();
  });
  e.thread("thief", [&] {
    f.deque.request();
    f.steal();
    f.steal();
  });
  e.finally([&] { f.drain(); });
}

void two_thieves_of_shared_items(Execution& e) {
  Fixture<3> f(4);
  for (int i = 0; i < 3; ++i) f.push(i);
  f.deque.share();
  e.thread("owner", [&] {
    f.pop();
    f.pop();
  });
  for (const char* name : {"one", "two"}) {
    e.thread(name, [&] { f.steal(); });
  }
  e.finally([&] { f.drain(); });
}

void two_thieves_that_force(Execution& e) {
  Fixture<2> f(2);
  f.push(0);
  f.push(1);
  e.thread("owner", [&] { f.pop(); });
  e.thread("one", [&] {
    static_cast<void>(f.deque.force());
    f.steal();
  });
  e.thread("two", [&] { static_cast<void>(f.deque.force()); });
  e.finally([&] { f.drain(); });
}

// The ring is full and wraps: a slot is used again only when the thief that read it has failed or is done.
void slots_used_again(Execution& e) {
  Fixture<4> f(2);
  f.push(0);
  f.push(1);
  f.deque.share();
  e.thread("owner", [&] {
    f.pop();
    f.push(2);
    f.push(3);
  });
  e.thread("thief", [&] {
    f.steal();
    f.steal();
  });
  e.finally([&] { f.drain(); });
}

void growth_against_steal(Execution& e) {
  Fixture<3> f(1);
  f.push(0);
  f.deque.share();
  e.thread("owner", [&] {
    f.push(1);
    f.deque.share();
    f.push(2);
  });
  e.thread("thief", [&] {
    f.steal();
    f.steal();
  });
  e.finally([&] { f.drain(); });
}

// pop_if() may show `mine` only items that are the owner's: a thief's item may be gone.
void looking_at_an_item_against_its_thief(Execution& e) {
  Fixture<1> f(1);
  f.push(0);
  e.thread("owner", [&] { f.take(f.deque.pop_if([](Item* item) { return item->payload.get() == 1; }), "pops"); });
  e.thread("thief", [&] {
    static_cast<void>(f.deque.force());
    Item* item = nullptr;
    if (f.deque.steal(item) == StealResult::stolen) item->payload.set(2);
  });
  e.finally();
}

// What a sleeper relies on: it sees the item in its last look, or the owner sees its request.
void request_against_push(Execution& e) {
  Fixture<1> f(1);
  bool asked = false, seen = false;
  e.thread("owner", [&] { asked = f.deque.push(&f.items[0]); });
  e.thread("sleeper", [&] {
    f.deque.request();
    Atomics::heavy_barrier();
    seen = f.deque.has_items();
  });
  e.finally([&] { check(asked || seen, "the sleeper sees the item or the owner the request"); });
}

// The last one is run in all its interleavings once, and for each weakening in those with at most two preemptions.
std::vector<Scenario> scenarios(int preemptions_of_the_last) {
  return {{"request against push", request_against_push},
          {"slots used again", slots_used_again},
          {"growth against steal", growth_against_steal},
          {"share against steal", share_against_steal},
          {"two thieves of shared items", two_thieves_of_shared_items},
          {"force against pop and push", force_against_pop_and_push, {.stale_reads = 1}},
          {"force against pop", force_against_pop, {.preemption_bound = preemptions_of_the_last, .stale_reads = 1}}};
}

TEST(ForkDequeModel, each_item_is_handed_out_exactly_once_in_every_interleaving) {
  std::vector<Scenario> all = scenarios(-1);
  all.push_back({"two thieves that force", two_thieves_that_force, {.preemption_bound = 2}});
  explore_all(all);
}

TEST(ForkDequeModel, the_owner_looks_at_no_item_that_a_thief_may_have_taken) {
  explore_all({{"looking at an item against its thief", looking_at_an_item_against_its_thief}});
}

// Orders that no scenario needs, with the reason.
const std::vector<std::string> unneeded_orders = {
    // Against load buffering, which the model leaves out: a slot is read before it is stored again.
    "steal: compare_exchange acq_rel/relaxed -> acquire/relaxed",
    "pop_shared_if: load acquire -> relaxed",
    "make_room: load acquire -> relaxed",
    // The second look at bottom_ acquires what the first one saw, or something newer.
    "force: load acquire -> relaxed",
    // Whoever makes the owner take its step back has seen the slots, and hands that on by lock_.
    "pop_private_if: store release -> relaxed",
    // Under lock_, which every reader who goes on to use slots takes.
    "pop_shared_if: store release -> relaxed",
    "pop_shared_if: store release -> relaxed",
    // A decision; what it leads to acquires again.
    "has_items: load acquire -> relaxed",
    "has_items: load acquire -> relaxed",
    // word_ changes by read-modify-writes alone, so every release of a split is continued by them; and whoever moves the
    // split or takes the last item has seen the slots otherwise.
    "move_split: compare_exchange acq_rel/relaxed -> release/relaxed",
    "steal: compare_exchange acq_rel/relaxed -> release/relaxed",
    "pop_shared_if: compare_exchange acq_rel/relaxed -> acquire/relaxed",
    "pop_shared_if: compare_exchange acq_rel/relaxed -> release/relaxed",
};

TEST(ForkDequeModel, a_weaker_order_a_dropped_barrier_and_a_dropped_second_look_are_noticed) {
  using Effect = Mutation::Effect;
  const Survey found = survey(scenarios(2), "fork_deque.h");
  std::printf("%s", found.table().c_str());
  EXPECT_TRUE(found.unchanged_passed());
  EXPECT_THAT(found.survivors(Effect::order), testing::UnorderedElementsAreArray(unneeded_orders));
  EXPECT_THAT(found.survivors(Effect::drop), testing::IsEmpty());
  EXPECT_THAT(found.caught(Effect::drop), testing::SizeIs(3));
  EXPECT_THAT(found.caught(Effect::blind), testing::IsSupersetOf({"push_into_room: load relaxed -> not looking again",
                                                                  "pop_private_if: load relaxed -> not looking again",
                                                                  "force: load acquire -> not looking again"}));
}

}  // namespace
}  // namespace weft::model
