#include "weft/primitives/rw_lock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

class RwLockEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, RwLockEverywhere, every_setting, setting_name);

template <class Call>
std::string refusal_of(Call call) {
  try {
    call();
  } catch (const RuntimeError& error) {
    return error.what();
  }
  return "nothing";
}

Coro<void> uncontended() {
  RwLock lock("table");
  EXPECT_EQ(lock.describe(), "<RwLock 'table' unlocked>");
  EXPECT_TRUE(co_await lock.acquire_read());
  {
    const auto held = co_await lock.read_scoped();
    EXPECT_EQ(lock.readers(), 2u);
    EXPECT_EQ(lock.describe(), "<RwLock 'table' 2 readers>");
  }
  EXPECT_EQ(lock.describe(), "<RwLock 'table' 1 reader>");
  lock.release_read();
  EXPECT_TRUE(co_await lock.acquire_write());
  EXPECT_TRUE(lock.write_locked());
  EXPECT_EQ(lock.describe(), "<RwLock 'table' write-locked>");
  lock.release_write();
  {
    const auto held = co_await lock.write_scoped();
    EXPECT_TRUE(lock.write_locked());
  }
  EXPECT_EQ(lock.describe(), "<RwLock 'table' unlocked>");
}
TEST_P(RwLockEverywhere, is_taken_by_several_readers_or_one_writer) { run_here(uncontended()); }

Coro<void> mistakes() {
  RwLock lock;
  EXPECT_EQ(refusal_of([&] { lock.release_read(); }),
            "RwLock is not acquired: release_read() needs a lock that somebody reads under");
  EXPECT_EQ(refusal_of([&] { lock.release_write(); }),
            "RwLock is not acquired: release_write() needs a lock that somebody writes under");
  EXPECT_EQ(refusal_of([&] { lock.downgrade(); }),
            "RwLock is not acquired: downgrade() needs a lock that somebody writes under");
  EXPECT_EQ(lock.describe(), "<RwLock unlocked>");
  co_await lock.acquire_read();
  EXPECT_NE(refusal_of([&] { lock.release_write(); }), "nothing");
  EXPECT_NE(refusal_of([&] { lock.downgrade(); }), "nothing");
  EXPECT_EQ(lock.describe(), "<RwLock 1 reader>");
  lock.release_read();
  auto held = co_await lock.write_scoped();
  EXPECT_NE(refusal_of([&] { lock.release_read(); }), "nothing");
  const auto other = std::move(held);
  EXPECT_EQ(refusal_of([&] { auto reading = RwLock::downgrade(std::move(held)); }),
            "RwLock: downgrade() needs a guard that was not moved from");
  EXPECT_EQ(lock.describe(), "<RwLock write-locked>");
}
TEST_P(RwLockEverywhere, refuses_a_release_of_what_is_not_held_and_is_unharmed) { run_here(mistakes()); }

// The same while somebody waits.
Coro<void> reads_once(RwLock& lock) { const auto held = co_await lock.read_scoped(); }
Coro<void> writes_once(RwLock& lock) { const auto held = co_await lock.write_scoped(); }
Coro<void> mistakes_with_a_line() {
  RwLock lock;
  co_await lock.acquire_write();
  const Task<void> reader = create_task(reads_once(lock));
  co_await sleep(1ms);
  EXPECT_NE(refusal_of([&] { lock.release_read(); }), "nothing");
  EXPECT_EQ(lock.describe(), "<RwLock write-locked, 1 waiting>");
  lock.release_write();
  co_await reader;
  co_await lock.acquire_read();
  const Task<void> writer = create_task(writes_once(lock));
  co_await sleep(1ms);
  EXPECT_NE(refusal_of([&] { lock.release_write(); }), "nothing");
  EXPECT_NE(refusal_of([&] { lock.downgrade(); }), "nothing");
  EXPECT_EQ(lock.describe(), "<RwLock 1 reader, 1 waiting>");
  lock.release_read();
  co_await writer;
}
TEST_P(RwLockEverywhere, refuses_such_a_release_also_while_tasks_wait) { run_here(mistakes_with_a_line()); }

