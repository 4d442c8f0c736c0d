#include "weft/primitives/watch.h"

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

class WatchEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, WatchEverywhere, every_setting, setting_name);

// True: it has changed. False: it was closed.
Coro<bool> changes(WatchReceiver<int>& receiver) {
  bool changed = true;
  try {
    co_await receiver.changed();
  } catch (const ChannelClosed& error) {
    EXPECT_STREQ(error.what(), "WatchReceiver: the watch was closed, and its last value has been seen");
    changed = false;
  }
  co_return changed;
}

Coro<void> values() {
  Watch<int> watch(1);
  auto receiver = watch.subscribe();
  EXPECT_EQ(watch.describe(), "<Watch version 0>");
  EXPECT_FALSE(receiver.has_changed()) << "what was there before counts as seen";
  EXPECT_EQ(receiver.get(), 1);
  watch.set(2);
  watch.set(3);
  EXPECT_TRUE(receiver.has_changed());
  EXPECT_EQ(receiver.get(), 3);
  EXPECT_EQ(receiver.borrow([](const int& value) { return value * 10; }), 30);
  EXPECT_TRUE(receiver.has_changed()) << "a look marks nothing";
  co_await receiver.changed();
  EXPECT_FALSE(receiver.has_changed());
  watch.modify([](int& value) { ++value; });
  EXPECT_TRUE(receiver.has_changed());
  EXPECT_EQ(receiver.get_and_update(), 4);
  EXPECT_FALSE(receiver.has_changed());
  EXPECT_EQ(watch.get(), 4);
  EXPECT_EQ(watch.borrow([](const int& value) { return value + 1; }), 5);
  EXPECT_EQ(watch.describe(), "<Watch version 3>");
}
TEST_P(WatchEverywhere, shows_the_last_value_and_whether_it_was_seen) { run_here(values()); }

Coro<void> wakes(bool one_worker) {
  Watch<int> watch(0, "level");
  auto one = watch.subscribe();
  auto two = watch.subscribe();
  auto three = watch.subscribe();
  const Task<bool> first = create_task(changes(one));
  const Task<bool> second = create_task(changes(two));
  const Task<bool> third = create_task(changes(three));
  co_await sleep(1ms);
  EXPECT_EQ(watch.describe(), "<Watch 'level' version 0, 3 waiting>");
  second.cancel();
  co_await wait(only(second));
  EXPECT_TRUE(second.cancelled());
  EXPECT_EQ(watch.describe(), "<Watch 'level' version 0, 2 waiting>");
  watch.set(1);
  watch.set(2);
  EXPECT_TRUE(co_await first);
  EXPECT_TRUE(co_await third);
  EXPECT_FALSE(one_worker && one.has_changed()) << "elsewhere it may have gone on between the two";
  EXPECT_EQ(one.get_and_update(), 2);
  EXPECT_TRUE(two.has_changed()) << "a wait that was cancelled marks nothing";
  EXPECT_EQ(two.get_and_update(), 2);
}
TEST_P(WatchEverywhere, wakes_every_receiver_that_waits) { run_here(wakes(one_worker())); }

Coro<void> cancelled_late() {
  Watch<int> watch(0);
  auto receiver = watch.subscribe();
  const Task<bool> task = create_task(changes(receiver));
  co_await sleep(1ms);
  watch.set(1);
  const bool in_time = task.cancel();
  co_await wait(only(task));
  EXPECT_EQ(task.cancelled(), in_time);
  EXPECT_TRUE(in_time || !receiver.has_changed());
  EXPECT_TRUE((in_time && receiver.has_changed()) || get_running_loop().workers() > 1)
      << "elsewhere it may have been in its last step";
}
TEST_P(WatchEverywhere, marks_nothing_for_one_who_was_woken_and_cancelled) { run_here(cancelled_late()); }

Coro<void> closes() {
  Watch<int> watch(0);
  auto early = watch.subscribe();
  auto late = watch.subscribe();
  const Task<bool> waits = create_task(changes(early));
  co_await sleep(1ms);
  watch.close();
  EXPECT_FALSE(co_await waits);
  EXPECT_TRUE(watch.closed());
  EXPECT_THROW(watch.set(1), ChannelClosed);
  EXPECT_THROW(watch.modify([](int& value) { ++value; }), ChannelClosed);
  EXPECT_EQ(watch.get(), 0) << "the last value stays";
  EXPECT_EQ(watch.describe(), "<Watch closed, version 0>");
  EXPECT_FALSE(co_await changes(late));

  auto gone = std::make_unique<Watch<int>>(1);
  auto receiver = gone->subscribe();
  gone->set(2);
  gone.reset();
  EXPECT_TRUE(co_await changes(receiver)) << "what came before the end is seen first";
  EXPECT_EQ(receiver.get(), 2);
  EXPECT_FALSE(co_await changes(receiver));
}
TEST_P(WatchEverywhere, tells_its_receivers_that_it_was_closed) { run_here(closes()); }

