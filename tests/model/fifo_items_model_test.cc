// The items of a queue under every interleaving: none is lost, doubled or torn, each producer's come in its order, and a block is never used
// by one who comes late. Blocks of one slot and of three, so that a few items go through several blocks.

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "model/harness.h"
#include "weft/primitives/fifo_items.h"

namespace weft::model {
namespace {

// Its moves are seen by the checker: a move that nothing orders behind the one before is a data race.
struct Item {
  explicit Item(int number) : value(number) {}
  Item(Item&& other) noexcept : value(other.value.get()) { other.value.set(0); }
  Plain<int> value;
};

template <std::size_t kLap>
class Passing {
 public:
  explicit Passing(std::uint64_t most) { std::construct_at(&items_, most); }
  Passing(const Passing&) = delete;
  Passing& operator=(const Passing&) = delete;
  // An execution that fails leaves the items as they are: whoever stopped in the middle of them would be waited for.
  ~Passing() {}

  // What is refused is kept.
  void put(const std::vector<int>& numbers) {
    for (const int number : numbers) {
      Item item(number);
      if (items_.push(&item, 1).count == 0) left_ += number;
    }
  }
  // A few of the same producer's at once, which is what there is room for.
  void put_both(int first, int second) {
    Item items[] = {Item(first), Item(second)};
    const std::size_t put = items_.push(items, 2).count;
    left_ += (put < 1 ? first : 0) + (put < 2 ? second : 0);
  }
  // Digits that grow from left to right are in the order of their coming.
  void get(std::size_t times, std::size_t at_once = 1) {
    int last_of_first = 0;
    int last_of_second = 0;
    for (std::size_t i = 0; i < times; ++i) {
      items_.pop(at_once, [&](Item&& got) {
        const Item item(std::move(got));
        const int number = item.value.get();
        int& last = number < 10 ? last_of_first : last_of_second;
        check(number > last, "the items of one producer come in its order");
        last = number;
        got_ += number;
      });
    }
  }
  void check_end(int sum) {
    const std::uint64_t size = items_.size();
    std::uint64_t rest = 0;
    for (std::size_t moved = 1; moved != 0; rest += moved) {
      moved = items_.pop(3, [&](Item&& item) { got_ += item.value.get(); }).count;
    }
    check(rest == size, "the size is the number of items");
    check(got_ + left_ == sum, "no item is lost or doubled");
    std::destroy_at(&items_);
  }

 private:
  union {
    FifoItems<Item, Atomics, kLap> items_;
  };
  // Sums of who runs alone at that step; a model thread is not preempted inside.
  int got_ = 0;
  int left_ = 0;
};

using Numbers = std::vector<int>;

template <std::size_t kLap>
Body one_to_one(std::uint64_t most, Numbers numbers) {
  return [=](Execution& e) {
    Passing<kLap> passing(most);
    e.thread("producer", [&] { passing.put(numbers); });
    e.thread("consumer", [&] { passing.get(numbers.size()); });
    e.finally([&] { passing.check_end(std::accumulate(numbers.begin(), numbers.end(), 0)); });
  };
}
template <std::size_t kLap>
Body two_producers(std::uint64_t most, Numbers of_second) {
  return [=](Execution& e) {
    Passing<kLap> passing(most);
    e.thread("first", [&] { passing.put({1}); });
    e.thread("second", [&] { passing.put(of_second); });
    e.thread("consumer", [&] { passing.get(1); });
    e.finally([&] { passing.check_end(std::accumulate(of_second.begin(), of_second.end(), 1)); });
  };
}
template <std::size_t kLap>
Body two_consumers(std::uint64_t most, Numbers numbers) {
  return [=](Execution& e) {
    Passing<kLap> passing(most);
    e.thread("producer", [&] { passing.put(numbers); });
    for (const char* name : {"first", "second"}) e.thread(name, [&] { passing.get(1); });
    e.finally([&] { passing.check_end(std::accumulate(numbers.begin(), numbers.end(), 0)); });
  };
}
// One of them gives the block back while the other one still reads; a producer may need it again at once.
template <std::size_t kLap>
Body readers_of_one_block(Numbers more) {
  return [=](Execution& e) {
    Passing<kLap> passing(8);
    passing.put({1, 2, 3});
    for (const char* name : {"first", "second"}) e.thread(name, [&] { passing.get(2); });
    if (!more.empty()) e.thread("producer", [&] { passing.put(more); });
    e.finally([&] { passing.check_end(std::accumulate(more.begin(), more.end(), 6)); });
  };
}
template <std::size_t kLap>
Body batches(std::uint64_t most) {
  return [most](Execution& e) {
    Passing<kLap> passing(most);
    e.thread("first", [&] { passing.put_both(1, 2); });
    e.thread("second", [&] { passing.put_both(10, 20); });
    e.thread("consumer", [&] { passing.get(2, 2); });
    e.finally([&] { passing.check_end(33); });
  };
}

std::vector<Scenario> scenarios(int preemptions) {
  const Options options{.preemption_bound = preemptions, .stale_reads = 1};
  return {{"one to one, blocks of one", one_to_one<2>(8, {1, 2}), options},
          {"one to one, blocks of three, room for two", one_to_one<4>(2, {1, 2, 3}), options},
          {"two producers, blocks of three, room for one", two_producers<4>(1, {10}), options},
          {"two consumers, blocks of three", two_consumers<4>(8, {1, 2}), options},
          {"two readers of one block", readers_of_one_block<4>({}), options}};
}
std::vector<Scenario> wide_scenarios() {
  const Options options{.preemption_bound = 1, .stale_reads = 1};
  return {{"two producers, blocks of one", two_producers<2>(8, {10, 20}), options},
          {"two consumers, blocks of one", two_consumers<2>(8, {1, 2, 3}), options},
          {"two readers of one block and a producer", readers_of_one_block<4>({4}), options},
          {"batches, blocks of three", batches<4>(3), options}};
}

TEST(FifoItemsModel, no_item_is_lost_doubled_or_torn) {
  explore_all(scenarios(3));
  explore_all(wide_scenarios());
}

// The other orders stand for each other in so small scenarios: one that is weakened alone leaves enough of them.
TEST(FifoItemsModel, a_weaker_order_of_an_items_flag_and_a_look_that_is_left_out_are_noticed) {
  const Survey found = survey({scenarios(1).front()}, "fifo_items.h");
  std::printf("%s", found.table().c_str());
  EXPECT_TRUE(found.unchanged_passed());
  EXPECT_THAT(found.caught(Mutation::Effect::order),
              testing::IsSupersetOf({"write: store release -> relaxed", "read: load acquire -> relaxed"}));
  EXPECT_THAT(found.caught(Mutation::Effect::blind),
              testing::IsSupersetOf(
                  {"read: load acquire -> not looking again", "go_on_behind: load acquire -> not looking again"}));
}

}  // namespace
}  // namespace weft::model