struct Table {
  RwLock lock;
  long one = 0;
  long two = 0;
  std::atomic<int> reading{0};
};
Coro<void> uses(Table& table, int number) {
  for (int i = 0; i < 100; ++i) {
    if ((i + number) % 4 == 0) {
      const auto held = co_await table.lock.write_scoped();
      EXPECT_EQ(table.reading, 0);
      ++table.one;
      if (i % 10 == 0) co_await sleep(0s);
      ++table.two;
    } else {
      const auto held = co_await table.lock.read_scoped();
      ++table.reading;
      const long seen = table.one;
      if (i % 10 == 0) co_await sleep(0s);
      EXPECT_EQ(table.two, seen);
      --table.reading;
    }
  }
}
Coro<void> consistency() {
  Table table;
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 20; ++i) tasks.push_back(create_task(uses(table, i)));
  for (const Task<void>& task : tasks) co_await task;
  EXPECT_EQ(table.one, 20 * 25);
  EXPECT_EQ(table.lock.describe(), "<RwLock unlocked>");
}
TEST_P(RwLockEverywhere, shows_readers_no_half_written_state) { run_here(consistency()); }

struct Log {
  std::atomic<int> next{0};
  std::vector<int> came_in = std::vector<int>(8, -1);  // at which turn
};
Coro<void> reads(RwLock& lock, Log& log, std::size_t number) {
  const auto held = co_await lock.read_scoped();
  log.came_in[number] = log.next++;
  co_await sleep(1ms);
}
Coro<void> writes(RwLock& lock, Log& log, std::size_t number) {
  const auto held = co_await lock.write_scoped();
  log.came_in[number] = log.next++;
  co_await sleep(1ms);
}
// In the line: readers 0 and 1, writer 2, reader 3, writer 4, readers 5 and 6.
Coro<void> fairness() {
  RwLock lock;
  Log log;
  co_await lock.acquire_write();
  std::vector<Task<void>> tasks;
  for (std::size_t i = 0; i < 7; ++i) {
    tasks.push_back(i == 2 || i == 4 ? create_task(writes(lock, log, i)) : create_task(reads(lock, log, i)));
    co_await sleep(1ms);
  }
  EXPECT_EQ(lock.describe(), "<RwLock write-locked, 7 waiting>");
  lock.release_write();
  EXPECT_EQ(lock.readers(), 2u) << "it was given to both at once";
  EXPECT_EQ(lock.describe(), "<RwLock 2 readers, 5 waiting>");
  co_await wait(tasks);
  EXPECT_LT(log.came_in[0], 2);
  EXPECT_LT(log.came_in[1], 2);
  EXPECT_EQ(log.came_in[2], 2);
  EXPECT_EQ(log.came_in[3], 3);
  EXPECT_EQ(log.came_in[4], 4);
  EXPECT_GT(log.came_in[5], 4);
  EXPECT_GT(log.came_in[6], 4);
  EXPECT_EQ(lock.describe(), "<RwLock unlocked>");
}
TEST_P(RwLockEverywhere, serves_readers_and_writers_in_the_order_in_which_they_came) { run_here(fairness()); }

Coro<void> no_overtaking() {
  RwLock lock;
  co_await lock.acquire_read();
  co_await lock.acquire_read();
  const Task<void> writer = create_task(writes_once(lock));
  co_await sleep(1ms);
  const Task<void> reader = create_task(reads_once(lock));
  co_await sleep(1ms);
  EXPECT_EQ(lock.describe(), "<RwLock 2 readers, 2 waiting>");
  lock.release_read();
  co_await sleep(1ms);
  EXPECT_FALSE(writer.done());
  EXPECT_FALSE(reader.done()) << "a writer waits before it";
  lock.release_read();
  co_await writer;
  co_await reader;
}
TEST_P(RwLockEverywhere, lets_no_reader_overtake_a_writer_that_waits) { run_here(no_overtaking()); }

