// Broadcasts whose receivers are cancelled everywhere: what a receiver got, missed and still has is all that was sent, and nobody waits.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "cancel/everywhere.h"
#include "weft/primitives/broadcast.h"

namespace weft::tests {
namespace {

template <class T>
Broadcast<T>& broadcast_of(Probe& probe, int capacity) {
  auto& broadcast = probe.keep<Broadcast<T>>(capacity);
  probe.at_end([&probe, &broadcast] {
    probe.expect(broadcast.describe().find("waiting") == std::string::npos, "it ended as " + broadcast.describe());
  });
  return broadcast;
}

// A receiver that outlives the task which reads it; `next` is the item that must come next.
struct Reader {
  explicit Reader(Broadcast<int>& broadcast) : receiver(broadcast.subscribe()) {}
  BroadcastReceiver<int> receiver;
  int next = 0;
};
Reader& reader_of(Probe& probe, Broadcast<int>& broadcast, const int& sent) {
  Reader& reader = probe.keep<Reader>(broadcast);
  probe.at_end([&probe, &reader, &sent] {
    while (!reader.receiver.empty()) {
      try {
        probe.expect(reader.receiver.get_nowait() == reader.next, "an item is lost");
        ++reader.next;
      } catch (const Lagged& lagged) {
        reader.next += static_cast<int>(lagged.missed());
      }
    }
    probe.expect(reader.next == sent, "an item is lost at the end");
  });
  return reader;
}
Coro<void> reads(Reader& reader, Probe& probe, int until) {
  while (reader.next < until) {
    try {
      const int item = co_await reader.receiver.get();
      probe.expect(item == reader.next, "an item is lost or comes twice");
      ++reader.next;
    } catch (const Lagged& lagged) {
      reader.next += static_cast<int>(lagged.missed());
    }
  }
}
Coro<void> sends(Broadcast<int>& broadcast, int& sent, int count, int at_once) {
  for (int i = 0; i < count; ++i) {
    if (i % at_once == 0) co_await sleep(1ms);
    broadcast.send(sent++);
  }
}

Coro<void> reader_among_others(Probe& probe) {
  int& sent = probe.keep<int>(0);
  auto& broadcast = broadcast_of<int>(probe, 8);
  Reader& other = reader_of(probe, broadcast, sent);
  Reader& mine = reader_of(probe, broadcast, sent);
  create_task(reads(other, probe, 4));
  create_task(sends(broadcast, sent, 4, 1));
  co_await reads(mine, probe, 4);
}
TEST(CancelBroadcast, of_one_of_two_that_read) { everywhere(reader_among_others); }

Coro<void> lagging_reader(Probe& probe) {
  int& sent = probe.keep<int>(0);
  auto& broadcast = broadcast_of<int>(probe, 2);
  Reader& mine = reader_of(probe, broadcast, sent);
  create_task(sends(broadcast, sent, 6, 3));
  co_await reads(mine, probe, 6);
}
TEST(CancelBroadcast, of_one_that_lags) { everywhere(lagging_reader); }

Coro<void> group_at_a_broadcast(Probe& probe) {
  int& sent = probe.keep<int>(0);
  auto& broadcast = broadcast_of<int>(probe, 2);
  Reader& one = reader_of(probe, broadcast, sent);
  Reader& two = reader_of(probe, broadcast, sent);
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    group.create_task(reads(one, probe, 4));
    group.create_task(reads(two, probe, 4));
    group.create_task(sends(broadcast, sent, 4, 2));
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelBroadcast, of_a_group_that_sends_and_reads) { everywhere(group_at_a_broadcast); }

Coro<void> reads_all(BroadcastReceiver<Tracked> receiver) {
  while (const auto item = co_await receiver.next()) co_await sleep(0s);
}
Coro<void> keeps_its_ring(Probe& probe) {
  Census& census = probe.keep<Census>();
  auto& broadcast = broadcast_of<Tracked>(probe, 2);
  probe.at_end([&probe, &broadcast, &census] {
    probe.expect(broadcast.receivers() == 0, "a receiver is left");
    probe.expect(census.alive() <= 2, "an item is alive that is not in the ring");
  });
  create_task(reads_all(broadcast.subscribe()));
  const Later close(3ms, [&broadcast] { broadcast.close(); });
  struct Closes {
    Broadcast<Tracked>& broadcast;
    ~Closes() { broadcast.close(); }
  } const closes{broadcast};
  const auto send = [](Broadcast<Tracked>* given, Census* counts) -> Coro<void> {
    for (int i = 0; i < 2; ++i) {
      co_await sleep(1ms);
      try {
        given->send(Tracked(*counts, i));
      } catch (const ChannelClosed&) {
      }
    }
  };
  const CancelledAtExit sender(create_task(send(&broadcast, &census)));
  co_await reads_all(broadcast.subscribe());
}
TEST(CancelBroadcast, of_one_that_reads_to_the_end_keeps_no_item) { everywhere(keeps_its_ring); }

Coro<void> owns_the_broadcast(Probe& probe) {
  Census& census = census_of(probe);
  Broadcast<Tracked> broadcast(1);
  create_task(reads_all(broadcast.subscribe()));
  for (int i = 0; i < 3; ++i) {
    broadcast.send(Tracked(census, i));
    co_await sleep(1ms);
  }
}
TEST(CancelBroadcast, of_the_task_that_owns_it) { everywhere(owns_the_broadcast); }

Coro<void> deadline(Probe& probe) {
  int& sent = probe.keep<int>(0);
  auto& broadcast = broadcast_of<int>(probe, 2);
  Reader& mine = reader_of(probe, broadcast, sent);
  create_task(sends(broadcast, sent, 2, 1));
  co_await sleep(1ms);
  bool late = false;
  const auto impatient = [&]() -> Coro<void> { co_await reads(mine, probe, 100); };
  try {
    co_await with_timeout(4ms, impatient);
  } catch (const TimeoutError&) {
    late = true;
  }
  probe.expect(late, "the deadline did not end the wait");
}
TEST(CancelBroadcast, of_one_with_a_deadline) { everywhere(deadline); }

}  // namespace
}  // namespace weft::tests
