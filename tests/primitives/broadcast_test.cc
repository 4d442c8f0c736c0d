#include "weft/primitives/broadcast.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class BroadcastEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, BroadcastEverywhere, every_setting, setting_name);

Coro<void> items() {
  Broadcast<std::string> broadcast(4);
  EXPECT_EQ(broadcast.send("for nobody"), 0u);
  auto one = broadcast.subscribe();
  EXPECT_EQ(broadcast.send("a"), 1u);
  auto two = broadcast.subscribe();
  EXPECT_EQ(broadcast.send("b"), 2u);
  EXPECT_EQ(broadcast.receivers(), 2u);
  EXPECT_EQ(one.qsize(), 2u);
  EXPECT_EQ(two.qsize(), 1u);
  EXPECT_EQ(co_await one.get(), "a");
  EXPECT_EQ(co_await one.get(), "b");
  EXPECT_EQ(two.get_nowait(), "b");
  EXPECT_TRUE(one.empty());
  std::string said;
  try {
    one.get_nowait();
  } catch (const QueueEmpty& error) {
    said = error.what();
  }
  EXPECT_EQ(said, "BroadcastReceiver: there is no item now; co_await get() waits for one");
  EXPECT_EQ(broadcast.describe(), "<Broadcast capacity 4, 2 receivers>");
  { const auto gone = std::move(two); }
  EXPECT_EQ(broadcast.send("c"), 1u);
  EXPECT_EQ(one.describe(), "<Broadcast capacity 4, 1 receiver>");
}
TEST_P(BroadcastEverywhere, gives_every_receiver_what_is_sent_while_it_is_there) { run_here(items()); }

Coro<std::vector<int>> all_of(BroadcastReceiver<int> receiver) {
  std::vector<int> got;
  while (const auto item = co_await receiver.next()) got.push_back(*item);
  co_return got;
}
Coro<void> waits() {
  Broadcast<int> broadcast(2, "news");
  std::vector<Task<std::vector<int>>> tasks;
  for (int i = 0; i < 3; ++i) tasks.push_back(create_task(all_of(broadcast.subscribe())));
  co_await sleep(1ms);
  EXPECT_EQ(broadcast.describe(), "<Broadcast 'news' capacity 2, 3 receivers, 3 waiting>");
  tasks[1].cancel();
  co_await wait(only(tasks[1]));
  EXPECT_TRUE(tasks[1].cancelled());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(broadcast.send(i), 2u);
    co_await sleep(1ms);
  }
  broadcast.close();
  const std::vector<int> all{0, 1, 2, 3, 4};
  EXPECT_EQ(co_await tasks[0], all);
  EXPECT_EQ(co_await tasks[2], all);
  EXPECT_EQ(broadcast.describe(), "<Broadcast 'news' closed, capacity 2, 0 receivers>");
}
TEST_P(BroadcastEverywhere, wakes_all_that_wait_for_the_next_item) { run_here(waits()); }

Coro<void> lags() {
  Broadcast<int> broadcast(3);
  auto receiver = broadcast.subscribe();
  for (int i = 0; i < 8; ++i) broadcast.send(i);
  EXPECT_EQ(receiver.qsize(), 3u);
  std::string said;
  std::uint64_t missed = 0;
  try {
    co_await receiver.get();
  } catch (const Lagged& error) {
    said = error.what();
    missed = error.missed();
  }
  EXPECT_EQ(missed, 5u);
  EXPECT_EQ(
      said,
      "BroadcastReceiver: it lagged and has missed 5 items of a broadcast that keeps 3; get() goes on at the oldest "
      "one that is there");
  EXPECT_EQ(co_await receiver.get(), 5);
  broadcast.send(8);
  broadcast.send(9);
  EXPECT_THROW(receiver.get_nowait(), Lagged);
  EXPECT_EQ(receiver.get_nowait(), 7);
  broadcast.send(10);
  EXPECT_EQ(receiver.get_nowait(), 8) << "a full ring is no lag";
  broadcast.send(11);
  broadcast.send(12);
  broadcast.close();
  bool lagged = false;
  try {
    co_await receiver.next();
  } catch (const Lagged&) {
    lagged = true;
  }
  EXPECT_TRUE(lagged);
  std::vector<int> rest;
  while (const auto item = co_await receiver.next()) rest.push_back(*item);
  const std::vector<int> expected{10, 11, 12};
  EXPECT_EQ(rest, expected);
}
TEST_P(BroadcastEverywhere, tells_a_receiver_once_how_many_items_it_missed) { run_here(lags()); }

