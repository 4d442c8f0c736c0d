#include "weft/primitives/channel.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "primitives/said_by.h"
#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class ChannelEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, ChannelEverywhere, every_setting, setting_name);

Coro<void> items() {
  auto [sender, receiver] = channel<int>(2);
  EXPECT_EQ(sender.capacity(), 2u);
  EXPECT_EQ(said_by<QueueEmpty>([&] { receiver.receive_nowait(); }),
            "receive_nowait(): <Channel capacity=2 size=0 senders=1 receivers=1> is empty; co_await receive() waits "
            "for an item");
  EXPECT_EQ(receiver.try_receive(), std::nullopt);
  co_await sender.send(1);
  sender.send_nowait(2);
  EXPECT_EQ(receiver.qsize(), 2u);
  EXPECT_EQ(said_by<QueueFull>([&] { sender.send_nowait(3); }),
            "send_nowait(): <Channel capacity=2 size=2 senders=1 receivers=1> is full; co_await send() waits for room");
  EXPECT_FALSE(sender.try_send(3));
  EXPECT_EQ(receiver.receive_nowait(), 1);
  EXPECT_TRUE(sender.try_send(3));
  EXPECT_EQ(co_await receiver.receive(), 2);
  EXPECT_EQ(receiver.try_receive(), 3);
  co_await sender.send(4);
  EXPECT_EQ(co_await receiver.next(), 4);
}
TEST_P(ChannelEverywhere, gives_items_in_the_order_of_their_coming) { run_here(items()); }

Coro<void> unbounded() {
  auto [sender, receiver] = channel<int>(0);
  for (int i = 0; i < 1000; ++i) co_await sender.send(i);
  EXPECT_EQ(receiver.describe(), "<Channel size=1000 senders=1 receivers=1>");
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(receiver.receive_nowait(), i);
}
TEST_P(ChannelEverywhere, without_a_capacity_takes_everything) { run_here(unbounded()); }

Coro<void> sends_all(ChannelSender<int> sender, int first, int count) {
  for (int i = first; i < first + count; ++i) co_await sender.send(i);
}
// Each sender's items in their order, all of them once.
Coro<long> receives_all(ChannelReceiver<int> receiver) {
  long sum = 0;
  std::vector<int> last(4, -1);
  while (const auto item = co_await receiver.next()) {
    int& before = last[static_cast<std::size_t>(*item / 500)];
    EXPECT_GT(*item, before);
    before = *item;
    sum += *item;
  }
  co_return sum;
}
Coro<void> many_to_many(std::int64_t capacity) {
  std::vector<Task<void>> senders;
  std::vector<Task<long>> receivers;
  {
    const auto [sender, receiver] = channel<int>(capacity);
    for (int i = 0; i < 4; ++i) receivers.push_back(create_task(receives_all(receiver)));
    for (int i = 0; i < 4; ++i) senders.push_back(create_task(sends_all(sender, 500 * i, 500)));
  }
  for (const Task<void>& task : senders) co_await task;
  long sum = 0;
  for (const Task<long>& task : receivers) sum += co_await task;
  EXPECT_EQ(sum, 2000l * 1999 / 2);
}
TEST_P(ChannelEverywhere, passes_each_item_to_one_receiver_and_ends_when_all_senders_have_gone) {
  run_here(many_to_many(5));
}
TEST_P(ChannelEverywhere, of_one_item_passes_each_to_one_receiver) { run_here(many_to_many(1)); }
TEST_P(ChannelEverywhere, without_a_bound_passes_each_item_to_one_receiver) { run_here(many_to_many(0)); }

Coro<void> last_sender() {
  auto [made, receiver] = channel<std::string>(4, "news");
  std::optional<ChannelSender<std::string>> first = std::move(made);
  std::optional<ChannelSender<std::string>> second = first;
  EXPECT_EQ(receiver.describe(), "<Channel 'news' capacity=4 size=0 senders=2 receivers=1>");
  co_await first->send("a");
  first.reset();
  EXPECT_FALSE(receiver.is_closed());
  co_await second->send("b");
  second.reset();
  EXPECT_EQ(receiver.describe(), "<Channel 'news' capacity=4 size=2 senders=0 receivers=1 closed>");
  EXPECT_EQ(co_await receiver.receive(), "a") << "what is there is drained";
  EXPECT_EQ(co_await receiver.next(), "b");
  EXPECT_EQ(co_await receiver.next(), std::nullopt);
  std::string said;
  try {
    co_await receiver.receive();
  } catch (const ChannelClosed& error) {
    said = error.what();
  }
  EXPECT_EQ(said,
            "<Channel 'news' capacity=4 size=0 senders=0 receivers=1 closed> is at its end: it was closed, or its "
            "senders or its receivers have gone");
  EXPECT_THROW(receiver.receive_nowait(), ChannelClosed);
  EXPECT_THROW(receiver.try_receive(), ChannelClosed);
  EXPECT_THROW(co_await receiver.receive_many(3), ChannelClosed);
}
TEST_P(ChannelEverywhere, is_at_its_end_when_the_last_sender_has_gone_and_all_was_received) { run_here(last_sender()); }