Coro<void> cancelled_writer() {
  RwLock lock;
  const auto held = co_await lock.read_scoped();
  const Task<void> writer = create_task(writes_once(lock));
  co_await sleep(1ms);
  const Task<void> first = create_task(reads_once(lock));
  co_await sleep(1ms);
  const Task<void> second = create_task(reads_once(lock));
  co_await sleep(1ms);
  EXPECT_FALSE(first.done());
  writer.cancel();
  co_await first;
  co_await second;
  co_await wait(only(writer));
  EXPECT_TRUE(writer.cancelled());
  EXPECT_EQ(lock.describe(), "<RwLock 1 reader>");
}
TEST_P(RwLockEverywhere, lets_readers_in_when_the_writer_before_them_is_cancelled) { run_here(cancelled_writer()); }

Coro<void> downgraded() {
  RwLock lock;
  auto writing = co_await lock.write_scoped();
  const Task<void> first = create_task(reads_once(lock));
  co_await sleep(1ms);
  const Task<void> writer = create_task(writes_once(lock));
  co_await sleep(1ms);
  const Task<void> last = create_task(reads_once(lock));
  co_await sleep(1ms);
  {
    const auto reading = RwLock::downgrade(std::move(writing));
    co_await first;
    co_await sleep(1ms);
    EXPECT_EQ(lock.describe(), "<RwLock 1 reader, 2 waiting>");
  }
  co_await writer;
  co_await last;
  co_await lock.acquire_write();
  lock.downgrade();
  EXPECT_EQ(lock.readers(), 1u);
  lock.release_read();
}
TEST_P(RwLockEverywhere, is_downgraded_from_writing_to_reading_and_lets_the_next_readers_in) { run_here(downgraded()); }

Coro<void> takes_and_keeps(RwLock& lock) { co_await lock.acquire_write(); }
Coro<void> given_and_cancelled() {
  RwLock lock;
  co_await lock.acquire_write();
  const Task<void> first = create_task(takes_and_keeps(lock));
  const Task<void> second = create_task(reads_once(lock));
  const Task<void> third = create_task(takes_and_keeps(lock));
  co_await sleep(0s);
  lock.release_write();
  EXPECT_TRUE(lock.write_locked()) << "it is given on at once";
  first.cancel();
  co_await wait(only(first));
  EXPECT_TRUE(first.cancelled());
  co_await second;
  co_await third;
  EXPECT_EQ(lock.describe(), "<RwLock write-locked>");
}
TEST(RwLock, that_was_given_to_a_task_that_is_cancelled_goes_to_the_next_ones) { run_in_order(given_and_cancelled()); }

Coro<void> too_late() {
  RwLock lock;
  const auto held = co_await lock.read_scoped();
  bool late = false;
  try {
    co_await wait_for(lock.acquire_write(), 1ms);
  } catch (const TimeoutError&) {
    late = true;
  }
  EXPECT_TRUE(late);
  co_await wait_for(lock.acquire_read(), 1ms);
  lock.release_read();
}
TEST_P(RwLockEverywhere, is_waited_for_with_a_deadline) { run_here(too_late()); }

Coro<void> released_elsewhere() {
  RwLock lock;
  co_await lock.acquire_write();
  const Task<void> waits = create_task(takes_and_keeps(lock));
  co_await sleep(1ms);
  std::thread([&lock] { lock.release_write(); }).join();
  co_await waits;
  EXPECT_TRUE(lock.write_locked());
}
TEST(RwLock, may_be_released_by_any_thread) { run(released_elsewhere(), {.workers = 2}); }

TEST(RwLock, outlives_a_loop_that_is_closed_while_tasks_wait_for_it) {
  RwLock lock;
  {
    EventLoop loop(RunOptions{.workers = 1});
    loop.set_exception_handler([](const ExceptionContext&) {});
    const auto hold = [&lock]() -> Coro<void> {
      co_await lock.acquire_read();
      create_task(takes_and_keeps(lock));
      create_task(reads_once(lock));
      create_task(takes_and_keeps(lock));
      co_await sleep(0s);
      co_await sleep(0s);
    };
    loop.run_until_complete(hold());
    EXPECT_EQ(lock.describe(), "<RwLock 1 reader, 3 waiting>");
    lock.release_read();  // the writer that it is given to does not run any more
    EXPECT_EQ(lock.describe(), "<RwLock write-locked, 2 waiting>");
  }
  EXPECT_EQ(lock.describe(), "<RwLock unlocked>");
}

}  // namespace
}  // namespace weft::tests
