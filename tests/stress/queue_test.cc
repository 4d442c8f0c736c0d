// Queues between four producers and four consumers that another thread cancels at random: each item is got once, in the order of its producer.
#include "weft/primitives/queue.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "weft/primitives/lifo_queue.h"
#include "weft/primitives/priority_queue.h"
#include "weft/runtime/base/random.h"

namespace weft::tests {
namespace {

constexpr bool kSlow = kAsan || kTsan;
constexpr auto kLength = kSlow ? 600ms : 300ms;
constexpr int kSides = 4;
constexpr std::uint64_t kEnough = 1000;

class QueueStress : public EverySetting {
 protected:
  RunOptions real_time() { return {.workers = GetParam().workers, .order = GetParam().order}; }
};
INSTANTIATE_TEST_SUITE_P(workers, QueueStress, every_setting, setting_name);

bool time_is_left(std::chrono::steady_clock::time_point begin) {
  return std::chrono::steady_clock::now() - begin < kLength;
}

template <class Kind>
struct Market {
  explicit Market(std::int64_t maxsize) : queue(maxsize) {}
  Kind queue;
  const std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
  std::array<int, kSides> put{};               // each by its producer
  std::array<std::vector<int>, kSides> got{};  // each by its consumer
  std::atomic<int> begun{0};
  std::atomic<long> cancelled{0};
  std::atomic<bool> over{false};
};

// The next items of the producer: how many of them are put when it is cancelled, `put` says.
template <class Kind>
Coro<void> puts_some(Market<Kind>& market, int producer, unsigned how) {
  int& put = market.put[static_cast<std::size_t>(producer)];
  int item = put * kSides + producer;
  if (how == 0) {
    co_await market.queue.put(item);
    ++put;
  } else if (how == 1) {
    co_await market.queue.put_from(item);
    ++put;
  } else if (how == 2) {
    std::vector<int> items;
    for (int i = 0; i < 5; ++i) items.push_back(item + i * kSides);
    struct Counts {
      int& put;
      std::vector<int>& items;
      ~Counts() { put += 5 - static_cast<int>(items.size()); }
    } const counts{put, items};
    co_await market.queue.put_many(items);
  } else if (market.queue.try_put(std::move(item))) {
    ++put;
  }
}
template <class Kind>
Coro<void> produces(Market<Kind>& market, int producer) {
  Random random(static_cast<unsigned>(producer));
  ++market.begun;
  while (time_is_left(market.begin) || market.cancelled == 0) {
    try {
      co_await puts_some(market, producer, random.below(4));
      if (random.below(8) == 0) co_await sleep(0s);
      while (market.queue.qsize() > kEnough) co_await sleep(0s);
    } catch (const CancelledError&) {
      ++market.cancelled;
    }
  }
}

template <class Kind>
Coro<void> gets_some(Market<Kind>& market, std::vector<int>& got, unsigned how) {
  const std::size_t before = got.size();
  if (how == 0) {
    got.push_back(co_await market.queue.get());
  } else if (how == 1) {
    const std::vector<int> items = co_await market.queue.get_many(5);
    got.insert(got.end(), items.begin(), items.end());
  } else if (const auto item = market.queue.try_get()) {
    got.push_back(*item);
  }
  market.queue.task_done(got.size() - before);
}
template <class Kind>
Coro<void> consumes(Market<Kind>& market, int consumer) {
  Random random(static_cast<unsigned>(consumer) + 100);
  ++market.begun;
  for (;;) {
    try {
      co_await gets_some(market, market.got[static_cast<std::size_t>(consumer)], random.below(3));
      if (random.below(8) == 0) co_await sleep(0s);
    } catch (const CancelledError&) {
      ++market.cancelled;
    } catch (const QueueShutDown&) {
      co_return;
    }
  }
}

template <class Kind>
Coro<void> trades(Market<Kind>& market) {
  std::vector<Task<void>> producers;
  std::vector<Task<void>> consumers;
  for (int i = 0; i < kSides; ++i) {
    consumers.push_back(create_task(consumes(market, i)));
    producers.push_back(create_task(produces(market, i)));
  }
  // One that is cancelled before its first step would not do its part.
  while (market.begun != 2 * kSides) co_await sleep(0s);
  std::thread canceller([&] {
    Random random(7);
    while (!market.over) {
      (random.below(2) == 0 ? producers : consumers)[random.below(kSides)].cancel("at random");
      std::this_thread::sleep_for(std::chrono::microseconds(random.below(100)));
    }
  });
  co_await wait(producers);
  market.over = true;
  canceller.join();
  co_await market.queue.join();
  market.queue.shutdown();
  co_await wait(consumers);
}

template <class Kind>
void check(Market<Kind>& market, bool in_order) {
  EXPECT_GT(market.cancelled, 0);
  EXPECT_EQ(market.queue.describe().find("unfinished"), std::string::npos) << market.queue.describe();
  EXPECT_EQ(market.queue.describe().find("ters="), std::string::npos) << market.queue.describe();
  std::array<std::vector<char>, kSides> found;
  for (std::size_t i = 0; i < kSides; ++i) found[i].resize(static_cast<std::size_t>(market.put[i]));
  long doubled = 0, unknown = 0, late = 0, count = 0;
  for (const std::vector<int>& got : market.got) {
    std::array<int, kSides> last{-1, -1, -1, -1};
    for (const int item : got) {
      const auto producer = static_cast<std::size_t>(item % kSides);
      const int number = item / kSides;
      if (number >= market.put[producer]) {
        ++unknown;
        continue;
      }
      doubled += std::exchange(found[producer][static_cast<std::size_t>(number)], 1);
      late += std::exchange(last[producer], number) > number ? 1 : 0;
      ++count;
    }
  }
  EXPECT_EQ(unknown, 0) << "items that nobody has put";
  EXPECT_EQ(doubled, 0) << "items that were got twice";
  EXPECT_EQ(count, std::accumulate(market.put.begin(), market.put.end(), 0l)) << "items that were got";
  EXPECT_GT(count, 0);
  if (in_order) {
    EXPECT_EQ(late, 0) << "items that were got after a later one of their producer";
  }
}

template <class Kind>
void trade(std::int64_t maxsize, const RunOptions& options, bool in_order) {
  Market<Kind> market(maxsize);
  run(trades(market), options);
  check(market, in_order);
}
TEST_P(QueueStress, of_one_item_loses_nothing) { trade<Queue<int>>(1, real_time(), true); }
TEST_P(QueueStress, of_two_items_loses_nothing) { trade<Queue<int>>(2, real_time(), true); }
TEST_P(QueueStress, of_a_block_of_items_loses_nothing) { trade<Queue<int>>(64, real_time(), true); }
TEST_P(QueueStress, without_a_bound_loses_nothing) { trade<Queue<int>>(0, real_time(), true); }
TEST_P(QueueStress, with_priorities_loses_nothing) { trade<PriorityQueue<int>>(2, real_time(), false); }
TEST_P(QueueStress, with_the_newest_item_first_loses_nothing) { trade<LifoQueue<int>>(2, real_time(), false); }

}  // namespace
}  // namespace weft::tests
