// RunQueue under every interleaving: each entry is taken exactly once, in order for each taker, and none is lost.

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "model/harness.h"
#include "weft/runtime/sched/run_queue.h"

namespace weft::model {
namespace {

struct Item {
  int number = 0;
  int taken = 0;
  Plain<int> payload;  // what the pusher writes must be seen by whoever takes the entry
};

using Queue = RunQueue<Item, Atomics>;

struct Fixture {
  Fixture(std::size_t count, std::size_t capacity) : items(count), queue(capacity) {
    for (std::size_t i = 0; i < count; ++i) items[i].number = static_cast<int>(i);
  }

  void push(std::size_t number) {
    items[number].payload.set(static_cast<int>(number));
    queue.push(&items[number]);
  }
  void take(Item* item, int& newest, const char* how) {
    if (item == nullptr) return;
    note(std::string(how) + " item " + std::to_string(item->number));
    check(++item->taken == 1, "an entry is taken once");
    check(item->payload.get() == item->number, "the taker sees what the pusher wrote");
    check(item->number > newest, "a taker gets the entries in order");
    newest = item->number;
  }
  void pop() { take(queue.pop(), popped, "pops"); }
  void steal_half(Queue& own, int& newest) {
    take(queue.steal_half(own), newest, "steals");
    take(own.pop(), newest, "pops what it stole:");
  }
  void drain() {
    for (std::size_t i = 0; i < items.size(); ++i) pop();
    for (const Item& item : items) check(item.taken == 1, "no entry is lost");
  }

  std::vector<Item> items;
  Queue queue;
  int popped = -1;
};

void pops_against_a_thief(Execution& e) {
  Fixture f(3, 4);
  Queue own(2);
  int newest = -1;
  e.thread("owner", [&] {
    f.push(0);
    f.push(1);
    f.pop();
    f.push(2);
    f.pop();
  });
  e.thread("thief", [&] {
    f.steal_half(own, newest);
    f.steal_half(own, newest);
  });
  e.finally([&] { f.drain(); });
}

void growth_against_a_thief(Execution& e) {
  Fixture f(4, 1);
  Queue own(1);
  int newest = -1;
  f.push(0);
  e.thread("owner", [&] {
    f.push(1);
    f.pop();
    f.push(2);
    f.push(3);
  });
  e.thread("thief", [&] {
    f.steal_half(own, newest);
    f.steal_half(own, newest);
  });
  e.finally([&] { f.drain(); });
}

void two_thieves(Execution& e) {
  Fixture f(4, 4);
  Queue own_one(2), own_two(2);
  std::array<int, 2> newest{-1, -1};
  for (std::size_t i = 0; i < 4; ++i) f.push(i);
  e.thread("owner", [&] { f.pop(); });
  e.thread("one", [&] { f.steal_half(own_one, newest[0]); });
  e.thread("two", [&] { f.steal_half(own_two, newest[1]); });
  e.finally([&] { f.drain(); });
}

// What a thief has put into its own queue is stolen again.
void a_thief_of_a_thief(Execution& e) {
  Fixture f(3, 4);
  Queue first(2), second(2);
  int first_newest = -1, second_newest = -1;
  e.thread("owner", [&] {
    for (std::size_t i = 0; i < 3; ++i) f.push(i);
  });
  e.thread("first", [&] { f.take(f.queue.steal_half(first), first_newest, "steals"); });
  e.thread("second", [&] { f.take(first.steal_half(second), second_newest, "steals"); });
  e.finally([&] {
    f.take(first.pop(), first_newest, "pops");
    f.drain();
  });
}

std::vector<Scenario> scenarios() {
  return {{"pops against a thief", pops_against_a_thief, {.stale_reads = 1}},
          {"growth against a thief", growth_against_a_thief, {.stale_reads = 1}},
          {"two thieves", two_thieves, {.stale_reads = 1}},
          {"a thief of a thief", a_thief_of_a_thief, {.stale_reads = 1}}};
}

TEST(RunQueueModel, each_entry_is_taken_exactly_once_in_every_interleaving) { explore_all(scenarios()); }

// Orders that no scenario needs, with the reason.
const std::vector<std::string> unneeded_orders = {
    // Against load buffering, which the model leaves out: a slot is read before it is stored again.
    "steal_half: compare_exchange acq_rel/relaxed -> acquire/relaxed",
    "make_room: load acquire -> relaxed",
    // What a thief uses it has acquired by tail_.
    "steal_half: load acquire -> relaxed",
    "steal_half: compare_exchange acq_rel/relaxed -> release/relaxed",
};

TEST(RunQueueModel, a_weaker_order_is_noticed) {
  expect_weaker_orders_noticed(survey(scenarios(), "run_queue.h"), unneeded_orders);
}

}  // namespace
}  // namespace weft::model
