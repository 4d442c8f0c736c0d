// Conditions whose waiters are cancelled everywhere: no notification is lost, the lock is free and nobody waits.
#include "weft/primitives/condition.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "cancel/ends_as.h"

namespace weft::tests {
namespace {

struct Box {
  Condition changed;
  int items = 0;
};
Box& box_of(Probe& probe) {
  Box& box = probe.keep<Box>();
  probe.at_end([&probe, &box] {
    probe.expect(box.changed.describe() == "<Condition unlocked>", "it ended as " + box.changed.describe());
  });
  return box;
}
Coro<void> fills(Box& box, int count) {
  for (int i = 0; i < count; ++i) {
    co_await sleep(1ms);
    const auto held = co_await box.changed.scoped();
    ++box.items;
    box.changed.notify();
  }
}
Coro<void> empties(Box& box, int count) {
  for (int i = 0; i < count; ++i) {
    const auto held = co_await box.changed.scoped();
    co_await box.changed.wait_for([&box] { return box.items != 0; });
    --box.items;
  }
}

// The other one must get all that the cancelled one leaves.
Coro<void> one_of_two(Probe& probe) {
  Box& box = box_of(probe);
  create_task(empties(box, 3));
  create_task(fills(box, 6));
  co_await empties(box, 3);
}
TEST(CancelCondition, of_one_of_two_that_wait) { everywhere(one_of_two, {.second_cancels = 0}); }

Coro<void> group_at_a_condition(Probe& probe) {
  Box& box = box_of(probe);
  const auto block = [&box](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 2; ++i) group.create_task(empties(box, 2));
    group.create_task(fills(box, 4));
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelCondition, of_a_group) { everywhere(group_at_a_condition); }

// All are woken at once; those that are not cancelled all go on.
Coro<void> waits_for_start(Box& box, std::atomic<int>& went_on) {
  const auto held = co_await box.changed.scoped();
  co_await box.changed.wait_for([&box] { return box.items != 0; });
  ++went_on;
}
Coro<void> starts(Box& box) {
  co_await sleep(1ms);
  const auto held = co_await box.changed.scoped();
  box.items = 1;
  box.changed.notify_all();
  co_await sleep(0s);  // they come to the lock, and wait for that
}
Coro<void> notified_together(Probe& probe) {
  Box& box = box_of(probe);
  auto& own = probe.keep<std::atomic<int>>(0);
  auto& went_on = probe.keep<std::atomic<int>>(0);
  auto& started = probe.keep<std::atomic<int>>(0);
  probe.at_end([&] { probe.expect(went_on == started, "one of the others did not go on"); });
  create_task(starts(box));
  for (int i = 0; i < 2; ++i) {
    ++started;
    create_task(waits_for_start(box, went_on));
  }
  co_await waits_for_start(box, own);
}
TEST(CancelCondition, of_one_of_several_that_are_notified_together) { everywhere(notified_together); }

// Others use the condition's lock, and hold it when the cancelled one wants it back.
Coro<void> uses(Lock& lock) {
  for (int i = 0; i < 4; ++i) {
    const auto held = co_await lock.scoped();
    co_await sleep(i % 2 == 0 ? 1ms : 0ms);
  }
}
struct SharedBox {
  Lock lock;
  Condition changed{lock};
  int items = 0;
};
Coro<void> takes_one(SharedBox& box) {
  const auto held = co_await box.lock.scoped();
  co_await box.changed.wait_for([&box] { return box.items != 0; });
  --box.items;
}
Coro<void> shared_lock(Probe& probe) {
  SharedBox& box = probe.keep<SharedBox>();
  probe.at_end([&] {
    probe.expect(box.lock.describe() == "<Lock unlocked>", "the lock ended as " + box.lock.describe());
    probe.expect(box.changed.describe() == "<Condition unlocked>", "it ended as " + box.changed.describe());
  });
  create_task(uses(box.lock));
  const auto puts = [](SharedBox* given) -> Coro<void> {
    co_await sleep(1ms);
    const auto held = co_await given->lock.scoped();
    ++given->items;
    given->changed.notify();
  };
  create_task(puts, &box);
  co_await takes_one(box);
}
TEST(CancelCondition, whose_lock_others_use) { everywhere(shared_lock); }

// Two conditions over one lock: a buffer of one place.
struct Buffer {
  Lock lock;
  Condition not_full{lock};
  Condition not_empty{lock};
  int items = 0;
};
Coro<void> puts(Buffer& buffer, Probe& probe, int count) {
  for (int i = 0; i < count; ++i) {
    const auto held = co_await buffer.lock.scoped();
    co_await buffer.not_full.wait_for([&buffer] { return buffer.items == 0; });
    probe.expect(++buffer.items == 1, "the buffer has one place");
    buffer.not_empty.notify();
  }
}
Coro<void> gets(Buffer& buffer, Probe& probe, int count) {
  for (int i = 0; i < count; ++i) {
    const auto held = co_await buffer.lock.scoped();
    co_await buffer.not_empty.wait_for([&buffer] { return buffer.items != 0; });
    probe.expect(--buffer.items == 0, "the buffer has one place");
    buffer.not_full.notify();
  }
}
Coro<void> bounded_buffer(Probe& probe) {
  Buffer& buffer = probe.keep<Buffer>();
  probe.at_end([&] {
    probe.expect(buffer.lock.describe() == "<Lock unlocked>", "the lock ended as " + buffer.lock.describe());
    probe.expect(buffer.not_full.describe() == "<Condition unlocked>", "one waits for room");
    probe.expect(buffer.not_empty.describe() == "<Condition unlocked>", "one waits for an item");
  });
  const CancelledAtExit producer(create_task(puts(buffer, probe, 3)));
  co_await gets(buffer, probe, 3);
}
TEST(CancelCondition, of_two_conditions_over_one_lock) { everywhere(bounded_buffer); }

Coro<void> predicate_throws(Probe& probe) {
  Box& box = box_of(probe);
  const CancelledAtExit other(create_task(fills(box, 2)));
  bool thrown = false;
  {
    const auto held = co_await box.changed.scoped();
    const auto looks = [&box] {
      if (box.items == 1) throw ValueError("on purpose");
      return false;
    };
    try {
      co_await box.changed.wait_for(looks);
    } catch (const ValueError&) {
      thrown = true;
      probe.expect(box.changed.locked(), "the lock is not held behind a predicate that threw");
    }
  }
  probe.expect(thrown, "the predicate's error is lost");
  co_await sleep(0s);
}
TEST(CancelCondition, whose_predicate_throws) { everywhere(predicate_throws); }

Coro<void> with_deadline(Probe& probe) {
  Box& box = box_of(probe);
  const CancelledAtExit other(create_task(fills(box, 2)));
  const auto held = co_await box.changed.scoped();
  const auto waits = [&box]() -> Coro<void> { co_await box.changed.wait_for([&box] { return box.items == 2; }); };
  bool late = false;
  try {
    co_await with_timeout(1500us, waits);
  } catch (const TimeoutError&) {
    late = true;
  }
  probe.expect(late && box.changed.locked(), "the lock is not held behind a wait that timed out");
  // The deadline and the notification come at the same time.
  try {
    co_await with_timeout(500us, waits);
  } catch (const TimeoutError&) {
  }
  probe.expect(box.changed.locked(), "the lock is not held behind a wait");
}
TEST(CancelCondition, with_a_deadline_also_one_that_meets_the_notification) { everywhere(with_deadline); }

Coro<void> tries_again(Probe& probe) {
  Box& box = box_of(probe);
  create_task(fills(box, 1));
  const auto held = co_await box.changed.scoped();
  while (box.items == 0) {
    try {
      co_await box.changed.wait();
    } catch (const CancelledError&) {
      probe.swallows_cancel();
    }
    probe.expect(box.changed.locked(), "the lock is not held behind a wait that was cancelled");
  }
}
TEST(CancelCondition, by_one_that_tries_again) { everywhere_swallowed(tries_again); }

// Each that was notified notifies the next: the chain must not break where one is cancelled.
Coro<void> passes_on(Box& box) {
  const auto held = co_await box.changed.scoped();
  co_await box.changed.wait_for([&box] { return box.items != 0; });
  box.changed.notify();
}
Coro<void> chain(Probe& probe) {
  Box& box = box_of(probe);
  create_task(passes_on(box));
  const CancelledAtExit second(create_task(passes_on(box)));
  create_task(fills(box, 1));
  create_task(passes_on(box));
  co_await passes_on(box);
}
TEST(CancelCondition, of_one_that_is_to_notify_the_next) { everywhere(chain, {.second_cancels = 0}); }

}  // namespace
}  // namespace weft::tests
