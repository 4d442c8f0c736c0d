// Latches whose waiters are cancelled everywhere: what was counted stays counted, nobody is waited for or waits afterwards.
#include "weft/primitives/latch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "cancel/everywhere.h"

namespace weft::tests {
namespace {

Latch& ends_open(Probe& probe, int count) {
  Latch& latch = probe.keep<Latch>(count);
  probe.at_end([&] { probe.expect(latch.describe() == "<Latch open>", "it ended as " + latch.describe()); });
  return latch;
}

// Counts down however it ends.
Coro<void> works(Latch& latch, std::chrono::milliseconds length) {
  struct Counts {
    Latch& latch;
    ~Counts() { latch.count_down(); }
  } const counts{latch};
  co_await sleep(length);
}
Coro<void> waits_for(Latch& latch) { co_await latch.wait(); }

Coro<void> worker(Probe& probe) {
  Latch& latch = ends_open(probe, 3);
  create_task(waits_for(latch));
  create_task(works(latch, 1ms));
  create_task(works(latch, 3ms));
  co_await works(latch, 2ms);
  co_await latch.wait();
}
TEST(CancelLatch, of_a_task_that_counts_down_and_waits) { everywhere(worker); }

Coro<void> one_of_two_that_wait(Probe& probe) {
  Latch& latch = ends_open(probe, 2);
  create_task(works(latch, 1ms));
  create_task(works(latch, 2ms));
  const CancelledAtExit other(create_task(waits_for(latch)));
  co_await latch.wait();
  co_await latch.wait();
}
TEST(CancelLatch, of_one_of_two_that_wait) { everywhere(one_of_two_that_wait); }

struct Meeting {
  explicit Meeting(int parties) : latch(parties) {}
  Latch latch;
  std::atomic<int> arrived{0};
  std::atomic<int> gone_on{0};
};
Coro<void> attends(Meeting& meeting, Probe& probe, int parties) {
  ++meeting.arrived;
  co_await meeting.latch.arrive_and_wait();
  ++meeting.gone_on;
  probe.expect(meeting.arrived == parties, "one went on before all had come");
}
Coro<void> group_that_meets(Probe& probe) {
  Meeting& meeting = probe.keep<Meeting>(3);
  probe.at_end([&probe, &meeting] {
    const int pending = 3 - meeting.arrived;
    const std::string expected = pending == 0 ? "<Latch open>" : "<Latch " + std::to_string(pending) + " pending>";
    probe.expect(meeting.latch.describe() == expected, "it ended as " + meeting.latch.describe());
  });
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 3; ++i) {
      group.create_task(attends(meeting, probe, 3));
      co_await sleep(1ms);
    }
  };
  co_await with_task_group(block);
  probe.expect(meeting.gone_on == 3, "not all went on");
}
TEST(CancelLatch, of_a_group_that_meets) { everywhere(group_that_meets); }

// The last count and the deadline come at the same moment.
Coro<void> with_deadline(Probe& probe) {
  Latch& latch = ends_open(probe, 2);
  create_task(works(latch, 1ms));
  create_task(works(latch, 1ms));
  const auto waits = [&latch]() -> Coro<void> { co_await latch.wait(); };
  bool late = false;
  try {
    co_await with_timeout(1ms, waits);
  } catch (const TimeoutError&) {
    late = true;
  }
  if (late) co_await latch.wait();
}
TEST(CancelLatch, with_a_deadline) { everywhere(with_deadline); }

}  // namespace
}  // namespace weft::tests