Coro<std::size_t> counts(ChannelReceiver<int> receiver) {
  std::size_t count = 0;
  while (co_await receiver.next()) ++count;
  co_return count;
}
Coro<void> waiting_receivers(bool by_close) {
  std::vector<Task<std::size_t>> tasks;
  auto [made, receiver] = channel<int>(1);
  std::optional<ChannelSender<int>> sender = std::move(made);
  for (int i = 0; i < 3; ++i) tasks.push_back(create_task(counts(receiver)));
  co_await sleep(1ms);
  EXPECT_EQ(receiver.describe(), "<Channel capacity=1 size=0 senders=1 receivers=4 waiting=3>");
  if (by_close) {
    sender->close();
    sender->close();
    EXPECT_THROW(co_await sender->send(1), ChannelClosed);
  } else {
    sender.reset();
  }
  for (const Task<std::size_t>& task : tasks) EXPECT_EQ(co_await task, 0u);
}
TEST_P(ChannelEverywhere, wakes_all_that_receive_when_the_last_sender_goes) { run_here(waiting_receivers(false)); }
TEST_P(ChannelEverywhere, wakes_all_that_receive_when_a_sender_closes_it) { run_here(waiting_receivers(true)); }

Coro<void> sends(ChannelSender<std::unique_ptr<int>> sender, std::unique_ptr<int>& item) {
  co_await sender.send_from(item);
}
Coro<void> waiting_senders(bool by_close) {
  auto [sender, made] = channel<std::unique_ptr<int>>(1);
  std::optional<ChannelReceiver<std::unique_ptr<int>>> receiver = std::move(made);
  sender.send_nowait(std::make_unique<int>(0));
  auto mine = std::make_unique<int>(1);
  auto other = std::make_unique<int>(2);
  const Task<void> first = create_task(sends(sender, mine));
  const Task<void> second = create_task(sends(sender, other));
  co_await sleep(1ms);
  EXPECT_EQ(sender.describe(), "<Channel capacity=1 size=1 senders=3 receivers=1 waiting=2>");
  if (by_close) {
    receiver->close();
  } else {
    receiver.reset();
  }
  EXPECT_THROW(co_await first, ChannelClosed);
  EXPECT_THROW(co_await second, ChannelClosed);
  EXPECT_NE(mine, nullptr) << "what was not sent stays the caller's";
  EXPECT_NE(other, nullptr);
  EXPECT_THROW(sender.send_nowait(std::move(mine)), ChannelClosed);
  EXPECT_THROW(sender.try_send(std::move(mine)), ChannelClosed);
  EXPECT_NE(mine, nullptr);
  EXPECT_EQ(sender.qsize(), by_close ? 1u : 0u) << "a receiver that has closed still gets what is there";
  if (by_close) {
    EXPECT_EQ(**receiver->try_receive(), 0);
  }
}
TEST_P(ChannelEverywhere, refuses_those_that_send_when_the_last_receiver_goes) { run_here(waiting_senders(false)); }
TEST_P(ChannelEverywhere, refuses_those_that_send_when_a_receiver_closes_it) { run_here(waiting_senders(true)); }

TEST(Channel, destroys_what_nobody_will_receive) {
  Census census;
  auto [sender, made] = channel<Tracked>(0);
  std::optional<ChannelReceiver<Tracked>> receiver = std::move(made);
  std::optional<ChannelReceiver<Tracked>> other = receiver;
  for (int i = 0; i < 200; ++i) sender.send_nowait(Tracked(census, i));
  receiver.reset();
  EXPECT_EQ(census.alive(), 200) << "another receiver is there";
  EXPECT_EQ(other->receive_nowait().value, 0);
  sender.close();
  EXPECT_EQ(census.alive(), 199);
  other.reset();
  EXPECT_EQ(census.alive(), 0) << "though a sender is there";
  EXPECT_EQ(census.copied, 0);
}

