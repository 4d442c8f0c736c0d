// Channels whose senders and receivers are cancelled everywhere: each item is received, refused or destroyed, whatever half goes when, and nobody
// waits afterwards.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cancel/everywhere.h"
#include "weft/primitives/channel.h"
#include "weft/runtime/base/random.h"

namespace weft::tests {
namespace {

// A receiver that lasts as long as the run, so that nothing is refused, and what came of the items.
struct Account {
  explicit Account(ChannelReceiver<Tracked> given) : receiver(std::move(given)) {}
  ChannelReceiver<Tracked> receiver;
  std::atomic<int> sent = 0;
  std::atomic<int> received = 0;
};
Account& account_of(Probe& probe, const ChannelReceiver<Tracked>& receiver) {
  Account& account = probe.keep<Account>(receiver);
  probe.at_end([&probe, &account] {
    const std::string end = account.receiver.describe();
    const int there = static_cast<int>(account.receiver.qsize());
    probe.expect(end.find("senders=0 receivers=1 closed") != std::string::npos, "it ended as " + end);
    probe.expect(account.sent == account.received + there,
                 std::to_string(account.sent) + " sent, " + std::to_string(account.received) + " received, " + end);
  });
  return account;
}

Coro<void> send_counted(ChannelSender<Tracked> sender, Census& census, Account& account, int count) {
  struct Settles {
    ~Settles() {
      if (item.value == -1) ++account.sent;  // moved from
    }
    Account& account;
    const Tracked& item;
  };
  for (int i = 0; i < count; ++i) {
    Tracked item(census, 7);
    const Settles settles{account, item};
    co_await sender.send_from(item);
  }
}
Coro<void> receive_counted(ChannelReceiver<Tracked> receiver, Account& account, int count) {
  for (int i = 0; i < count; ++i) {
    const std::optional<Tracked> item = co_await receiver.next();
    if (!item) co_return;
    if (item->value == 7) ++account.received;
  }
}

Coro<void> sender_at_a_full_channel(Probe& probe) {
  Census& census = probe.keep<Census>();
  auto [sender, receiver] = channel<Tracked>(1);
  Account& account = account_of(probe, receiver);
  create_task(send_counted(sender, census, account, 3));
  create_task(receive_counted(std::move(receiver), account, 10));
  co_await send_counted(std::move(sender), census, account, 3);
}
TEST(CancelChannel, of_one_of_two_that_send) { everywhere(sender_at_a_full_channel); }

Coro<void> send_later(ChannelSender<Tracked> sender, Census& census, Account& account) {
  co_await sleep(1ms);
  co_await send_counted(sender, census, account, 1);
  co_await sleep(1ms);
  co_await send_counted(std::move(sender), census, account, 2);
}
Coro<void> receiver_among_others(Probe& probe) {
  Census& census = probe.keep<Census>();
  auto [sender, receiver] = channel<Tracked>(3);
  Account& account = account_of(probe, receiver);
  create_task(receive_counted(receiver, account, 2));
  create_task(send_later(std::move(sender), census, account));
  co_await receive_counted(std::move(receiver), account, 2);
}
TEST(CancelChannel, of_one_of_two_that_receive) { everywhere(receiver_among_others); }

Coro<void> deadline(Probe& probe) {
  Census& census = probe.keep<Census>();
  auto [sender, receiver] = channel<Tracked>(3);
  Account& account = account_of(probe, receiver);
  create_task(send_later(std::move(sender), census, account));
  int tries = 0;
  const auto impatient = [&]() -> Coro<void> { co_await receive_counted(receiver, account, 3); };
  while (account.received < 3 && ++tries < 10) {
    try {
      co_await with_timeout(1ms, impatient);
    } catch (const TimeoutError&) {
    }
  }
  probe.expect(account.received == 3, "not all came before the tenth deadline");
}
TEST(CancelChannel, of_receives_that_end_at_deadlines) { everywhere(deadline); }

// A task owns the only receiver: the sender hears of its end, and the items go with it.
Coro<void> hears_of_the_end(ChannelSender<Tracked> sender, Census& census, std::atomic<int>& ended) {
  try {
    for (;;) {
      Tracked item(census, 7);
      co_await sender.send_from(item);
    }
  } catch (const ChannelClosed&) {
  }
  ++ended;
}
Coro<void> own_receiver(Probe& probe) {
  Census& census = census_of(probe);
  auto& begun = probe.keep<std::atomic<int>>(0);
  auto& ended = probe.keep<std::atomic<int>>(0);
  probe.at_end([&probe, &begun, &ended] { probe.expect(begun == ended, "a sender waits for ever"); });
  auto [sender, receiver] = channel<Tracked>(2);
  for (int i = 0; i < 2; ++i) {
    ++begun;
    create_task(hears_of_the_end(sender, census, ended));
  }
  { const auto gone = std::move(sender); }
  for (int i = 0; i < 6; ++i) {
    const std::optional<Tracked> item = co_await receiver.next();
    probe.expect(item.has_value() && item->value == 7, "it received something else");
    co_await sleep(1ms);
  }
}
TEST(CancelChannel, of_the_task_that_owns_the_receiver) { everywhere(own_receiver); }

// A task owns one of the senders: the receivers hear of the end when the last one has gone.
Coro<void> drains(ChannelReceiver<Tracked> receiver, std::atomic<int>& ended) {
  while (const auto item = co_await receiver.next()) continue;
  ++ended;
}
Coro<void> owns_sender(ChannelSender<Tracked> sender, Census& census, int count) {
  for (int i = 0; i < count; ++i) {
    Tracked item(census, 7);
    co_await sender.send(std::move(item));
    co_await sleep(1ms);
  }
}
Coro<void> own_sender(Probe& probe) {
  Census& census = census_of(probe);
  auto& begun = probe.keep<std::atomic<int>>(0);
  auto& ended = probe.keep<std::atomic<int>>(0);
  probe.at_end([&probe, &begun, &ended] { probe.expect(begun == ended, "a receiver waits for ever"); });
  auto [sender, receiver] = channel<Tracked>(1);
  for (int i = 0; i < 2; ++i) {
    ++begun;
    create_task(drains(receiver, ended));
  }
  { const auto gone = std::move(receiver); }
  create_task(owns_sender(sender, census, 2));
  co_await owns_sender(std::move(sender), census, 3);
}
TEST(CancelChannel, of_a_task_that_owns_a_sender) { everywhere(own_sender); }

Coro<void> batches(Probe& probe) {
  Census& census = probe.keep<Census>();
  auto& received = probe.keep<std::atomic<int>>(0);
  auto& left = probe.keep<std::vector<Tracked>>();
  probe.at_end([&probe, &received, &left, &census] {
    probe.expect(received + static_cast<int>(left.size()) == 7, "an item is lost");
    left.clear();
    probe.expect(census.alive() == 0, "an item is left");
  });
  for (int i = 0; i < 7; ++i) left.emplace_back(census, i);
  auto [sender, receiver] = channel<Tracked>(2);
  const auto take_all = [](ChannelReceiver<Tracked> given, std::atomic<int>* count) -> Coro<void> {
    try {
      for (;;) {
        const std::vector<Tracked> some = co_await given.receive_many(3);
        *count += static_cast<int>(some.size());
        co_await sleep(1ms);
      }
    } catch (const ChannelClosed&) {
    }
  };
  create_task(take_all(std::move(receiver), &received));
  co_await sender.send_many(left);
}

TEST(CancelChannel, of_one_that_sends_many) { everywhere(batches); }

// Halves go as their tasks end, early or late: whoever is left hears of the end of the other side.
Coro<void> some_sends(ChannelSender<Tracked> sender, Census& census, int count, std::chrono::milliseconds pause) {
  try {
    for (int i = 0; i < count; ++i) {
      Tracked item(census, i);
      co_await sender.send(std::move(item));
      co_await sleep(pause);
    }
  } catch (const ChannelClosed&) {
  }
}
Coro<void> some_receives(ChannelReceiver<Tracked> receiver, int count, std::chrono::milliseconds pause) {
  for (int i = 0; i < count; ++i) {
    const std::optional<Tracked> item = co_await receiver.next();
    if (!item) co_return;
    co_await sleep(pause);
  }
}
Coro<void> group_of_halves(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    const auto [sender, receiver] = channel<Tracked>(1);
    for (int i = 0; i < 3; ++i) {
      group.create_task(some_sends(sender, census, 1 + i, std::chrono::milliseconds(i)));
      group.create_task(some_receives(receiver, 1 + (i * 2) % 3, 0ms));
    }
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelChannel, of_a_group_whose_halves_go_one_after_the_other) { everywhere(group_of_halves); }

Coro<void> halves_at_random(Probe& probe, std::uint64_t seed) {
  Census& census = census_of(probe);
  Random random(seed);
  const auto below = [&random](std::uint32_t bound) { return static_cast<int>(random.below(bound)); };
  auto [sender, receiver] = channel<Tracked>(below(3));
  for (int i = 0; i < 3; ++i) {
    const std::chrono::milliseconds pause(below(3));
    create_task(some_sends(sender, census, below(5), pause));
    create_task(some_receives(receiver, below(5), pause));
  }
  create_task(some_sends(std::move(sender), census, 6, 1ms));
  co_await some_receives(std::move(receiver), 6, 1ms);
}
TEST(CancelChannel, of_one_among_halves_that_go_at_random) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const auto scenario = [seed](Probe& probe) { return halves_at_random(probe, seed); };
    everywhere(scenario, {.repeats = 15});
  }
}

}  // namespace
}  // namespace weft::tests
