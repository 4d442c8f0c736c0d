#include "weft/primitives/oneshot.h"

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

class OneshotEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, OneshotEverywhere, every_setting, setting_name);

// What a receive throws; empty when it gives a value.
template <class T>
Coro<std::string> refusal(OneshotReceiver<T>& receiver) {
  std::string said;
  try {
    co_await receiver.receive();
  } catch (const ChannelClosed& error) {
    said = error.what();
  }
  co_return said;
}
constexpr const char* kAbandoned = "OneshotReceiver: the sender has gone without a value";
constexpr const char* kClosed = "OneshotReceiver: it was closed before a value was sent";

Coro<void> before_and_after() {
  auto [sender, receiver] = oneshot<std::unique_ptr<int>>();
  EXPECT_EQ(receiver.describe(), "<Oneshot empty>");
  EXPECT_FALSE(sender.send(std::make_unique<int>(7)).has_value());
  EXPECT_EQ(sender.describe(), "<Oneshot sent>");
  const std::unique_ptr<int> first = co_await receiver;
  EXPECT_EQ(*first, 7);
  EXPECT_EQ(sender.describe(), "<Oneshot received>");
  EXPECT_EQ(co_await refusal(receiver), "OneshotReceiver: its value was received already; a oneshot has one");
  EXPECT_THROW(static_cast<void>(sender.send(nullptr)), InvalidStateError);

  auto [second_sender, second_receiver] = oneshot<int>("answer");
  const auto wait_for_it = [](OneshotReceiver<int> given) -> Coro<int> { co_return co_await given.receive(); };
  const Task<int> waits = create_task(wait_for_it(std::move(second_receiver)));
  co_await sleep(1ms);
  EXPECT_EQ(second_sender.describe(), "<Oneshot 'answer' empty, 1 waiting>");
  EXPECT_FALSE(second_sender.is_closed());
  EXPECT_FALSE(second_sender.send(42).has_value());
  EXPECT_EQ(co_await waits, 42);
  EXPECT_TRUE(second_sender.is_closed()) << "the receiver has gone with its task";
}
TEST_P(OneshotEverywhere, gives_what_was_sent_before_and_after_it_is_waited_for) { run_here(before_and_after()); }

Coro<void> other_types() {
  auto [sender, receiver] = oneshot<void>();
  EXPECT_FALSE(sender.send().has_value());
  co_await receiver;

  int here = 1;
  auto [reference_sender, reference_receiver] = oneshot<int&>();
  EXPECT_FALSE(reference_sender.send(here).has_value());
  int& there = co_await reference_receiver;
  EXPECT_EQ(&there, &here);

  struct alignas(16) Wide {
    int number;
  };
  auto [wide_sender, wide_receiver] = oneshot<Wide>();
  EXPECT_FALSE(wide_sender.send(Wide{3}).has_value());
  const Wide wide = co_await wide_receiver.receive();
  EXPECT_EQ(wide.number, 3);
}
TEST_P(OneshotEverywhere, takes_nothing_references_and_aligned_types) { run_here(other_types()); }

Coro<void> sender_goes() {
  auto [sender, receiver] = oneshot<int>();
  const Task<std::string> waits = create_task(refusal(receiver));
  co_await sleep(1ms);
  { const OneshotSender<int> gone = std::move(sender); }
  EXPECT_EQ(co_await waits, kAbandoned);
  EXPECT_EQ(co_await refusal(receiver), kAbandoned);
  EXPECT_EQ(receiver.describe(), "<Oneshot abandoned>");
}
TEST_P(OneshotEverywhere, tells_a_receiver_that_the_sender_has_gone) { run_here(sender_goes()); }

