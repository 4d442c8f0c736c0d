// Watches whose receivers are cancelled everywhere: nothing is marked as seen by a wait that was cancelled, no value leaks, nobody waits.
#include <gtest/gtest.h>

#include <string>

#include "cancel/everywhere.h"
#include "weft/primitives/watch.h"

namespace weft::tests {
namespace {

template <class T>
Watch<T>& watch_of(Probe& probe, T first) {
  auto& watch = probe.keep<Watch<T>>(std::move(first));
  probe.at_end([&probe, &watch] {
    probe.expect(watch.describe().find("waiting") == std::string::npos, "it ended as " + watch.describe());
  });
  return watch;
}

// A receiver that outlives the task which waits at it, and whether that was told of a change.
struct Follower {
  explicit Follower(Watch<int>& watch) : receiver(watch.subscribe()) {}
  WatchReceiver<int> receiver;
  bool told = false;
};
Coro<void> set_later(Watch<int>& watch, std::chrono::milliseconds delay) {
  co_await sleep(delay);
  watch.set(1);
}
Coro<void> waits_once(Probe& probe) {
  Watch<int>& watch = watch_of(probe, 0);
  auto& follower = probe.keep<Follower>(watch);
  probe.at_end([&probe, &follower, &watch] {
    probe.expect(follower.told == (watch.get() == 1 && !follower.receiver.has_changed()),
                 "a change counts as seen of which nobody was told");
  });
  create_task(set_later(watch, 1ms));
  co_await follower.receiver.changed();
  follower.told = true;
}
TEST(CancelWatch, of_one_who_waits_marks_nothing_as_seen) { everywhere(waits_once); }

Coro<void> follows(WatchReceiver<int> receiver, int last) {
  while (receiver.get_and_update() != last) co_await receiver.changed();
}
Coro<void> sets(Watch<int>& watch, int last) {
  for (int i = 1; i <= last; ++i) {
    co_await sleep(1ms);
    watch.modify([](int& value) { ++value; });
  }
}
Coro<void> one_of_several(Probe& probe) {
  Watch<int>& watch = watch_of(probe, 0);
  create_task(follows(watch.subscribe(), 3));
  create_task(sets(watch, 3));
  co_await follows(watch.subscribe(), 3);
}
TEST(CancelWatch, of_one_of_several_that_follow) { everywhere(one_of_several); }

Coro<void> group_at_a_watch(Probe& probe) {
  Watch<int>& watch = watch_of(probe, 0);
  const auto block = [&watch](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 3; ++i) group.create_task(follows(watch.subscribe(), 2));
    group.create_task(sets(watch, 2));
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelWatch, of_a_group_that_sets_and_follows) { everywhere(group_at_a_watch); }

Coro<void> keeps_no_value(Probe& probe) {
  Census& census = probe.keep<Census>();
  auto& watch = watch_of(probe, Tracked(census, 0));
  probe.at_end([&probe, &census] { probe.expect(census.alive() == 1, "a value that was replaced is still alive"); });
  const auto set = [](Watch<Tracked>* given, Census* counts) -> Coro<void> {
    for (int i = 1; i <= 3; ++i) {
      given->set(Tracked(*counts, i));
      co_await sleep(1ms);
    }
  };
  create_task(set(&watch, &census));
  auto receiver = watch.subscribe();
  const Tracked found = co_await receiver.wait_for([](const Tracked& value) { return value.value == 3; });
  probe.expect(found.value == 3, "it waited for another value");
}
TEST(CancelWatch, of_one_who_waits_for_a_predicate_keeps_no_value) { everywhere(keeps_no_value); }

Coro<void> deadline(Probe& probe) {
  Watch<int>& watch = watch_of(probe, 0);
  create_task(set_later(watch, 2ms));
  auto receiver = watch.subscribe();
  bool late = false;
  const auto impatient = [&receiver]() -> Coro<void> { co_await receiver.changed(); };
  try {
    co_await with_timeout(1ms, impatient);
  } catch (const TimeoutError&) {
    late = true;
  }
  probe.expect(late && !receiver.has_changed(), "the deadline did not end the wait");
  co_await receiver.changed();
  probe.expect(receiver.get() == 1, "it was told of no change");
}
TEST(CancelWatch, of_a_wait_that_comes_after_a_deadline) { everywhere(deadline); }

// The watch goes with its task, at any moment: those that follow end.
Coro<void> ends_with(WatchReceiver<int> receiver) {
  bool over = false;
  while (!over) {
    try {
      co_await receiver.changed();
    } catch (const ChannelClosed&) {
      over = true;
    }
  }
}
Coro<void> owns_the_watch(Probe&) {
  Watch<int> watch(0);
  create_task(ends_with(watch.subscribe()));
  co_await sets(watch, 2);
}
TEST(CancelWatch, of_the_task_that_owns_it) { everywhere(owns_the_watch); }

}  // namespace
}  // namespace weft::tests
