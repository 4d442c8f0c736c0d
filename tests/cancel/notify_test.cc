// Notifications whose waiters are cancelled everywhere: what was for one goes to the next one or is kept, what was for all is for nobody else.
#include "weft/primitives/notify.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "cancel/everywhere.h"

namespace weft::tests {
namespace {

// At most one notification is sent: each one that was is with somebody, or is kept.
struct Counted {
  Notify notify;
  std::atomic<int> sent{0};
  std::atomic<int> arrived{0};
};
Counted& counted(Probe& probe) {
  Counted& counted = probe.keep<Counted>();
  probe.at_end([&probe, &counted] {
    const int kept = counted.sent - counted.arrived;
    const std::string expected = kept == 1 ? "<Notify notified>" : "<Notify idle>";
    probe.expect(counted.notify.describe() == expected, std::to_string(counted.sent) + " sent, " +
                                                            std::to_string(counted.arrived) + " arrived, " +
                                                            counted.notify.describe());
  });
  return counted;
}
Coro<void> waits_for(Counted& counted) {
  co_await counted.notify.notified();
  ++counted.arrived;
}
void sends(Counted& counted) {
  ++counted.sent;
  counted.notify.notify_one();
}

Coro<void> one_of_two(Probe& probe) {
  Counted& all = counted(probe);
  const Later later(2ms, [&all] { sends(all); });
  const CancelledAtExit other(create_task(waits_for(all)));
  co_await sleep(1ms);
  const auto waits = [&all]() -> Coro<void> { co_await waits_for(all); };
  try {
    co_await with_timeout(2ms, waits);
  } catch (const TimeoutError&) {
  }
}
TEST(CancelNotify, of_one_behind_another_that_is_notified) { everywhere(one_of_two); }

Coro<void> first_of_two(Probe& probe) {
  Counted& all = counted(probe);
  const auto behind = [](Counted* given) -> Coro<void> {
    co_await sleep(1ms);
    co_await waits_for(*given);
  };
  const CancelledAtExit other(create_task(behind, &all));
  const Later later(2ms, [&all] { sends(all); });
  co_await waits_for(all);
  co_await sleep(1ms);
}
TEST(CancelNotify, of_the_one_that_is_notified) { everywhere(first_of_two); }

// The notification and the deadline come at the same moment.
Coro<void> with_deadline(Probe& probe) {
  Counted& all = counted(probe);
  const Later later(1ms, [&all] { sends(all); });
  const auto waits = [&all]() -> Coro<void> { co_await waits_for(all); };
  bool late = false;
  try {
    co_await with_timeout(1ms, waits);
  } catch (const TimeoutError&) {
    late = true;
  }
  if (late) co_await waits_for(all);
}
TEST(CancelNotify, with_a_deadline) { everywhere(with_deadline); }

struct Box {
  Notify filled;
  std::atomic<int> items{0};
  std::atomic<bool> closed{false};
};
bool takes_one(Box& box) {
  int items = box.items;
  while (items != 0) {
    if (box.items.compare_exchange_weak(items, items - 1)) return true;
  }
  return false;
}
Coro<void> fills(Box& box, int count) {
  for (int i = 0; i < count; ++i) {
    co_await sleep(i % 2 == 0 ? 1ms : 0ms);
    ++box.items;
    box.filled.notify_one();
  }
  box.closed = true;
  box.filled.notify_one();
}
// Takes all that there is each time; the one that sees the end says it to the next one.
Coro<void> empties(Box& box) {
  while (takes_one(box) || !box.closed) {
    if (box.items == 0 && !box.closed) co_await box.filled.notified();
  }
  box.filled.notify_one();
}
Box& emptied_at_end(Probe& probe) {
  Box& box = probe.keep<Box>();
  probe.at_end([&probe, &box] {
    probe.expect(box.filled.describe().find("waiting") == std::string::npos, "it ended as " + box.filled.describe());
  });
  return box;
}
// The other one must get all that the cancelled one leaves.
Coro<void> two_that_empty(Probe& probe) {
  Box& box = emptied_at_end(probe);
  probe.at_end([&probe, &box] { probe.expect(box.items == 0, std::to_string(box.items) + " items were left"); });
  create_task(empties(box));
  create_task(fills(box, 5));
  co_await empties(box);
}
TEST(CancelNotify, of_one_of_two_that_wait) { everywhere(two_that_empty); }

Coro<void> group_that_empties(Probe& probe) {
  Box& box = emptied_at_end(probe);
  const auto block = [&box](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 3; ++i) group.create_task(empties(box));
    group.create_task(fills(box, 5));
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelNotify, of_a_group) { everywhere(group_that_empties); }

Coro<void> all_at_once(Probe& probe) {
  Notify& notify = probe.keep<Notify>();
  probe.at_end([&] { probe.expect(notify.describe() == "<Notify idle>", "it ended as " + notify.describe()); });
  const Later later(1ms, [&notify] { notify.notify_all(); });
  const auto waits = [](Notify* given) -> Coro<void> { co_await given->notified(); };
  const CancelledAtExit first(create_task(waits, &notify));
  const CancelledAtExit second(create_task(waits, &notify));
  const auto block = [&notify]() -> Coro<void> { co_await notify.notified(); };
  try {
    co_await with_timeout(2ms, block);
  } catch (const TimeoutError&) {
    probe.expect(false, "all were notified, but not this one");
  }
}
TEST(CancelNotify, of_all_that_wait) { everywhere(all_at_once); }

}  // namespace
}  // namespace weft::tests
