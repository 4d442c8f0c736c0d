// Locks whose users are cancelled everywhere: nobody is inside twice, and in the end it is free and nobody waits.
#include "weft/primitives/lock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>

#include "cancel/ends_as.h"

namespace weft::tests {
namespace {

Lock& lock_of(Probe& probe) { return ends_as<Lock>(probe, "<Lock unlocked>"); }

// One task at a time between the making of this and its end.
class Inside {
 public:
  Inside(Probe& probe, std::atomic<int>& count) : count_(count) {
    probe.expect(++count_ == 1, "two tasks hold the lock");
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() { --count_; }

 private:
  std::atomic<int>& count_;
};

Coro<void> uses(Lock& lock, Probe& probe, std::atomic<int>& count) {
  for (int i = 0; i < 3; ++i) {
    const auto held = co_await lock.scoped();
    const Inside inside(probe, count);
    co_await sleep(i == 1 ? 1ms : 0ms);
  }
}
Coro<void> shares_a_lock(Probe& probe) {
  Lock& lock = lock_of(probe);
  auto& count = probe.keep<std::atomic<int>>(0);
  create_task(uses(lock, probe, count));
  create_task(uses(lock, probe, count));
  co_await uses(lock, probe, count);
}
TEST(CancelLock, of_a_task_between_others_that_use_it) { everywhere(shares_a_lock); }

Coro<void> waits_for_a_lock(Probe& probe) {
  Lock& lock = lock_of(probe);
  auto& count = probe.keep<std::atomic<int>>(0);
  const CancelledAtExit other(create_task(uses(lock, probe, count)));
  co_await sleep(0s);
  co_await uses(lock, probe, count);
}
TEST(CancelLock, whose_other_user_is_cancelled_too) { everywhere(waits_for_a_lock); }

Coro<void> group_of_users(Probe& probe) {
  Lock& lock = lock_of(probe);
  auto& count = probe.keep<std::atomic<int>>(0);
  const auto block = [&](TaskGroup& group) -> Coro<void> {
    for (int i = 0; i < 4; ++i) group.create_task(uses(lock, probe, count));
    co_return;
  };
  co_await with_task_group(block);
}
TEST(CancelLock, of_a_group_of_users) { everywhere(group_of_users); }

Coro<void> with_deadline(Probe& probe) {
  Lock& lock = lock_of(probe);
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

// Those behind the cancelled one must all get it.
Coro<void> counts(Lock& lock, std::atomic<int>& served) {
  const auto held = co_await lock.scoped();
  ++served;
  co_await sleep(0s);
}
Coro<void> first_of_three(Probe& probe) {
  Lock& lock = lock_of(probe);
  auto& served = probe.keep<std::atomic<int>>(0);
  auto& started = probe.keep<std::atomic<int>>(0);
  probe.at_end([&] { probe.expect(served == started, "one of those behind it was not served"); });
  const auto waits = [](Lock* given) -> Coro<void> { const auto held = co_await given->scoped(); };
  std::optional<CancelledAtExit> first;
  {
    const auto held = co_await lock.scoped();
    first.emplace(create_task(waits, &lock));
    for (int i = 0; i < 2; ++i) {
      ++started;
      create_task(counts(lock, served));
    }
    co_await sleep(1ms);
  }
  co_await waits(&lock);
}
TEST(CancelLock, with_others_in_the_line_behind) { everywhere(first_of_three); }

Coro<void> takes_both(Lock& outer, Lock& inner, Probe& probe, std::atomic<int>& count) {
  const auto first = co_await outer.scoped();
  co_await sleep(0s);
  const auto second = co_await inner.scoped();
  const Inside inside(probe, count);
  co_await sleep(1ms);
}
Coro<void> nested(Probe& probe) {
  Lock& outer = lock_of(probe);
  Lock& inner = lock_of(probe);
  auto& count = probe.keep<std::atomic<int>>(0);
  create_task(uses(inner, probe, count));
  create_task(takes_both(outer, inner, probe, count));
  co_await takes_both(outer, inner, probe, count);
}
TEST(CancelLock, in_the_block_of_another_one) { everywhere(nested); }

Coro<void> gathered(Probe& probe) {
  Lock& lock = lock_of(probe);
  auto& count = probe.keep<std::atomic<int>>(0);
  co_await gather(uses(lock, probe, count), uses(lock, probe, count), uses(lock, probe, count));
}
TEST(CancelLock, of_gathered_users) { everywhere(gathered); }

Coro<void> tries_until_it_has_it(Probe& probe) {
  Lock& lock = lock_of(probe);
  auto& count = probe.keep<std::atomic<int>>(0);
  create_task(uses(lock, probe, count));
  co_await sleep(0s);
  for (bool taken = false; !taken;) {
    try {
      taken = co_await lock.acquire();
    } catch (const CancelledError&) {
      probe.swallows_cancel();
    }
  }
  { const Inside inside(probe, count); }
  lock.release();
}
TEST(CancelLock, by_one_that_tries_again) { everywhere_swallowed(tries_until_it_has_it); }

// The lock was taken by one task and is given back by another one, as it belongs to none.
Coro<void> handed_over(Probe& probe) {
  Lock& lock = lock_of(probe);
  const auto gives_back = [](Lock* given) -> Coro<void> {
    given->release();
    co_return;
  };
  for (int i = 0; i < 3; ++i) {
    co_await lock.acquire();
    create_task(gives_back, &lock);
    if (i == 1) co_await sleep(1ms);
  }
  const auto held = co_await lock.scoped();
}
TEST(CancelLock, that_another_task_gives_back) { everywhere(handed_over); }

}  // namespace
}  // namespace weft::tests