Coro<void> value_comes_back() {
  auto [sender, receiver] = oneshot<std::unique_ptr<int>>();
  const Task<std::string> waits = create_task(refusal(receiver));
  co_await sleep(1ms);
  receiver.close();
  EXPECT_EQ(co_await waits, kClosed);
  EXPECT_TRUE(sender.is_closed());
  for (int i = 0; i < 2; ++i) {
    const std::optional<std::unique_ptr<int>> back = sender.send(std::make_unique<int>(5));
    EXPECT_TRUE(back.has_value() && **back == 5) << "it came back, in whole";
  }
  EXPECT_EQ(sender.describe(), "<Oneshot closed>");
  receiver.close();

  auto [late_sender, late_receiver] = oneshot<int>();
  EXPECT_FALSE(late_sender.send(1).has_value());
  late_receiver.close();
  EXPECT_EQ(co_await late_receiver, 1) << "it was sent before the receiver closed";

  auto [last_sender, last_receiver] = oneshot<void>();
  { const OneshotReceiver<void> gone = std::move(last_receiver); }
  EXPECT_TRUE(last_sender.send().has_value());
}
TEST_P(OneshotEverywhere, gives_a_value_back_that_nobody_will_receive) { run_here(value_comes_back()); }

Coro<void> waits_for_the_receiver() {
  auto [sender, receiver] = oneshot<int>();
  const auto until_closed = [](OneshotSender<int>* given) -> Coro<void> { co_await given->closed(); };
  const Task<void> first = create_task(until_closed(&sender));
  const Task<void> second = create_task(until_closed(&sender));
  co_await sleep(1ms);
  EXPECT_FALSE(sender.send(1).has_value());
  second.cancel();
  co_await wait(only(second));
  EXPECT_TRUE(second.cancelled());
  EXPECT_EQ(co_await receiver, 1);
  EXPECT_FALSE(first.done()) << "the receiver is still there";
  { const OneshotReceiver<int> gone = std::move(receiver); }
  co_await first;
  co_await sender.closed();
}
TEST_P(OneshotEverywhere, lets_a_sender_wait_until_the_receiver_has_gone) { run_here(waits_for_the_receiver()); }

Coro<void> cancelled() {
  auto [sender, receiver] = oneshot<int>();
  bool received = false;
  const auto receive = [](OneshotReceiver<int>* given, bool* done) -> Coro<int> {
    const int value = co_await *given;
    *done = true;
    co_return value;
  };
  const Task<int> first = create_task(receive(&receiver, &received));
  co_await sleep(1ms);
  first.cancel();
  co_await wait(only(first));
  EXPECT_EQ(receiver.describe(), "<Oneshot empty>");

  const Task<int> second = create_task(receive(&receiver, &received));
  co_await sleep(1ms);
  EXPECT_FALSE(sender.send(9).has_value());
  const bool in_time = second.cancel();
  co_await wait(only(second));
  EXPECT_EQ(second.cancelled(), in_time);
  if (!received) {
    EXPECT_EQ(co_await receiver, 9) << "the cancelled wait has taken nothing";
  } else if (!in_time) {
    EXPECT_EQ(second.result(), 9);
  }
  EXPECT_TRUE(in_time || received);
  EXPECT_TRUE((in_time && !received) || get_running_loop().workers() > 1)
      << "elsewhere it may have been in its last step";
}
TEST_P(OneshotEverywhere, keeps_its_value_when_the_receive_is_cancelled) { run_here(cancelled()); }

// Refuses to be moved the first time.
struct Fragile {
  explicit Fragile(int given) : number(given) {}
  Fragile(Fragile&& other) : number(other.number) {
    if (number-- > 0) throw ValueError("not now");
  }
  int number;
};
Coro<void> throws_when_sent() {
  auto [sender, receiver] = oneshot<Fragile>();
  EXPECT_THROW(static_cast<void>(sender.send(Fragile(1))), ValueError);
  EXPECT_EQ(sender.describe(), "<Oneshot empty>");
  EXPECT_FALSE(sender.send(Fragile(0)).has_value());
  const Fragile received = co_await receiver;
  EXPECT_EQ(received.number, -2);
}
TEST_P(OneshotEverywhere, is_as_before_when_a_value_cannot_be_moved) { run_here(throws_when_sent()); }

