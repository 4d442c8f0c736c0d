// Events whose waiters are cancelled everywhere: nobody is left waiting, and the others all go on.
#include "weft/primitives/event.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "cancel/ends_as.h"

namespace weft::tests {
namespace {

Event& event_of(Probe& probe) {
  Event& event = probe.keep<Event>();
  probe.at_end([&probe, &event] {
    probe.expect(event.describe().find("waiting") == std::string::npos, "it ended as " + event.describe());
  });
  return event;
}
Coro<void> waits(Event& event) { co_await event.wait(); }

Coro<void> waits_for_an_event(Probe& probe) {
  Event& event = event_of(probe);
  const Later later(2ms, [&event] { event.set(); });
  const CancelledAtExit other(create_task(waits(event)));
  co_await event.wait();
  co_await event.wait();
}
TEST(CancelEvent, that_is_set_later) { everywhere(waits_for_an_event); }

// Whom set() wakes goes on, though clear() comes right behind it and others are cancelled.
Coro<void> waits_and_counts(Event& event, std::atomic<int>& went_on) {
  co_await event.wait();
  ++went_on;
}
Coro<void> set_and_cleared(Probe& probe) {
  Event& event = event_of(probe);
  auto& went_on = probe.keep<std::atomic<int>>(0);
  auto& started = probe.keep<std::atomic<int>>(0);
  probe.at_end([&] { probe.expect(went_on == started, "one of the others did not go on"); });
  const AtExit sets([&event] { event.set(); });
  for (int i = 0; i < 3; ++i) {
    ++started;
    create_task(waits_and_counts(event, went_on));
  }
  const Later later(1ms, [&event] {
    event.set();
    event.clear();
  });
  co_await event.wait();
  co_await sleep(1ms);
}
TEST(CancelEvent, that_is_cleared_right_behind_its_set) { everywhere(set_and_cleared); }

Coro<void> pulses(Event& event) {
  for (int i = 0; i < 6; ++i) {
    co_await sleep(1ms);
    event.set();
    event.clear();
  }
  event.set();
}
Coro<void> waits_for_pulses(Probe& probe) {
  Event& event = event_of(probe);
  const CancelledAtExit other(create_task(pulses(event)));
  for (int i = 0; i < 3; ++i) co_await event.wait();
}
TEST(CancelEvent, that_is_set_and_cleared_again_and_again) { everywhere(waits_for_pulses); }

Coro<void> with_deadline(Probe& probe) {
  Event& event = event_of(probe);
  const Later later(2ms, [&event] { event.set(); });
  bool late = false;
  const auto wait_for_it = [&event]() -> Coro<void> { co_await event.wait(); };
  try {
    co_await with_timeout(1ms, wait_for_it);
  } catch (const TimeoutError&) {
    late = true;
  }
  probe.expect(late, "the deadline did not end the wait");
  // The deadline and the set come at the same time.
  try {
    co_await with_timeout(1ms, wait_for_it);
  } catch (const TimeoutError&) {
  }
  co_await event.wait();
}
TEST(CancelEvent, with_a_deadline_also_one_that_meets_the_set) { everywhere(with_deadline); }

Coro<void> group_of_waiters(Probe& probe) {
  Event& event = event_of(probe);
  const auto sets = [](Event* given) -> Coro<void> {
    co_await sleep(1ms);
    given->set();
  };
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 3; ++i) group.create_task(waits(event));
    group.create_task(sets, &event);
    co_await event.wait();
  };
  co_await with_task_group(block);
}
TEST(CancelEvent, of_a_group_one_of_which_sets_it) { everywhere(group_of_waiters); }

Coro<void> answers(Event& ball, Event& back, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    co_await ball.wait();
    ball.clear();
    back.set();
  }
}
Coro<void> plays(Probe& probe) {
  Event& ball = event_of(probe);
  Event& back = event_of(probe);
  const CancelledAtExit other(create_task(answers(ball, back, 3)));
  for (int i = 0; i < 3; ++i) {
    ball.set();
    co_await back.wait();
    back.clear();
  }
}
TEST(CancelEvent, of_two_that_wait_for_each_other_in_turn) { everywhere(plays); }

Coro<void> tries_again(Probe& probe) {
  Event& event = event_of(probe);
  const Later later(1ms, [&event] { event.set(); });
  for (bool went_on = false; !went_on;) {
    try {
      went_on = co_await event.wait();
    } catch (const CancelledError&) {
      probe.swallows_cancel();
    }
  }
  probe.expect(event.is_set(), "it went on though the event is not set");
}
TEST(CancelEvent, by_one_that_tries_again) { everywhere_swallowed(tries_again); }

Coro<void> gathered(Probe& probe) {
  Event& first = event_of(probe);
  Event& second = event_of(probe);
  const Later sets_one(1ms, [&first] { first.set(); });
  const Later sets_two(2ms, [&second] { second.set(); });
  co_await gather(waits(first), waits(second), waits(first));
}
TEST(CancelEvent, of_gathered_waiters_of_two) { everywhere(gathered); }

}  // namespace
}  // namespace weft::tests
