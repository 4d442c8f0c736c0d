#include "weft/primitives/once_cell.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class OnceCellEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, OnceCellEverywhere, every_setting, setting_name);

template <class Call>
std::string refusal_of(Call call) {
  try {
    call();
  } catch (const RuntimeError& error) {
    return error.what();
  }
  return "nothing";
}

Coro<int> number_later(std::atomic<int>& calls, int number) {
  ++calls;
  co_await sleep(1ms);
  co_return number;
}
Coro<int> gets(OnceCell<int>& cell, std::atomic<int>& calls, int number) {
  const auto make = [&]() -> Coro<int> { return number_later(calls, number); };
  co_return co_await cell.get_or_init(make);
}

Coro<void> made_once() {
  OnceCell<int> cell("port");
  const OnceCell<int>& seen = cell;
  EXPECT_EQ(cell.get(), nullptr);
  EXPECT_FALSE(cell.initialised());
  EXPECT_EQ(cell.describe(), "<OnceCell 'port' empty>");
  std::atomic<int> calls = 0;
  std::vector<Task<int>> tasks;
  for (int i = 0; i < 20; ++i) tasks.push_back(create_task(gets(cell, calls, 7)));
  for (const Task<int>& task : tasks) EXPECT_EQ(co_await task, 7);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(cell.describe(), "<OnceCell 'port' initialised>");
  EXPECT_EQ(co_await gets(cell, calls, 8), 7);
  EXPECT_EQ(calls, 1);
  *cell.get() = 9;
  EXPECT_EQ(*seen.get(), 9);
}
TEST_P(OnceCellEverywhere, has_the_value_that_the_first_caller_makes) { run_here(made_once()); }

Coro<void> same_object() {
  OnceCell<std::unique_ptr<int>> cell;
  const auto make = []() -> Coro<std::unique_ptr<int>> { co_return std::make_unique<int>(3); };
  std::unique_ptr<int>& made = co_await cell.get_or_init(make);
  std::unique_ptr<int>& again = co_await cell.get_or_init(make);
  EXPECT_EQ(&made, &again);
  EXPECT_EQ(&made, cell.get());
  EXPECT_EQ(*made, 3);
}
TEST_P(OnceCellEverywhere, holds_what_can_only_be_moved_and_gives_references_to_it) { run_here(same_object()); }

Coro<int> fails(std::atomic<int>& calls) {
  ++calls;
  co_await sleep(1ms);
  throw ValueError("on purpose");
}
Coro<std::string> fails_with(OnceCell<int>& cell, std::atomic<int>& calls) {
  const auto make = [&]() -> Coro<int> { return fails(calls); };
  try {
    co_await cell.get_or_init(make);
  } catch (const ValueError& error) {
    co_return error.what();
  }
  co_return "nothing";
}
Coro<void> failure() {
  OnceCell<int> cell;
  std::atomic<int> calls = 0;
  const Task<std::string> first = create_task(fails_with(cell, calls));
  co_await sleep(0ms);
  const Task<std::string> second = create_task(fails_with(cell, calls));
  co_await sleep(0ms);
  EXPECT_EQ(co_await first, "on purpose");
  EXPECT_EQ(co_await second, "on purpose");
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(cell.describe(), "<OnceCell empty>");
  EXPECT_EQ(co_await gets(cell, calls, 5), 5);
  EXPECT_EQ(calls, 3);
}
TEST_P(OnceCellEverywhere, stays_empty_when_an_initialiser_fails) { run_here(failure()); }

Coro<void> next_in_line() {
  OnceCell<int> cell;
  std::atomic<int> calls = 0;
  const Task<std::string> first = create_task(fails_with(cell, calls));
  co_await sleep(0s);
  const Task<int> second = create_task(gets(cell, calls, 2));
  const Task<int> third = create_task(gets(cell, calls, 3));
  co_await sleep(0s);
  EXPECT_EQ(cell.describe(), "<OnceCell initialising, 2 waiting>");
  EXPECT_EQ(co_await first, "on purpose");
  EXPECT_EQ(co_await third, 2) << "that of the second";
  EXPECT_EQ(co_await second, 2);
  EXPECT_EQ(calls, 2);
}
TEST(OnceCell, gives_the_turn_of_an_initialiser_that_fails_to_the_next_one_in_the_line) {
  run_in_order(next_in_line());
}

Coro<void> cancelled_initialiser() {
  OnceCell<int> cell;
  std::atomic<int> calls = 0;
  const Task<int> first = create_task(gets(cell, calls, 1));
  co_await sleep(0s);
  const Task<int> second = create_task(gets(cell, calls, 2));
  const Task<int> third = create_task(gets(cell, calls, 3));
  co_await sleep(0s);
  second.cancel();
  first.cancel();
  co_await wait(only(first));
  EXPECT_TRUE(first.cancelled());
  EXPECT_EQ(co_await third, 3);
  EXPECT_TRUE(second.cancelled());
}
TEST(OnceCell, gives_the_turn_of_one_who_is_cancelled_to_the_next_one_that_is_not) {
  run_in_order(cancelled_initialiser());
}

Coro<void> given_and_cancelled() {
  OnceCell<int> cell;
  std::atomic<int> calls = 0;
  const Task<std::string> first = create_task(fails_with(cell, calls));
  co_await sleep(0s);
  const Task<int> second = create_task(gets(cell, calls, 2));
  co_await wait(only(first));
  const Task<int> third = create_task(gets(cell, calls, 3));
  second.cancel();  // it has the turn
  EXPECT_EQ(co_await third, 3);
  EXPECT_TRUE(second.cancelled());
}
TEST(OnceCell, gives_a_turn_on_that_a_cancelled_task_had_been_given) { run_in_order(given_and_cancelled()); }

