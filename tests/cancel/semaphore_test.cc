// Semaphores whose users are cancelled everywhere: in the end all permits are there, and nobody waits.
#include "weft/primitives/semaphore.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>

#include "cancel/ends_as.h"

namespace weft::tests {
namespace {

Semaphore& semaphore_of(Probe& probe, int permits) {
  return ends_as<Semaphore>(probe, "<Semaphore unlocked, value " + std::to_string(permits) + ">", permits);
}

// Two tasks at most between the making of this and its end.
class Inside {
 public:
  Inside(Probe& probe, std::atomic<int>& count) : count_(count) {
    probe.expect(++count_ <= 2, "more tasks than permits");
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() { --count_; }

 private:
  std::atomic<int>& count_;
};

Coro<void> takes_permits(Semaphore& semaphore, Probe& probe, std::atomic<int>& count) {
  for (int i = 0; i < 3; ++i) {
    const auto held = co_await semaphore.scoped();
    const Inside inside(probe, count);
    co_await sleep(i == 0 ? 0ms : 1ms);
  }
}
Coro<void> shares_permits(Probe& probe) {
  Semaphore& semaphore = semaphore_of(probe, 2);
  auto& count = probe.keep<std::atomic<int>>(0);
  for (int i = 0; i < 3; ++i) create_task(takes_permits(semaphore, probe, count));
  co_await takes_permits(semaphore, probe, count);
}
TEST(CancelSemaphore, of_a_task_between_others_that_use_it) { everywhere(shares_permits); }

Coro<void> group_of_takers(Probe& probe) {
  auto& semaphore = ends_as<BoundedSemaphore>(probe, "<BoundedSemaphore unlocked, value 2>", 2);
  auto& count = probe.keep<std::atomic<int>>(0);
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 5; ++i) group.create_task(takes_permits(semaphore, probe, count));
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
  Semaphore& semaphore = semaphore_of(probe, 1);
  const CancelledAtExit first(create_task(holds(semaphore, 1ms)));
  co_await sleep(0s);
  const CancelledAtExit second(create_task(holds(semaphore, 1ms)));
  co_await holds(semaphore, 0ms);
}
TEST(CancelSemaphore, whose_permit_is_on_its_way) { everywhere(waits_for_release); }

// Permits that come all at once: each is taken, or there in the end.
Coro<void> takes(Semaphore& semaphore, std::atomic<int>& taken) {
  co_await semaphore.acquire();
  ++taken;
}
Coro<void> several_releases(Probe& probe) {
  constexpr int kPermits = 5;
  Semaphore& semaphore = probe.keep<Semaphore>(0);
  auto& taken = probe.keep<std::atomic<int>>(0);
  auto& released = probe.keep<std::atomic<bool>>(false);
  probe.at_end([&] {
    probe.expect(taken + semaphore.value() == kPermits, "permits were lost or made: " + semaphore.describe());
    probe.expect(semaphore.describe().find("waiting") == std::string::npos, "somebody waits");
  });
  const auto release = [&semaphore, &released] {
    if (released.exchange(true)) return;
    for (int i = 0; i < kPermits; ++i) semaphore.release();
  };
  const AtExit at_last(release);
  for (int i = 0; i < 3; ++i) create_task(takes(semaphore, taken));
  const Later later(1ms, release);
  co_await takes(semaphore, taken);
  co_await takes(semaphore, taken);
}
TEST(CancelSemaphore, whose_permits_are_released_at_once) { everywhere(several_releases); }

Coro<void> with_deadline(Probe& probe) {
  Semaphore& semaphore = semaphore_of(probe, 2);
  const CancelledAtExit first(create_task(holds(semaphore, 3ms)));
  const CancelledAtExit second(create_task(holds(semaphore, 4ms)));
  co_await sleep(1ms);
  bool late = false;
  const auto acquire = [&semaphore]() -> Coro<void> { const auto held = co_await semaphore.scoped(); };
  try {
    co_await with_timeout(1ms, acquire);
  } catch (const TimeoutError&) {
    late = true;
  }
  probe.expect(late, "the deadline did not end the wait");
  // The deadline and the release come at the same time.
  try {
    co_await with_timeout(1ms, acquire);
  } catch (const TimeoutError&) {
  }
}
TEST(CancelSemaphore, with_a_deadline_also_one_that_meets_the_release) { everywhere(with_deadline); }

Coro<void> takes_both(Semaphore& outer, Semaphore& inner) {
  const auto first = co_await outer.scoped();
  const auto second = co_await inner.scoped();
  co_await sleep(1ms);
}
Coro<void> nested(Probe& probe) {
  Semaphore& outer = semaphore_of(probe, 2);
  Semaphore& inner = semaphore_of(probe, 1);
  for (int i = 0; i < 2; ++i) create_task(takes_both(outer, inner));
  create_task(holds(inner, 1ms));
  co_await takes_both(outer, inner);
}
TEST(CancelSemaphore, in_the_block_of_another_one) { everywhere(nested); }

Coro<void> tries_until_it_has_one(Probe& probe) {
  Semaphore& semaphore = semaphore_of(probe, 1);
  create_task(holds(semaphore, 1ms));
  co_await sleep(0s);
  create_task(holds(semaphore, 0ms));
  for (bool taken = false; !taken;) {
    try {
      taken = co_await semaphore.acquire();
    } catch (const CancelledError&) {
      probe.swallows_cancel();
    }
  }
  semaphore.release();
}
TEST(CancelSemaphore, by_one_that_tries_again) { everywhere_swallowed(tries_until_it_has_one); }

// Who comes while the woken one has not run waits behind it, though that is cancelled too.
Coro<void> comes_behind(Probe& probe) {
  Semaphore& semaphore = semaphore_of(probe, 1);
  std::optional<CancelledAtExit> first;
  {
    const auto held = co_await semaphore.scoped();
    first.emplace(create_task(holds(semaphore, 0ms)));
    co_await sleep(1ms);
  }
  create_task(holds(semaphore, 0ms));
  co_await holds(semaphore, 0ms);
}
TEST(CancelSemaphore, behind_one_that_was_woken) { everywhere(comes_behind); }

}  // namespace
}  // namespace weft::tests
