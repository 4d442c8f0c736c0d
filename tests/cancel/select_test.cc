// Cancelled wherever a select or a tick of an Interval is: what was cancelled has ended, and nothing that was taken is lost. (A canceller that
// has begun and not gone on lets several end; select gives the first in argument order then.)
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "cancel/everywhere.h"
#include "weft/runtime/flow/interval.h"
#include "weft/runtime/flow/select.h"

namespace weft::tests {
namespace {

Coro<void> of_coroutines(Probe& probe) {
  Census& census = census_of(probe);
  const auto selected =
      co_await select(number_after(3ms, 1, census), number_with_clean_up(1h, 2, census), number_after(1ms, 3, census));
  probe.expect(selected.has<2>(), "the result of what ends first was lost");
  probe.expect(census.alive() == 0, "select has ended before its coroutines");
}
TEST(CancelSelect, of_coroutines) { everywhere(of_coroutines); }

// What takes from it does so in its last step, as a get() of a queue does.
struct Store {
  std::atomic<int> taken{0};
  std::atomic<int> kept{0};
};
Store& store_of(Probe& probe) {
  Store& store = probe.keep<Store>();
  probe.at_end([&probe, &store] {
    probe.expect(store.taken == store.kept,
                 std::to_string(store.taken) + " were taken, " + std::to_string(store.kept) + " arrived");
  });
  return store;
}
Coro<int> take_after(std::chrono::milliseconds delay, Store& store) {
  co_await sleep(delay);
  co_return ++store.taken;
}
Coro<void> takes(Probe& probe) {
  Store& store = store_of(probe);
  for (int i = 0; i < 3; ++i) {
    const auto selected = co_await select(take_after(1ms, store), take_after(std::chrono::milliseconds(i), store),
                                          take_after(1ms, store));
    store.kept +=
        static_cast<int>(selected.has<0>()) + static_cast<int>(selected.has<1>()) + static_cast<int>(selected.has<2>());
  }
}
TEST(CancelSelect, loses_nothing_that_was_taken) { everywhere(takes); }

Coro<void> takes_from_a_range(Probe& probe) {
  Store& store = store_of(probe);
  std::vector<Coro<int>> takers;
  for (int i = 0; i < 8; ++i) takers.push_back(take_after(std::chrono::milliseconds(i % 2), store));
  const auto selected = co_await select(std::move(takers));
  for (std::size_t i = 0; i < selected.size(); ++i) store.kept += static_cast<int>(selected.has(i));
}
TEST(CancelSelect, loses_nothing_of_a_range) { everywhere(takes_from_a_range); }

Coro<void> of_handles(Probe& probe) {
  Census& census = census_of(probe);
  const Task<int> task = create_task(number_with_clean_up(1h, 1, census));
  const CancelledAtExit at_exit(task);
  const Future<int> future = get_running_loop().create_future<int>();
  const Later later(2ms, [future] { future.try_set_result(2); });
  const TimePoint begin = get_running_loop().time();
  const auto selected = co_await select(task, future, sleep(1h));
  // Virtual time does not wait for another thread that has cancelled one of the three and is about to cancel the next.
  const bool hour_passed = get_running_loop().time() - begin >= 1h;
  probe.expect(selected.index() == 1 || hour_passed, "the wrong one has won");
  probe.expect(task.cancelled() || (task.done() && hour_passed), "a loser is still pending");
}
TEST(CancelSelect, of_tasks_and_futures) { everywhere(of_handles); }

Coro<int> shielded(Store& store) {
  ++store.taken;
  co_await sleep(5ms);
  co_return ++store.kept;
}
Coro<void> with_a_shield(Probe& probe) {
  Store& store = store_of(probe);
  const auto selected = co_await select(shield(shielded(store)), sleep(1ms));
  probe.expect(selected.has<1>(), "the result of what ends first was lost");
}
TEST(CancelSelect, leaves_alone_what_is_shielded) { everywhere(with_a_shield); }

Coro<void> of_failures(Probe& probe) {
  probe.may_report("never retrieved");  // of a loser
  Census& census = census_of(probe);
  bool told = false;
  try {
    const auto selected =
        co_await select(failure_after(1ms, census), failure_after(1ms, census), number_with_clean_up(1h, 1, census));
    told = selected.has<2>();  // a canceller was so slow that it has ended too: a result goes before errors then
  } catch (const ValueError&) {
    told = true;
  }
  probe.expect(told, "neither a result nor an error was given");
  probe.expect(census.alive() == 0, "select has ended before its coroutines");
  co_await sleep(1ms);  // where a cancel is thrown that a failure was faster than
}
TEST(CancelSelect, of_coroutines_that_fail) { everywhere(of_failures); }

Coro<int> ends_all_the_same(Store& store) {
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
  }
  co_return ++store.taken;
}
Coro<void> of_the_obstinate(Probe& probe) {
  Store& store = store_of(probe);
  const auto selected = co_await select(sleep(1ms), ends_all_the_same(store));
  store.kept += static_cast<int>(selected.has<1>());
  co_await sleep(1ms);
}
TEST(CancelSelect, throws_a_cancel_that_a_result_was_given_in_spite_of) { everywhere(of_the_obstinate); }

Coro<void> nested(Probe& probe) {
  Census& census = census_of(probe);
  const auto block = [&census]() -> Coro<void> {
    co_await select(select(number_after(1h, 1, census), number_with_clean_up(2h, 2, census)),
                    gather(number_after(3h, 3, census), number_after(4h, 4, census)));
  };
  bool late = false;
  try {
    co_await with_timeout(1ms, block);
  } catch (const TimeoutError&) {
    late = true;
  }
  probe.expect(late, "no deadline has passed");
  probe.expect(census.alive() == 0, "select has ended before its coroutines");
}
TEST(CancelSelect, nested_and_timed_out) { everywhere(nested); }

Coro<void> before_anything_starts(Probe& probe) {
  Census& census = census_of(probe);
  const Future<int> done = get_running_loop().create_future<int>();
  done.set_result(1);
  const auto selected = co_await select(number_after(1ms, 1, census), done, number_after(1ms, 2, census));
  probe.expect(selected.has<1>(), "the result of what is done was lost");
}
TEST(CancelSelect, with_one_that_is_done_before) { everywhere(before_anything_starts); }

// --- Interval ---------------------------------------------------------------------------------------------------------

// Whoever asks again is given the tick of which a cancel was thrown.
Coro<void> ticks(Probe& probe) {
  Interval interval(1ms);
  const TimePoint start = get_running_loop().time();
  int taken = 0;
  while (taken < 4) {
    try {
      const TimePoint tick = co_await interval.tick();
      probe.expect(tick == start + 1ms * taken, "a cancelled tick was consumed");
      ++taken;
    } catch (const CancelledError&) {
      probe.swallows_cancel();
    }
  }
}
TEST(CancelInterval, a_cancelled_tick_is_not_consumed) { everywhere_swallowed(ticks); }

Coro<void> ticks_beside_others(Probe& probe) {
  Census& census = census_of(probe);
  Interval interval(2ms, {.missed = MissedTick::skip});
  const TimePoint start = get_running_loop().time();
  int taken = 0;
  while (taken < 3) {
    const auto selected = co_await select(interval.tick(), number_with_clean_up(1ms, 1, census));
    if (!selected.has<0>()) continue;
    probe.expect((selected.get<0>() - start) % 2ms == 0ms, "a tick lies beside the period");
    ++taken;
  }
}
TEST(CancelInterval, in_a_select) { everywhere(ticks_beside_others); }

}  // namespace
}  // namespace weft::tests