// The move into the cell throws as long as it is told to.
struct Fragile {
  explicit Fragile(bool& given) : breaks(&given) {}
  Fragile(const Fragile&) = delete;
  Fragile(Fragile&& other) : breaks(other.breaks) {
    if (*breaks) throw ValueError("it broke");
  }
  bool* breaks;
};
Coro<void> fragile() {
  OnceCell<Fragile> cell;
  bool breaks = false;
  const auto make = [&breaks]() -> Coro<Fragile> { co_return Fragile(breaks); };
  for (const bool now : {true, false}) {
    breaks = now;
    std::string said = "nothing";
    try {
      co_await cell.get_or_init(make);
    } catch (const ValueError& error) {
      said = error.what();
    }
    EXPECT_EQ(said, now ? "it broke" : "nothing");
    EXPECT_EQ(cell.initialised(), !now);
  }
}
TEST_P(OnceCellEverywhere, stays_empty_when_the_move_of_its_value_throws) { run_here(fragile()); }

TEST(OnceCell, is_free_again_when_the_move_of_a_value_that_is_set_throws) {
  bool breaks = false;
  OnceCell<Fragile> cell;
  Fragile value(breaks);
  breaks = true;
  EXPECT_THROW(cell.try_set(std::move(value)), ValueError);
  EXPECT_EQ(cell.describe(), "<OnceCell empty>");
  breaks = false;
  EXPECT_TRUE(cell.try_set(std::move(value)));
}

Coro<void> set_by_hand() {
  OnceCell<std::string> cell;
  cell.set("by hand");
  EXPECT_EQ(*cell.get(), "by hand");
  EXPECT_FALSE(cell.try_set("again"));
  EXPECT_EQ(refusal_of([&] { cell.set("again"); }),
            "OnceCell is set once: <OnceCell initialised> has a value or gets one from an initialiser that runs");
  EXPECT_EQ(*cell.get(), "by hand");
  const auto make = []() -> Coro<std::string> { co_return "made"; };
  EXPECT_EQ(co_await cell.get_or_init(make), "by hand");
}
TEST_P(OnceCellEverywhere, is_set_by_hand_once) { run_here(set_by_hand()); }

Coro<void> set_meanwhile() {
  OnceCell<int> cell;
  std::atomic<int> calls = 0;
  const Task<int> maker = create_task(gets(cell, calls, 1));
  while (calls == 0) co_await sleep(0s);
  EXPECT_FALSE(cell.try_set(2));
  EXPECT_NE(refusal_of([&] { cell.set(2); }), "nothing");
  EXPECT_EQ(co_await maker, 1);
}
TEST_P(OnceCellEverywhere, cannot_be_set_while_its_value_is_being_made) { run_here(set_meanwhile()); }

Coro<void> deadline() {
  OnceCell<int> cell;
  std::atomic<int> calls = 0;
  const auto never = [&cell]() -> Coro<int> {
    const auto itself = []() -> Coro<int> { co_return 1; };
    co_return co_await cell.get_or_init(itself);
  };
  const auto waits = [&]() -> Coro<void> { co_await cell.get_or_init(never); };
  bool late = false;
  try {
    co_await with_timeout(1ms, waits);
  } catch (const TimeoutError&) {
    late = true;
  }
  EXPECT_TRUE(late) << "it waits for itself";
  EXPECT_EQ(cell.describe(), "<OnceCell empty>");
  EXPECT_EQ(co_await gets(cell, calls, 4), 4);
}
TEST_P(OnceCellEverywhere, that_is_made_by_one_who_waits_for_it_waits_until_a_cancel) { run_here(deadline()); }

Coro<void> read_outside() {
  OnceCell<std::string> cell;
  std::thread reader([&cell] {
    while (cell.get() == nullptr) std::this_thread::yield();
    EXPECT_EQ(*cell.get(), "made");
  });
  const auto make = []() -> Coro<std::string> {
    co_await sleep(0s);
    co_return "made";
  };
  co_await cell.get_or_init(make);
  reader.join();
}
TEST(OnceCell, is_read_by_other_threads) { run(read_outside(), {.workers = 2}); }

Coro<void> dies() {
  Census census;
  const auto make = [&census]() -> Coro<Tracked> { co_return Tracked(census, 1); };
  {
    OnceCell<Tracked> cell;
    EXPECT_EQ((co_await cell.get_or_init(make)).value, 1);
    EXPECT_EQ(census.alive(), 1);
    EXPECT_EQ(census.copied, 0);
    const OnceCell<Tracked> never;
  }
  EXPECT_EQ(census.alive(), 0);
}
TEST_P(OnceCellEverywhere, destroys_its_value) { run_here(dies()); }

TEST(OnceCell, outlives_a_loop_that_is_closed_while_its_value_is_being_made) {
  OnceCell<int> cell;
  std::atomic<int> calls = 0;
  {
    EventLoop loop(RunOptions{.workers = 1});
    loop.set_exception_handler([](const ExceptionContext&) {});
    const auto leave = [&]() -> Coro<void> {
      for (int i = 0; i < 3; ++i) create_task(gets(cell, calls, i));
      co_await sleep(0s);
    };
    loop.run_until_complete(leave());
    EXPECT_EQ(cell.describe(), "<OnceCell initialising, 2 waiting>");
  }
  EXPECT_EQ(cell.describe(), "<OnceCell empty>");
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace weft::tests
