// Cells whose callers are cancelled everywhere: the value is made once by one who was not, and no turn is lost.
#include "weft/primitives/once_cell.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "cancel/everywhere.h"

namespace weft::tests {
namespace {

struct Shared {
  Census census;
  OnceCell<Tracked> cell;
  std::atomic<int> making{0};
  std::atomic<int> made{0};
  std::atomic<bool> ends_set{false};  // somebody gets the value who is not cancelled
};
Shared& shared(Probe& probe) {
  Shared& all = probe.keep<Shared>();
  probe.at_end([&probe, &all] {
    const std::string description = all.cell.describe();
    const bool set = all.cell.initialised();
    probe.expect(description == (set ? "<OnceCell initialised>" : "<OnceCell empty>"), "it ended as " + description);
    probe.expect(set || !all.ends_set, "nobody has made the value");
    probe.expect(all.census.alive() == (set ? 1 : 0), std::to_string(all.census.alive()) + " values are alive");
    probe.expect(all.made == (set ? 1 : 0), std::to_string(all.made) + " values were made");
  });
  return all;
}
Coro<Tracked> makes(Shared& all, Probe& probe, int number) {
  probe.expect(++all.making == 1, "two make the value at once");
  struct Leaves {
    Shared& all;
    ~Leaves() { --all.making; }
  } const leaves{all};
  co_await sleep(1ms);
  co_await sleep(0s);
  ++all.made;
  co_return Tracked(all.census, number);
}
Coro<void> gets(Shared& all, Probe& probe, int number) {
  const auto make = [&all, &probe, number]() -> Coro<Tracked> { return makes(all, probe, number); };
  Tracked& value = co_await all.cell.get_or_init(make);
  probe.expect(value.value == all.cell.get()->value, "there are two values");
}

Coro<void> the_first(Probe& probe) {
  Shared& all = shared(probe);
  const auto late = [](Shared* given, Probe* seen) -> Coro<void> {
    co_await sleep(0s);
    co_await sleep(0s);
    co_await gets(*given, *seen, 2);
  };
  create_task(late, &all, &probe);
  create_task(late, &all, &probe);
  all.ends_set = true;
  co_await gets(all, probe, 1);
}
TEST(CancelOnceCell, of_the_one_that_makes_the_value) { everywhere(the_first); }

Coro<void> the_second(Probe& probe) {
  Shared& all = shared(probe);
  create_task(gets(all, probe, 1));
  co_await sleep(0s);
  create_task(gets(all, probe, 3));
  all.ends_set = true;
  co_await gets(all, probe, 2);
  co_await gets(all, probe, 2);
}
TEST(CancelOnceCell, of_one_that_waits_for_the_value) { everywhere(the_second); }

// The turn is on its way when it is cancelled.
Coro<void> the_next(Probe& probe) {
  Shared& all = shared(probe);
  const auto brief = [](Shared* given, Probe* seen) -> Coro<void> {
    const auto fails = []() -> Coro<Tracked> {
      co_await sleep(1ms);
      throw ValueError("on purpose");
    };
    try {
      co_await given->cell.get_or_init(fails);
      seen->expect(given->cell.initialised(), "it went on without a value");
    } catch (const ValueError&) {
    }
  };
  create_task(brief, &all, &probe);
  create_task(brief, &all, &probe);
  co_await sleep(0s);
  create_task(gets(all, probe, 3));
  all.ends_set = true;
  co_await gets(all, probe, 2);
}
TEST(CancelOnceCell, of_one_that_gets_the_turn_of_initialisers_that_failed) { everywhere(the_next); }

Coro<void> group_of_callers(Probe& probe) {
  Shared& all = shared(probe);
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 4; ++i) group.create_task(gets(all, probe, i));
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelOnceCell, of_a_group) { everywhere(group_of_callers); }

Coro<void> with_deadline(Probe& probe) {
  Shared& all = shared(probe);
  const auto get = [&]() -> Coro<void> { co_await gets(all, probe, 1); };
  for (int i = 0; i < 2; ++i) {
    try {
      co_await with_timeout(1ms, get);
    } catch (const TimeoutError&) {
    }
  }
  const CancelledAtExit other(create_task(gets(all, probe, 2)));
  co_await gets(all, probe, 3);
}
TEST(CancelOnceCell, with_a_deadline) { everywhere(with_deadline); }

}  // namespace
}  // namespace weft::tests