TEST(Channel, counts_its_halves) {
  auto [sender, receiver] = channel<int>(1);
  const auto numbers = [&of = receiver] {
    const std::string all = of.describe();
    return all.substr(all.find("senders"));
  };
  {
    auto copy = sender;
    auto moved = std::move(copy);
    EXPECT_EQ(numbers(), "senders=2 receivers=1>");
    const auto another = receiver;
    EXPECT_EQ(numbers(), "senders=2 receivers=2>");
    copy = moved;
    EXPECT_EQ(numbers(), "senders=3 receivers=2>");
    auto& same = copy;
    copy = same;
    EXPECT_EQ(numbers(), "senders=3 receivers=2>");
    auto of_another = channel<int>(1);
    copy = of_another.sender;
    EXPECT_EQ(numbers(), "senders=2 receivers=2>");
    EXPECT_EQ(of_another.sender.describe(), "<Channel capacity=1 size=0 senders=2 receivers=1>");
  }
  EXPECT_EQ(numbers(), "senders=1 receivers=1>");
}

Coro<void> batches() {
  auto [sender, receiver] = channel<int>(100);
  std::vector<int> all(350);
  std::iota(all.begin(), all.end(), 0);
  const auto send_all = [](ChannelSender<int> given, std::vector<int>* items) -> Coro<void> {
    co_await given.send_many(*items);
  };
  const Task<void> task = create_task(send_all(std::move(sender), &all));
  int next = 0;
  while (next < 350) {
    const std::vector<int> got = co_await receiver.receive_many(80);
    EXPECT_GE(got.size(), 1u);
    EXPECT_LE(got.size(), 80u);
    for (const int item : got) EXPECT_EQ(item, next++);
  }
  co_await task;
  EXPECT_TRUE(all.empty());
  EXPECT_EQ(co_await receiver.next(), std::nullopt);
}
TEST_P(ChannelEverywhere, takes_and_gives_many_items_at_once) { run_here(batches()); }

Coro<void> cut_batch() {
  auto [sender, made] = channel<int>(2);
  std::optional<ChannelReceiver<int>> receiver = std::move(made);
  std::vector<int> all{0, 1, 2, 3, 4};
  const auto send_all = [](ChannelSender<int> given, std::vector<int>* items) -> Coro<void> {
    co_await given.send_many(*items);
  };
  const Task<void> task = create_task(send_all(sender, &all));
  co_await sleep(1ms);
  EXPECT_EQ(receiver->receive_nowait(), 0);
  co_await sleep(1ms);
  receiver.reset();
  EXPECT_THROW(co_await task, ChannelClosed);
  const std::vector<int> rest{3, 4};
  EXPECT_EQ(all, rest) << "what was not sent stays the caller's";
}
TEST_P(ChannelEverywhere, leaves_what_a_send_many_could_not_send) { run_here(cut_batch()); }

Coro<void> cancelled_receiver() {
  auto [sender, receiver] = channel<int>(1);
  const auto receives = [](ChannelReceiver<int> given, bool* received) -> Coro<int> {
    const int item = co_await given.receive();
    *received = true;
    co_return item;
  };
  bool first_received = false;
  bool second_received = false;
  const Task<int> first = create_task(receives(receiver, &first_received));
  co_await sleep(1ms);
  const Task<int> second = create_task(receives(receiver, &second_received));
  co_await sleep(1ms);
  co_await sender.send(7);
  const bool in_time = first.cancel();
  co_await wait(only(first));
  EXPECT_EQ(first.cancelled(), in_time);
  EXPECT_TRUE((in_time && !first_received) || get_running_loop().workers() > 1);
  if (first_received) co_await sender.send(7);  // before the cancel came, or in the task's last step
  EXPECT_EQ(co_await second, 7) << "what one was woken for that is cancelled goes to the next one";
  EXPECT_TRUE(second_received);
}
TEST_P(ChannelEverywhere, loses_nothing_to_a_receiver_that_is_cancelled) { run_here(cancelled_receiver()); }

// A channel in a channel: the last half of one goes as an item of the other is destroyed.
TEST(Channel, may_carry_the_halves_of_channels) {
  auto [inner, inner_receiver] = channel<int>(1);
  {
    auto [sender, receiver] = channel<ChannelSender<int>>(1);
    sender.send_nowait(std::move(inner));
    EXPECT_FALSE(inner_receiver.is_closed());
  }
  EXPECT_TRUE(inner_receiver.is_closed());
}

