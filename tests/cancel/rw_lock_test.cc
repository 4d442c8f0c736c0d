// Readers and writers that are cancelled everywhere: never a writer beside others, and nothing is held or waited for afterwards.
#include "weft/primitives/rw_lock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <utility>

#include "cancel/everywhere.h"

namespace weft::tests {
namespace {

struct Table {
  RwLock lock;
  std::atomic<int> readers{0};
  std::atomic<int> writers{0};
};
Table& ends_unlocked(Probe& probe) {
  Table& table = probe.keep<Table>();
  probe.at_end(
      [&] { probe.expect(table.lock.describe() == "<RwLock unlocked>", "it ended as " + table.lock.describe()); });
  return table;
}
struct Counts {
  explicit Counts(std::atomic<int>& number) : counted(number) { ++counted; }
  Counts(const Counts&) = delete;
  ~Counts() { --counted; }
  std::atomic<int>& counted;
};
Coro<void> reads(Table& table, Probe& probe, std::chrono::milliseconds length = 0ms) {
  const auto held = co_await table.lock.read_scoped();
  const Counts counts(table.readers);
  probe.expect(table.writers == 0, "one reads beside a writer");
  co_await sleep(length);
}
Coro<void> writes(Table& table, Probe& probe, std::chrono::milliseconds length = 0ms) {
  const auto held = co_await table.lock.write_scoped();
  const Counts counts(table.writers);
  probe.expect(table.writers == 1 && table.readers == 0, "one writes beside others");
  co_await sleep(length);
}

Coro<void> uses(Table& table, Probe& probe, int first) {
  for (int i = first; i < first + 3; ++i) {
    if (i % 3 == 0) {
      co_await writes(table, probe, i % 2 == 0 ? 1ms : 0ms);
    } else {
      co_await reads(table, probe, i % 2 == 0 ? 1ms : 0ms);
    }
  }
}
Coro<void> between_others(Probe& probe) {
  Table& table = ends_unlocked(probe);
  create_task(uses(table, probe, 0));
  create_task(uses(table, probe, 1));
  co_await uses(table, probe, 2);
}
TEST(CancelRwLock, of_a_task_between_others_that_use_it) { everywhere(between_others); }

Coro<void> writer_before_readers(Probe& probe) {
  Table& table = ends_unlocked(probe);
  create_task(reads(table, probe, 2ms));
  const auto late = [](Table* given, Probe* seen) -> Coro<void> {
    co_await sleep(1ms);
    co_await reads(*given, *seen, 1ms);
  };
  create_task(late, &table, &probe);
  create_task(late, &table, &probe);
  co_await sleep(0s);
  co_await writes(table, probe, 1ms);
}
TEST(CancelRwLock, of_a_writer_with_readers_behind_it) { everywhere(writer_before_readers); }

Coro<void> whose_turn_it_is(Probe& probe) {
  Table& table = ends_unlocked(probe);
  const CancelledAtExit first(create_task(writes(table, probe, 1ms)));
  co_await sleep(0s);
  const CancelledAtExit second(create_task(reads(table, probe, 1ms)));
  const CancelledAtExit third(create_task(writes(table, probe, 1ms)));
  create_task(reads(table, probe));
  co_await writes(table, probe);
}
TEST(CancelRwLock, whose_other_users_are_cancelled_too) { everywhere(whose_turn_it_is); }

Coro<void> group_of_users(Probe& probe) {
  Table& table = ends_unlocked(probe);
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 4; ++i) group.create_task(uses(table, probe, i));
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelRwLock, of_a_group_of_users) { everywhere(group_of_users); }

Coro<void> downgrades(Table& table, Probe& probe) {
  auto writing = co_await table.lock.write_scoped();
  {
    const Counts counts(table.writers);
    probe.expect(table.writers == 1 && table.readers == 0, "one writes beside others");
    co_await sleep(1ms);
  }
  const auto reading = RwLock::downgrade(std::move(writing));
  const Counts counts(table.readers);
  co_await sleep(1ms);
  probe.expect(table.writers == 0, "one reads beside a writer");
}
Coro<void> downgrade_between_others(Probe& probe) {
  Table& table = ends_unlocked(probe);
  create_task(downgrades(table, probe));
  create_task(reads(table, probe, 1ms));
  create_task(writes(table, probe, 1ms));
  co_await downgrades(table, probe);
}
TEST(CancelRwLock, of_a_writer_that_becomes_a_reader) { everywhere(downgrade_between_others); }

// The lock is given on at the moment of the deadline.
Coro<void> with_deadline(Probe& probe) {
  Table& table = ends_unlocked(probe);
  create_task(reads(table, probe, 1ms));
  co_await sleep(0s);
  const auto write = [&]() -> Coro<void> { co_await writes(table, probe); };
  try {
    co_await with_timeout(1ms, write);
  } catch (const TimeoutError&) {
  }
  co_await reads(table, probe);
}
TEST(CancelRwLock, with_a_deadline) { everywhere(with_deadline); }

}  // namespace
}  // namespace weft::tests
