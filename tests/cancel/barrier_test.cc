// Barriers whose parties are cancelled everywhere: nobody is counted or left waiting who is gone, and a reset or an abort reaches all others.
#include "weft/primitives/barrier.h"

#include <gtest/gtest.h>

#include <string>

#include "cancel/ends_as.h"

namespace weft::tests {
namespace {

Barrier& barrier_of(Probe& probe, int parties) {
  return ends_as<Barrier>(probe, "<Barrier filling, 0 of " + std::to_string(parties) + " waiting>", parties);
}
Coro<void> resets(Barrier& barrier) { co_await barrier.reset(); }
Coro<void> aborts(Barrier& barrier) { co_await barrier.abort(); }
// True: it broke.
Coro<bool> breaks(Barrier& barrier) {
  try {
    co_await barrier.wait();
  } catch (const BrokenBarrierError&) {
    co_return true;
  }
  co_return false;
}
Coro<void> comes(Barrier& barrier) { static_cast<void>(co_await breaks(barrier)); }

Coro<void> passes(Barrier& barrier, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    co_await barrier.wait();
    co_await sleep(1ms);
  }
}
Coro<void> group_at_a_barrier(Probe& probe) {
  Barrier& barrier = barrier_of(probe, 3);
  const auto block = [&barrier](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 3; ++i) group.create_task(passes(barrier, 2));
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelBarrier, of_a_group) { everywhere(group_at_a_barrier); }

// Whoever is left alone breaks when it is reset.
Coro<void> resets_again(Barrier& barrier) {
  for (int i = 0; i < 3; ++i) {
    co_await sleep(1ms);
    co_await barrier.reset();
  }
}
Coro<void> beside_a_reset(Probe& probe) {
  Barrier& barrier = barrier_of(probe, 3);
  const AtExit frees([&barrier] { create_task(resets_again(barrier)); });
  create_task(comes(barrier));
  const Later later(1ms, [&barrier] { create_task(comes(barrier)); });
  co_await barrier.wait();
}
TEST(CancelBarrier, of_one_of_its_parties_and_then_a_reset) { everywhere(beside_a_reset); }

Coro<void> reset_while_it_waits(Probe& probe) {
  Barrier& barrier = barrier_of(probe, 3);
  const CancelledAtExit other(create_task(comes(barrier)));
  const Later later(1ms, [&barrier] { create_task(resets(barrier)); });
  const bool broke = co_await breaks(barrier);
  probe.expect(broke, "it went on though the barrier was not full");
  co_await sleep(1ms);
}
TEST(CancelBarrier, that_is_reset_while_it_is_waited_for) { everywhere(reset_while_it_waits); }

Coro<void> aborted_while_it_waits(Probe& probe) {
  Barrier& barrier = probe.keep<Barrier>(3);
  probe.at_end([&probe, &barrier] {
    probe.expect(barrier.n_waiting() == 0, "it ended as " + barrier.describe());
    probe.expect(barrier.broken(), "it ended as " + barrier.describe());
  });
  const AtExit breaks_it([&barrier] { create_task(aborts(barrier)); });
  create_task(comes(barrier));
  const Later later(1ms, [&barrier] { create_task(aborts(barrier)); });
  const bool broke = co_await breaks(barrier);
  probe.expect(broke, "it went on though the barrier was not full");
}
TEST(CancelBarrier, that_is_aborted_while_it_is_waited_for) { everywhere(aborted_while_it_waits); }

// Late ones wait outside while it drains; the one that is cancelled may be inside or outside.
Coro<void> late_comers(Probe& probe) {
  Barrier& barrier = probe.keep<Barrier>(2);
  probe.at_end([&probe, &barrier] {
    probe.expect(barrier.n_waiting() == 0 && barrier.broken(), "it ended as " + barrier.describe());
  });
  const AtExit breaks_it([&barrier] { create_task(aborts(barrier)); });
  for (int i = 0; i < 3; ++i) create_task(comes(barrier));
  co_await comes(barrier);
  co_await sleep(0s);
  create_task(comes(barrier));
  co_await comes(barrier);
}
TEST(CancelBarrier, with_late_comers_while_it_drains) { everywhere(late_comers); }

Coro<void> with_deadline(Probe& probe) {
  Barrier& barrier = barrier_of(probe, 2);
  bool late = false;
  const auto waits = [&barrier]() -> Coro<void> { co_await barrier.wait(); };
  try {
    co_await with_timeout(1ms, waits);
  } catch (const TimeoutError&) {
    late = true;
  }
  probe.expect(late, "it went on alone");
  probe.expect(barrier.n_waiting() == 0, "one that timed out is counted");
  const CancelledAtExit other(create_task(comes(barrier)));
  co_await barrier.wait();
}
TEST(CancelBarrier, with_a_deadline) { everywhere(with_deadline); }

Coro<void> tries_again(Probe& probe) {
  Barrier& barrier = probe.keep<Barrier>(2);
  probe.at_end([&probe, &barrier] {
    probe.expect(barrier.n_waiting() == 0 && barrier.broken(), "it ended as " + barrier.describe());
  });
  const Later comes_later(1ms, [&barrier] { create_task(comes(barrier)); });
  const Later aborts_later(2ms, [&barrier] { create_task(aborts(barrier)); });
  const AtExit breaks_it([&barrier] { create_task(aborts(barrier)); });
  for (bool over = false; !over;) {
    try {
      static_cast<void>(co_await breaks(barrier));
      over = true;
    } catch (const CancelledError&) {
      probe.swallows_cancel();
    }
  }
}
TEST(CancelBarrier, by_one_that_tries_again) { everywhere_swallowed(tries_again); }

}  // namespace
}  // namespace weft::tests