Coro<void> closes() {
  Broadcast<int> broadcast(2);
  auto receiver = broadcast.subscribe();
  broadcast.send(1);
  broadcast.close();
  broadcast.close();
  EXPECT_TRUE(broadcast.closed());
  EXPECT_THROW(broadcast.send(2), ChannelClosed);
  EXPECT_EQ(co_await receiver.get(), 1) << "what was sent before the close";
  std::string said;
  try {
    co_await receiver.get();
  } catch (const ChannelClosed& error) {
    said = error.what();
  }
  EXPECT_EQ(said, "BroadcastReceiver: the broadcast was closed, and all of its items were got");
  EXPECT_THROW(receiver.get_nowait(), ChannelClosed);
  auto late = broadcast.subscribe();
  EXPECT_EQ(co_await late.next(), std::nullopt);

  auto gone = std::make_unique<Broadcast<int>>(2);
  const auto task = create_task(all_of(gone->subscribe()));
  co_await sleep(1ms);
  gone->send(7);
  gone.reset();
  EXPECT_EQ(co_await task, std::vector<int>(1, 7)) << "the end of the broadcast closes it";
}
TEST_P(BroadcastEverywhere, gives_what_is_left_after_its_close) { run_here(closes()); }

Coro<void> cancelled_late() {
  Broadcast<int> broadcast(2);
  auto receiver = broadcast.subscribe();
  bool got = false;
  const auto get = [](BroadcastReceiver<int>* given, bool* done) -> Coro<int> {
    const int item = co_await given->get();
    *done = true;
    co_return item;
  };
  const Task<int> task = create_task(get(&receiver, &got));
  co_await sleep(1ms);
  broadcast.send(3);
  const bool in_time = task.cancel();
  co_await wait(only(task));
  EXPECT_EQ(task.cancelled(), in_time);
  EXPECT_EQ(receiver.qsize(), got ? 0u : 1u) << "a cancelled get takes nothing";
  EXPECT_TRUE(in_time || got);
  EXPECT_TRUE((in_time && !got) || get_running_loop().workers() > 1) << "elsewhere it may have been in its last step";
}
TEST_P(BroadcastEverywhere, keeps_the_item_of_one_who_was_woken_and_cancelled) { run_here(cancelled_late()); }

Coro<void> two_at_one_receiver() {
  Broadcast<int> broadcast(2);
  auto receiver = broadcast.subscribe();
  const auto get = [](BroadcastReceiver<int>* given) -> Coro<int> { co_return co_await given->get(); };
  const Task<int> first = create_task(get(&receiver));
  const Task<int> second = create_task(get(&receiver));
  co_await sleep(1ms);
  broadcast.send(1);
  co_await wait(only(first));
  co_await wait(only(second));
  const Task<int>& loses = first.exception() != nullptr ? first : second;
  const Task<int>& wins = first.exception() != nullptr ? second : first;
  EXPECT_EQ(wins.result(), 1);
  EXPECT_EQ(
      text_of(loses.exception()),
      "weft::RuntimeError: BroadcastReceiver: another task took the item that this one was woken for; a receiver is "
      "for one task at a time, subscribe() gives another one");
}
TEST_P(BroadcastEverywhere, says_so_when_two_tasks_want_the_same_receivers_item) { run_here(two_at_one_receiver()); }

std::string refusal(std::int64_t capacity) {
  std::string said;
  try {
    const Broadcast<int> broadcast(capacity);
  } catch (const ValueError& error) {
    said = error.what();
  }
  return said;
}
TEST(Broadcast, refuses_a_capacity_that_makes_no_sense) {
  EXPECT_EQ(refusal(0), "Broadcast: capacity must be >= 1, but 0 was given");
  EXPECT_EQ(refusal(-3), "Broadcast: capacity must be >= 1, but -3 was given");
  EXPECT_EQ(refusal(Broadcast<int>::kMostCapacity + 1),
            "Broadcast: capacity must be at most 1152921504606846975, but 1152921504606846976 was given");
  EXPECT_EQ(refusal(1), "");
}

// A value whose copies throw while it is told to.
struct Fragile {
  explicit Fragile(int given) : number(given) {}
  Fragile(const Fragile& other) : number(other.number) {
    if (refuses) throw ValueError("not now");
  }
  Fragile(Fragile&&) noexcept = default;
  int number;
  static inline std::atomic<bool> refuses = false;
};
TEST(Broadcast, gives_an_item_again_whose_copy_has_thrown) {
  Broadcast<Fragile> broadcast(2);
  auto receiver = broadcast.subscribe();
  broadcast.send(Fragile(1));
  broadcast.send(Fragile(2));
  Fragile::refuses = true;
  EXPECT_THROW(receiver.get_nowait(), ValueError);
  EXPECT_EQ(receiver.qsize(), 2u);
  Fragile::refuses = false;
  EXPECT_EQ(receiver.get_nowait().number, 1);
}