TEST(Oneshot, destroys_each_value_once_wherever_it_ends) {
  Census census;
  {
    auto [sender, receiver] = oneshot<Tracked>();
    EXPECT_FALSE(sender.send(Tracked(census)).has_value());
    { const OneshotReceiver<Tracked> gone = std::move(receiver); }
    EXPECT_EQ(census.alive(), 0) << "a value that was sent goes with the receiver";
    const auto back = sender.send(Tracked(census));
    EXPECT_TRUE(back.has_value());
    EXPECT_EQ(census.alive(), 1);
  }
  {
    auto [sender, receiver] = oneshot<Tracked>();
    EXPECT_FALSE(sender.send(Tracked(census)).has_value());
    { const OneshotSender<Tracked> gone = std::move(sender); }
    EXPECT_EQ(census.alive(), 1) << "the receiver could still ask for it";
    auto [other_sender, other_receiver] = oneshot<Tracked>();
    receiver = std::move(other_receiver);
    EXPECT_EQ(census.alive(), 0);
    EXPECT_FALSE(other_sender.is_closed());
    other_sender = std::move(sender);
    EXPECT_EQ(receiver.describe(), "<Oneshot abandoned>");
  }
  EXPECT_EQ(census.alive(), 0);
  EXPECT_EQ(census.copied, 0);
}

Coro<void> crosses(std::vector<OneshotReceiver<int>>& receivers) {
  const auto receive = [](OneshotReceiver<int> receiver) -> Coro<int> { co_return co_await receiver.receive(); };
  std::vector<Task<int>> tasks;
  for (auto& receiver : receivers) tasks.push_back(create_task(receive(std::move(receiver))));
  long sum = 0;
  for (const Task<int>& task : tasks) sum += co_await task;
  EXPECT_EQ(sum, 999L * 1000 / 2);
}
TEST(Oneshot, is_sent_to_by_another_thread) {
  std::vector<OneshotSender<int>> senders;
  std::vector<OneshotReceiver<int>> receivers;
  for (int i = 0; i < 1000; ++i) {
    auto [sender, receiver] = oneshot<int>();
    senders.push_back(std::move(sender));
    receivers.push_back(std::move(receiver));
  }
  std::thread thread([&senders] {
    for (int i = 0; i < 1000; ++i) EXPECT_FALSE(senders[static_cast<std::size_t>(i)].send(i).has_value());
  });
  run(crosses(receivers), {.workers = 4});
  thread.join();
}

// Two threads end a oneshot from both sides: the value comes back, or the receiver destroys it.
TEST(Oneshot, loses_no_value_when_both_halves_go_at_once) {
  Census census;
  for (int i = 0; i < 2000; ++i) {
    auto [sender, receiver] = oneshot<Tracked>();
    std::atomic<bool> ready = false;
    std::thread thread([&ready, gone = std::move(receiver)]() mutable {
      ready = true;
      const OneshotReceiver<Tracked> going = std::move(gone);
    });
    while (!ready) std::this_thread::yield();
    static_cast<void>(sender.send(Tracked(census)));
    thread.join();
    EXPECT_EQ(census.alive(), 0);
  }
  EXPECT_EQ(census.copied, 0);
}

TEST(Oneshot, outlives_a_loop_that_is_closed_while_a_task_waits_for_it) {
  auto [sender, receiver] = oneshot<int>();
  auto [other_sender, other_receiver] = oneshot<int>();
  {
    EventLoop loop(RunOptions{.workers = 1});
    loop.set_exception_handler([](const ExceptionContext&) {});
    const auto receive = [](OneshotReceiver<int>* given) -> Coro<int> { co_return co_await *given; };
    const auto until_closed = [](OneshotSender<int>* given) -> Coro<void> { co_await given->closed(); };
    const auto leave = [&](OneshotReceiver<int>* receives, OneshotSender<int>* sends) -> Coro<void> {
      create_task(receive(receives));
      create_task(until_closed(sends));
      co_await sleep(1ms);
    };
    loop.run_until_complete(leave(&receiver, &other_sender));
  }
  EXPECT_EQ(sender.describe(), "<Oneshot empty>");
  EXPECT_FALSE(sender.send(1).has_value());
  other_receiver.close();
  EXPECT_TRUE(other_sender.is_closed());
}

}  // namespace
}  // namespace weft::tests
