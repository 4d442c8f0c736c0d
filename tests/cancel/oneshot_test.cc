// Oneshots whose halves are cancelled everywhere: each value is received, comes back or goes with the receiver, and nobody waits afterwards.
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "cancel/everywhere.h"
#include "weft/primitives/oneshot.h"

namespace weft::tests {
namespace {

// What the tasks of a run share; both halves live as long as the run.
struct Pair {
  explicit Pair(Oneshot<Tracked> made) : sender(std::move(made.sender)), receiver(std::move(made.receiver)) {}
  OneshotSender<Tracked> sender;
  OneshotReceiver<Tracked> receiver;
};
Pair& pair_of(Probe& probe) {
  Pair& pair = probe.keep<Pair>(oneshot<Tracked>());
  probe.at_end([&probe, &pair] {
    probe.expect(pair.sender.describe().find("waiting") == std::string::npos, "it ended as " + pair.sender.describe());
  });
  return pair;
}
void expect_no_copy(Probe& probe, Census& census) {
  probe.at_end([&probe, &census] { probe.expect(census.copied == 0, "a value was copied"); });
}

Coro<void> receive(OneshotReceiver<Tracked>& receiver, std::atomic<int>& received) {
  const Tracked value = co_await receiver;
  if (value.value == 7) ++received;
}

Coro<void> send_later(Pair& pair, Census& census, std::chrono::milliseconds delay) {
  co_await sleep(delay);
  EXPECT_FALSE(pair.sender.send(Tracked(census, 7)).has_value());
}

Coro<void> loses_nothing(Probe& probe) {
  Census& census = probe.keep<Census>();
  Pair& pair = pair_of(probe);
  auto& received = probe.keep<std::atomic<int>>(0);
  probe.at_end([&probe, &received, &pair] {
    probe.expect(received == 1 || pair.receiver.describe() == "<Oneshot sent>", "the value is lost");
  });
  create_task(send_later(pair, census, 1ms));
  co_await receive(pair.receiver, received);
}
TEST(CancelOneshot, of_a_receive_keeps_the_value) { everywhere(loses_nothing); }

Coro<void> asks_again(Probe& probe) {
  Census& census = probe.keep<Census>();
  Pair& pair = pair_of(probe);
  expect_no_copy(probe, census);
  auto& received = probe.keep<std::atomic<int>>(0);
  create_task(send_later(pair, census, 2ms));
  bool late = false;
  const auto impatient = [&]() -> Coro<void> { co_await receive(pair.receiver, received); };
  try {
    co_await with_timeout(1ms, impatient);
  } catch (const TimeoutError&) {
    late = true;
  }
  probe.expect(late, "the deadline did not end the wait");
  co_await receive(pair.receiver, received);
  probe.expect(received == 1, "it was received once");
}
TEST(CancelOneshot, of_a_receive_that_comes_after_a_deadline) { everywhere(asks_again); }

// The receiver goes with its task, at any moment: the value comes back or was received, or went with it.
Coro<void> own_receiver(OneshotReceiver<Tracked> receiver) {
  co_await sleep(1ms);
  co_await receiver;
}
Coro<void> sends_to(OneshotSender<Tracked> sender, Census& census, Probe& probe) {
  co_await sleep(1ms);
  const std::optional<Tracked> back = sender.send(Tracked(census, 7));
  probe.expect(!back.has_value() || back->value == 7, "what came back is not what was sent");
  probe.expect(!back.has_value() || sender.is_closed(), "a value came back though the receiver is there");
  co_await sender.closed();
}
Coro<void> halves_of_tasks(Probe& probe) {
  Census& census = census_of(probe);
  auto [sender, receiver] = oneshot<Tracked>();
  create_task(sends_to(std::move(sender), census, probe));
  co_await own_receiver(std::move(receiver));
}
TEST(CancelOneshot, of_a_task_that_owns_the_receiver) { everywhere(halves_of_tasks); }

// The sender goes with its task: the receiver hears of it, or gets the value.
Coro<void> hears(OneshotReceiver<Tracked> receiver, Probe& probe, std::atomic<int>& ends) {
  try {
    const Tracked value = co_await receiver;
    probe.expect(value.value == 7, "it received something else");
  } catch (const ChannelClosed&) {
  }
  ++ends;
}
Coro<void> sender_of_a_task(Probe& probe) {
  Census& census = census_of(probe);
  auto& ends = probe.keep<std::atomic<int>>(0);
  auto& begun = probe.keep<std::atomic<int>>(0);
  probe.at_end([&probe, &ends, &begun] { probe.expect(ends == begun, "a receiver waits for ever"); });
  auto [sender, receiver] = oneshot<Tracked>();
  ++begun;
  create_task(hears(std::move(receiver), probe, ends));
  const OneshotSender<Tracked> unused = oneshot<Tracked>().sender;
  co_await sends_to(std::move(sender), census, probe);
}
TEST(CancelOneshot, of_a_task_that_owns_the_sender) { everywhere(sender_of_a_task); }

Coro<void> group_of_halves(Probe& probe) {
  Census& census = census_of(probe);
  expect_no_copy(probe, census);
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 2; ++i) {
      auto [sender, receiver] = oneshot<Tracked>();
      group.create_task(own_receiver(std::move(receiver)));
      group.create_task(sends_to(std::move(sender), census, probe));
    }
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelOneshot, of_a_group_of_senders_and_receivers) { everywhere(group_of_halves); }

Coro<void> waits_for_close(Probe& probe) {
  Pair& pair = pair_of(probe);
  const Later later(2ms, [&pair] { pair.receiver.close(); });
  const auto until_closed = [](OneshotSender<Tracked>* sender) -> Coro<void> { co_await sender->closed(); };
  const CancelledAtExit other(create_task(until_closed(&pair.sender)));
  co_await pair.sender.closed();
  co_await pair.sender.closed();
}
TEST(CancelOneshot, of_a_sender_that_waits_for_the_receivers_end) { everywhere(waits_for_close); }

}  // namespace
}  // namespace weft::tests