TEST(Broadcast, keeps_the_last_items_and_destroys_each_once) {
  Census census;
  {
    Broadcast<Tracked> broadcast(2);
    broadcast.send(Tracked(census, 0));
    EXPECT_EQ(census.alive(), 0) << "nobody could read it";
    auto receiver = broadcast.subscribe();
    auto other = broadcast.subscribe();
    for (int i = 1; i <= 3; ++i) broadcast.send(Tracked(census, i));
    EXPECT_EQ(census.alive(), 2);
    EXPECT_THROW(receiver.get_nowait(), Lagged);
    EXPECT_EQ(receiver.get_nowait().value, 2);
    EXPECT_EQ(receiver.get_nowait().value, 3);
    EXPECT_EQ(census.copied, 2) << "one copy for each that was got";
    EXPECT_EQ(census.alive(), 2);
    other = std::move(receiver);
    EXPECT_EQ(broadcast.receivers(), 1u);
    EXPECT_TRUE(other.empty());
  }
  EXPECT_EQ(census.alive(), 0);
}

// A send may come while a copy of an item is made: the copy holds no guard.
struct Reentrant {
  explicit Reentrant(Broadcast<Reentrant>& given) : broadcast(&given) {}
  Reentrant(const Reentrant& other) : broadcast(other.broadcast) { broadcast->send(Reentrant(*broadcast)); }
  Reentrant(Reentrant&&) noexcept = default;
  Broadcast<Reentrant>* broadcast;
};
TEST(Broadcast, runs_no_code_of_an_item_under_its_guard) {
  Broadcast<Reentrant> broadcast(1);
  auto receiver = broadcast.subscribe();
  broadcast.send(Reentrant(broadcast));
  receiver.get_nowait();
  EXPECT_EQ(receiver.qsize(), 1u) << "what the copy has sent, over the item that was copied";
}

Coro<void> sends(Broadcast<int>& broadcast, int first, int count) {
  for (int i = 0; i < count; ++i) {
    broadcast.send(first + i);
    if (i % 8 == 7) co_await sleep(0s);
  }
}
// Of each sender's items some may be missed, and the rest comes in order; with those that were missed it is all.
Coro<void> reads(BroadcastReceiver<int> receiver, int all) {
  std::vector<int> last(2, -1);
  std::uint64_t count = 0;
  for (bool over = false; !over;) {
    try {
      const auto item = co_await receiver.next();
      over = !item.has_value();
      if (!over) {
        ++count;
        auto& before = last[static_cast<std::size_t>(*item / 10000)];
        EXPECT_GT(*item, before);
        before = *item;
      }
    } catch (const Lagged& lagged) {
      count += lagged.missed();
    }
  }
  EXPECT_EQ(count, static_cast<std::uint64_t>(all));
}
Coro<void> many(int capacity) {
  Broadcast<int> broadcast(capacity);
  std::vector<Task<void>> readers, writers;
  for (int i = 0; i < 4; ++i) readers.push_back(create_task(reads(broadcast.subscribe(), 2000)));
  writers.push_back(create_task(sends(broadcast, 0, 1000)));
  writers.push_back(create_task(sends(broadcast, 10000, 1000)));
  for (const Task<void>& task : writers) co_await task;
  broadcast.close();
  for (const Task<void>& task : readers) co_await task;
}
TEST_P(BroadcastEverywhere, accounts_for_every_item) { run_here(many(4)); }
TEST_P(BroadcastEverywhere, accounts_for_every_item_in_a_ring_of_one) { run_here(many(1)); }

Coro<void> sent_from_outside() {
  Broadcast<int> broadcast(16);
  const Task<void> task = create_task(reads(broadcast.subscribe(), 5000));
  std::thread sender([&broadcast] {
    for (int i = 0; i < 5000; ++i) broadcast.send(i);
    broadcast.close();
  });
  co_await task;
  sender.join();
}
TEST(Broadcast, is_sent_to_by_another_thread) { run(sent_from_outside(), {.workers = 2}); }

TEST(Broadcast, outlives_a_loop_that_is_closed_while_tasks_wait_for_it) {
  Broadcast<int> broadcast(1);
  {
    EventLoop loop(RunOptions{.workers = 1});
    loop.set_exception_handler([](const ExceptionContext&) {});
    const auto leave = [](Broadcast<int>* given) -> Coro<void> {
      create_task(reads(given->subscribe(), 0));
      co_await sleep(1ms);
      EXPECT_EQ(given->describe(), "<Broadcast capacity 1, 1 receiver, 1 waiting>");
    };
    loop.run_until_complete(leave(&broadcast));
  }
  EXPECT_EQ(broadcast.describe(), "<Broadcast capacity 1, 0 receivers>");
  EXPECT_EQ(broadcast.send(1), 0u);
}

}  // namespace
}  // namespace weft::tests