std::string refusal(std::int64_t capacity) {
  return said_by<ValueError>([capacity] { channel<int>(capacity); });
}
TEST(Channel, refuses_a_capacity_that_makes_no_sense) {
  EXPECT_EQ(refusal(-1), "channel: capacity must be >= 0, but -1 was given; 0 means no bound");
  EXPECT_EQ(refusal(std::numeric_limits<std::int64_t>::max()),
            "channel: capacity must be at most 1152921504606846975, but 9223372036854775807 was given; 0 means no "
            "bound");
  EXPECT_EQ(refusal(1), "nothing was thrown");
}

Coro<void> from_other_threads() {
  auto [sender, receiver] = channel<int>(8);
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([mine = sender]() mutable {
      for (int i = 0; i < 500; ++i) {
        while (!mine.try_send(1)) std::this_thread::yield();
      }
    });
  }
  { const auto gone = std::move(sender); }
  int sum = 0;
  while (const auto item = co_await receiver.next()) sum += *item;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sum, 1000);
}
TEST(Channel, ends_when_threads_that_run_no_loop_let_go_of_their_senders) { run(from_other_threads(), {.workers = 2}); }

// Both sides go at once again and again, as a receiver begins to wait.
Coro<void> goes(ChannelSender<int> sender) {
  co_await sleep(0s);
  sender.send_nowait(1);
}
Coro<void> short_lives() {
  for (int i = 0; i < 300; ++i) {
    auto [sender, receiver] = channel<int>(2);
    const Task<void> first = create_task(goes(sender));
    const Task<void> second = create_task(goes(std::move(sender)));
    EXPECT_EQ(co_await counts(std::move(receiver)), 2u);
    co_await first;
    co_await second;
  }
}
TEST_P(ChannelEverywhere, leaves_no_receiver_waiting_when_senders_go_as_it_begins_to_wait) { run_here(short_lives()); }

Coro<void> waits_to_send(ChannelSender<int> sender, std::vector<int>& all) { co_await sender.send_many(all); }
Coro<void> waits_for_nothing(ChannelSender<int> sender, std::vector<int>& all) {
  const auto body = [&]() -> Coro<void> { co_await sender.send_many(all); };
  try {
    co_await with_timeout(1ms, body);
  } catch (const TimeoutError&) {
  }
}
TEST(Channel, leaves_what_a_send_many_of_another_loop_could_not_send) {
  auto [sender, receiver] = channel<int>(1);
  std::vector<int> all{0, 1, 2, 3};
  run_in_order(waits_for_nothing(sender, all));
  EXPECT_EQ(receiver.receive_nowait(), 0);
  EXPECT_THROW(run_in_order(waits_to_send(sender, all)), RuntimeError);
  const std::vector<int> rest{2, 3};
  EXPECT_EQ(all, rest);
  EXPECT_EQ(receiver.receive_nowait(), 1);
}

Coro<void> sends_from_its_loop(ChannelSender<int> sender) {
  for (int i = 0; i < 2000; ++i) co_await sender.send(1);
}
TEST(Channel, may_have_its_sides_in_two_loops) {
  auto [sender, receiver] = channel<int>(4);
  std::thread other(
      [mine = std::move(sender)]() mutable { run(sends_from_its_loop(std::move(mine)), {.workers = 1}); });
  EXPECT_EQ(run(counts(std::move(receiver)), {.workers = 1}), 2000u);
  other.join();
}

TEST(Channel, outlives_a_loop_that_is_closed_while_tasks_wait_at_it) {
  auto [sender, receiver] = channel<int>(1);
  {
    EventLoop loop(RunOptions{.workers = 1});
    loop.set_exception_handler([](const ExceptionContext&) {});
    const auto leave = [](ChannelReceiver<int> given) -> Coro<void> {
      create_task(counts(given));
      co_await sleep(1ms);
      EXPECT_EQ(given.describe(), "<Channel capacity=1 size=0 senders=1 receivers=3 waiting=1>");
    };
    loop.run_until_complete(leave(receiver));
  }
  EXPECT_EQ(receiver.describe(), "<Channel capacity=1 size=0 senders=1 receivers=1>");
  sender.send_nowait(1);
  EXPECT_EQ(receiver.receive_nowait(), 1);
}

}  // namespace
}  // namespace weft::tests
