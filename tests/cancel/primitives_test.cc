// Locks, semaphores, events, conditions and barriers whose waiters are cancelled everywhere: nothing is held, counted or waited for afterwards.
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "cancel/everywhere.h"
#include "weft/primitives/barrier.h"
#include "weft/primitives/event.h"
#include "weft/primitives/semaphore.h"

namespace weft::tests {
namespace {

// Of a primitive that is to look so when everybody has ended.
template <class Primitive, class... Args>
Primitive& ends_as(Probe& probe, const std::string& description, Args&&... args) {
  Primitive& primitive = probe.keep<Primitive>(std::forward<Args>(args)...);
  probe.at_end([&probe, &primitive, description] {
    probe.expect(primitive.describe() == description, "it ended as " + primitive.describe());
  });
  return primitive;
}

Coro<void> uses(Lock& lock, Probe& probe, std::atomic<int>& inside) {
  for (int i = 0; i < 3; ++i) {
    const auto held = co_await lock.scoped();
    probe.expect(++inside == 1, "two tasks hold the lock");
    struct Leaves {
      std::atomic<int>& inside;
      ~Leaves() { --inside; }
    } leaves{inside};
    co_await sleep(i == 1 ? 1ms : 0ms);
  }
}
Coro<void> shares_a_lock(Probe& probe) {
  Lock& lock = ends_as<Lock>(probe, "<Lock unlocked>");
  auto& inside = probe.keep<std::atomic<int>>(0);
  create_task(uses(lock, probe, inside));
  create_task(uses(lock, probe, inside));
  co_await uses(lock, probe, inside);
}
TEST(CancelLock, of_a_task_between_others_that_use_it) { everywhere(shares_a_lock); }

Coro<void> waits_for_a_lock(Probe& probe) {
  Lock& lock = ends_as<Lock>(probe, "<Lock unlocked>");
  auto& inside = probe.keep<std::atomic<int>>(0);
  const CancelledAtExit other(create_task(uses(lock, probe, inside)));
  co_await sleep(0s);
  co_await uses(lock, probe, inside);
}
TEST(CancelLock, whose_other_user_is_cancelled_too) { everywhere(waits_for_a_lock); }

Coro<void> group_of_users(Probe& probe) {
  Lock& lock = ends_as<Lock>(probe, "<Lock unlocked>");
  auto& inside = probe.keep<std::atomic<int>>(0);
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 4; ++i) group.create_task(uses(lock, probe, inside));
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelLock, of_a_group_of_users) { everywhere(group_of_users); }

Coro<void> with_deadline(Probe& probe) {
  Lock& lock = ends_as<Lock>(probe, "<Lock unlocked>");
  const auto hold = [](Lock* given) -> Coro<void> {
    const auto held = co_await given->scoped();
    co_await sleep(5ms);
  };
  const CancelledAtExit holder(create_task(hold, &lock));
  co_await sleep(1ms);
  bool late = false;
  const auto acquire = [&lock]() -> Coro<void> { const auto held = co_await lock.scoped(); };
  try {
    co_await with_timeout(1ms, acquire);
  } catch (const TimeoutError&) {
    late = true;
  }
  probe.expect(late, "the deadline did not end the wait");
  const auto held = co_await lock.scoped();
}
TEST(CancelLock, with_a_deadline) { everywhere(with_deadline); }

Coro<void> takes_permits(Semaphore& semaphore, Probe& probe, std::atomic<int>& inside) {
  for (int i = 0; i < 3; ++i) {
    const auto held = co_await semaphore.scoped();
    probe.expect(++inside <= 2, "more tasks than permits");
    struct Leaves {
      std::atomic<int>& inside;
      ~Leaves() { --inside; }
    } leaves{inside};
    co_await sleep(i == 0 ? 0ms : 1ms);
  }
}
Coro<void> shares_permits(Probe& probe) {
  auto& semaphore = ends_as<Semaphore>(probe, "<Semaphore unlocked, value 2>", 2);
  auto& inside = probe.keep<std::atomic<int>>(0);
  for (int i = 0; i < 3; ++i) create_task(takes_permits(semaphore, probe, inside));
  co_await takes_permits(semaphore, probe, inside);
}
TEST(CancelSemaphore, of_a_task_between_others_that_use_it) { everywhere(shares_permits); }

Coro<void> group_of_takers(Probe& probe) {
  auto& semaphore = ends_as<BoundedSemaphore>(probe, "<BoundedSemaphore unlocked, value 2>", 2);
  auto& inside = probe.keep<std::atomic<int>>(0);
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 5; ++i) group.create_task(takes_permits(semaphore, probe, inside));
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelSemaphore, of_a_group_of_users) { everywhere(group_of_takers); }

Coro<void> holds(Semaphore& semaphore, std::chrono::milliseconds length) {
  const auto held = co_await semaphore.scoped();
  co_await sleep(length);
}
Coro<void> waits_for_release(Probe& probe) {
  auto& semaphore = ends_as<Semaphore>(probe, "<Semaphore unlocked, value 1>", 1);
  const CancelledAtExit first(create_task(holds(semaphore, 1ms)));
  co_await sleep(0s);
  const CancelledAtExit second(create_task(holds(semaphore, 1ms)));
  co_await holds(semaphore, 0ms);
}
TEST(CancelSemaphore, whose_permit_is_on_its_way) { everywhere(waits_for_release); }

Coro<void> waits_for_an_event(Probe& probe) {
  Event& event = probe.keep<Event>();
  probe.at_end([&probe, &event] {
    probe.expect(event.describe().find("waiting") == std::string::npos, "it ended as " + event.describe());
  });
  const Later later(2ms, [&event] { event.set(); });
  const auto waits = [](Event* given) -> Coro<void> { co_await given->wait(); };
  const CancelledAtExit other(create_task(waits, &event));
  co_await event.wait();
  co_await event.wait();
}
TEST(CancelEvent, that_is_set_later) { everywhere(waits_for_an_event); }

struct Box {
  Condition changed;
  int items = 0;
};
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
Coro<void> conditions(Probe& probe) {
  Box& box = probe.keep<Box>();
  probe.at_end([&probe, &box] {
    probe.expect(box.changed.describe() == "<Condition unlocked>", "it ended as " + box.changed.describe());
  });
  create_task(empties(box, 3));
  create_task(fills(box, 6));
  co_await empties(box, 3);
}
TEST(CancelCondition, of_one_of_two_that_wait) { everywhere(conditions, {.second_cancels = 0}); }

Coro<void> group_at_a_condition(Probe& probe) {
  Box& box = probe.keep<Box>();
  probe.at_end([&probe, &box] {
    probe.expect(box.changed.describe() == "<Condition unlocked>", "it ended as " + box.changed.describe());
  });
  const auto block = [&box](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 2; ++i) group.create_task(empties(box, 2));
    group.create_task(fills(box, 4));
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelCondition, of_a_group) { everywhere(group_at_a_condition); }

Coro<void> passes(Barrier& barrier, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    co_await barrier.wait();
    co_await sleep(1ms);
  }
}
Coro<void> group_at_a_barrier(Probe& probe) {
  Barrier& barrier = ends_as<Barrier>(probe, "<Barrier filling, 0 of 3 waiting>", 3);
  const auto block = [&barrier](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 3; ++i) group.create_task(passes(barrier, 2));
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelBarrier, of_a_group) { everywhere(group_at_a_barrier); }

}  // namespace
}  // namespace weft::tests