Coro<void> waits_for_values() {
  Watch<int> watch(3);
  auto receiver = watch.subscribe();
  const auto until = [](WatchReceiver<int>* given, int least) -> Coro<int> {
    co_return co_await given->wait_for([least](const int& value) { return value >= least; });
  };
  EXPECT_EQ(co_await until(&receiver, 3), 3) << "the present value is asked of at once";
  const Task<int> five = create_task(until(&receiver, 5));
  for (int i = 0; i < 3; ++i) {
    watch.set(i);
    co_await sleep(1ms);
  }
  EXPECT_FALSE(five.done());
  EXPECT_TRUE(receiver.has_changed()) << "what was not waited for was not seen";
  watch.set(6);
  EXPECT_EQ(co_await five, 6);
  EXPECT_FALSE(receiver.has_changed());

  const Task<int> never = create_task(until(&receiver, 100));
  co_await sleep(1ms);
  watch.close();
  co_await wait(only(never));
  EXPECT_EQ(text_of(never.exception()),
            "weft::ChannelClosed: WatchReceiver: the watch was closed, and its last value has been seen");
}
TEST_P(WatchEverywhere, is_waited_for_until_a_predicate_holds) { run_here(waits_for_values()); }

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
TEST(Watch, is_as_before_when_a_copy_or_a_callable_throws) {
  Watch<Fragile> watch(Fragile(1));
  auto receiver = watch.subscribe();
  watch.set(Fragile(2));
  Fragile::refuses = true;
  EXPECT_THROW(watch.get(), ValueError);
  EXPECT_THROW(receiver.get_and_update(), ValueError);
  EXPECT_THROW(watch.modify([](Fragile&) { ADD_FAILURE() << "there is no copy to change"; }), ValueError);
  Fragile::refuses = false;
  EXPECT_TRUE(receiver.has_changed());
  const auto fails = [](Fragile& value) {
    value.number = 100;
    throw RuntimeError("on purpose");
  };
  EXPECT_THROW(watch.modify(fails), RuntimeError);
  EXPECT_EQ(receiver.get_and_update().number, 2);
  EXPECT_EQ(watch.describe(), "<Watch version 1>");
}

TEST(Watch, shows_what_can_only_be_moved_by_borrowing) {
  Watch<std::unique_ptr<int>> watch(std::make_unique<int>(1));
  const auto receiver = watch.subscribe();
  watch.set(std::make_unique<int>(2));
  EXPECT_EQ(receiver.borrow([](const std::unique_ptr<int>& value) { return *value; }), 2);
}

TEST(Watch, may_be_set_while_it_is_changed_or_looked_at) {
  Watch<int> watch(0);
  int calls = 0;
  watch.modify([&](int& value) {
    if (++calls == 1) watch.set(10);
    value += 1;
  });
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(watch.get(), 11) << "no change was lost";
  watch.borrow([&](const int& value) {
    watch.set(20);
    EXPECT_EQ(value, 11) << "who looks keeps what it looks at";
    return 0;
  });
  EXPECT_EQ(watch.get(), 20);
}

TEST(Watch, destroys_each_value_once) {
  Census census;
  {
    Watch<Tracked> watch(Tracked(census, 1));
    auto receiver = watch.subscribe();
    watch.set(Tracked(census, 2));
    EXPECT_EQ(census.alive(), 1) << "a value that was replaced is not kept";
    watch.borrow([&](const Tracked& value) {
      watch.set(Tracked(census, 3));
      EXPECT_EQ(value.value, 2);
      EXPECT_EQ(census.alive(), 2);
      return 0;
    });
    EXPECT_EQ(census.alive(), 1);
    EXPECT_EQ(census.copied, 0);
  }
  EXPECT_EQ(census.alive(), 0);
}

Coro<void> counts_up(Watch<int>& watch, int times) {
  for (int i = 0; i < times; ++i) {
    watch.modify([](int& value) { ++value; });
    if (i % 16 == 0) co_await sleep(0s);
  }
}
Coro<void> follows(WatchReceiver<int> receiver, int last) {
  int before = receiver.get();
  while (before != last) {
    co_await receiver.changed();
    const int now = receiver.get_and_update();
    EXPECT_GE(now, before) << "it never goes back";
    before = now;
  }
}
Coro<void> many() {
  Watch<int> watch(0);
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 4; ++i) tasks.push_back(create_task(follows(watch.subscribe(), 2000)));
  for (int i = 0; i < 4; ++i) tasks.push_back(create_task(counts_up(watch, 500)));
  for (const Task<void>& task : tasks) co_await task;
  EXPECT_EQ(watch.get(), 2000);
}
TEST_P(WatchEverywhere, loses_no_change_and_no_last_value) { run_here(many()); }

Coro<void> set_from_outside() {
  Watch<int> watch(0);
  const Task<void> task = create_task(follows(watch.subscribe(), 5000));
  std::thread setter([&watch] {
    for (int i = 1; i <= 5000; ++i) watch.set(i);
  });
  co_await task;
  setter.join();
}
TEST(Watch, is_set_by_another_thread) { run(set_from_outside(), {.workers = 2}); }

TEST(Watch, outlives_a_loop_that_is_closed_while_tasks_wait_for_it) {
  Watch<int> watch(0);
  {
    EventLoop loop(RunOptions{.workers = 1});
    loop.set_exception_handler([](const ExceptionContext&) {});
    const auto leave = [](Watch<int>* given) -> Coro<void> {
      create_task(follows(given->subscribe(), 1));
      co_await sleep(1ms);
      EXPECT_EQ(given->describe(), "<Watch version 0, 1 waiting>");
    };
    loop.run_until_complete(leave(&watch));
  }
  EXPECT_EQ(watch.describe(), "<Watch version 0>");
  watch.set(1);
}

}  // namespace
}  // namespace weft::tests
