// Items that go from one task to another, and none of which may be lost or doubled by a cancel.
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cancel/everywhere.h"

namespace weft::tests {
namespace {

// A queue made of futures: a getter that finds nothing leaves a future behind, which the next put sets.
class Shelf {
 public:
  void put(int item) {
    std::unique_lock lock(mutex_);
    items_.push_back(item);
    wake_one(lock);
  }
  Coro<int> get() {
    for (;;) {
      Future<void> arrived;
      {
        const std::lock_guard lock(mutex_);
        if (!items_.empty()) {
          const int item = items_.front();
          items_.pop_front();
          co_return item;
        }
        arrived = get_running_loop().create_future();
        getters_.push_back(arrived);
      }
      bool cancelled = false;
      try {
        co_await arrived;
      } catch (const CancelledError&) {
        cancelled = true;
      }
      if (!cancelled) continue;
      give_up(arrived);
      throw CancelledError();
    }
  }
  std::vector<int> rest() {
    const std::lock_guard lock(mutex_);
    return {items_.begin(), items_.end()};
  }

 private:
  // The wake-up of a getter that was woken and then cancelled belongs to the next one.
  void give_up(const Future<void>& arrived) {
    std::unique_lock lock(mutex_);
    std::erase(getters_, arrived);
    if (!items_.empty()) wake_one(lock);
  }
  void wake_one(std::unique_lock<std::mutex>& lock) {
    while (!getters_.empty()) {
      const Future<void> getter = getters_.front();
      getters_.pop_front();
      lock.unlock();
      if (getter.try_set_result()) return;
      lock.lock();
    }
  }
  std::mutex mutex_;  // all that follows
  std::deque<int> items_;
  std::deque<Future<void>> getters_;
};

struct Market {
  Shelf shelf;
  std::mutex mutex;
  std::multiset<int> put;
  std::multiset<int> got;
};
Market& market_of(Probe& probe) {
  Market& market = probe.keep<Market>();
  probe.at_end([&probe, &market] {
    std::multiset<int> found = market.got;
    for (const int item : market.shelf.rest()) found.insert(item);
    probe.expect(found == market.put, "of " + std::to_string(market.put.size()) + " items " +
                                          std::to_string(found.size()) + " were found again");
  });
  return market;
}
Coro<void> produce(Market& market, int first, int count) {
  for (int i = 0; i < count; ++i) {
    {
      const std::lock_guard lock(market.mutex);
      market.put.insert(first + i);
    }
    market.shelf.put(first + i);
    co_await sleep(i % 2 == 0 ? 1ms : 0ms);
  }
}
Coro<void> consume(Market& market, int count) {
  for (int i = 0; i < count; ++i) {
    const int item = co_await market.shelf.get();
    const std::lock_guard lock(market.mutex);
    market.got.insert(item);
  }
}

Coro<void> consumer_is_cancelled(Probe& probe) {
  Market& market = market_of(probe);
  const CancelledAtExit producer(create_task(produce(market, 0, 6)));
  co_await consume(market, 6);
}
TEST(CancelTransfer, to_a_consumer_that_is_cancelled) { everywhere(consumer_is_cancelled); }

Coro<void> producer_is_cancelled(Probe& probe) {
  Market& market = market_of(probe);
  const Task<void> consumer = create_task(consume(market, 6));
  const CancelledAtExit at_exit(consumer);
  co_await produce(market, 0, 6);
  co_await consumer;
}
TEST(CancelTransfer, from_a_producer_that_is_cancelled) { everywhere(producer_is_cancelled); }

// The cancelled consumer's wake-up must reach the other one, which would wait for ever.
Coro<void> one_of_two_consumers(Probe& probe) {
  Market& market = market_of(probe);
  create_task(consume(market, 3));
  create_task(produce(market, 0, 9));
  co_await consume(market, 6);
}
TEST(CancelTransfer, beside_another_consumer_that_goes_on) { everywhere(one_of_two_consumers, {.second_cancels = 0}); }

Coro<void> everybody(Probe& probe) {
  Market& market = market_of(probe);
  const auto block = [&market](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 3; ++i) group.create_task(produce(market, 10 * i, 4));
    for (int i = 0; i < 3; ++i) group.create_task(consume(market, 4));
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelTransfer, in_a_group_of_producers_and_consumers) { everywhere(everybody); }

// Results that can only be moved come to the one who takes them, or die with their task.
Coro<std::unique_ptr<Tracked>> makes(Census& census, int number) {
  co_await sleep(std::chrono::milliseconds(number));
  co_return std::make_unique<Tracked>(census, number);
}
Coro<void> moves(Probe& probe) {
  Census& census = census_of(probe);
  std::unique_ptr<Tracked> last = co_await makes(census, 1);
  const Task<std::unique_ptr<Tracked>> task = create_task(makes(census, 2));
  const CancelledAtExit at_exit(task);
  last = std::move(co_await task);
  auto both = co_await gather(makes(census, 1), makes(census, 3));
  last = std::move(std::get<1>(both));
  auto forked = co_await fork_join(makes(census, 2), makes(census, 1));
  probe.expect(std::get<0>(forked)->value == 2 && last->value == 3, "a result is wrong");
}
TEST(CancelTransfer, of_results_that_can_only_be_moved) { everywhere(moves); }

}  // namespace
}  // namespace weft::tests
