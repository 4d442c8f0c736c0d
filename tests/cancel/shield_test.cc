// Cancelled wherever a shield is: the awaiting task is cancelled, what it shields goes on.
#include <gtest/gtest.h>

#include <atomic>
#include <utility>

#include "cancel/everywhere.h"

namespace weft::tests {
namespace {

struct Shielded {
  std::atomic<int> begun{0};
  std::atomic<int> ended{0};
};
Coro<int> protected_work(Shielded& shielded) {
  ++shielded.begun;
  co_await sleep(1ms);
  co_await sleep(0s);
  co_await sleep(1ms);
  ++shielded.ended;
  co_return 3;
}
Shielded& shielded_of(Probe& probe) {
  Shielded& shielded = probe.keep<Shielded>();
  probe.at_end(
      [&probe, &shielded] { probe.expect(shielded.begun == shielded.ended, "what was shielded was cancelled"); });
  return shielded;
}

Coro<void> of_a_coroutine(Probe& probe) {
  probe.expect(co_await shield(protected_work(shielded_of(probe))) == 3, "the result is wrong");
}
TEST(CancelShield, of_a_coroutine) { everywhere(of_a_coroutine); }

Coro<void> of_a_task(Probe& probe) {
  const Task<int> task = create_task(protected_work(shielded_of(probe)));
  probe.expect(co_await shield(task) == 3, "the result is wrong");
}
TEST(CancelShield, of_a_task) { everywhere(of_a_task); }

// The way to end in order: keep the task, and wait for it when the cancel comes. A second cancel reaches it there, unless it is shielded again.
Coro<void> waits_for_the_inner(Probe& probe) {
  const Task<int> task = create_task(protected_work(shielded_of(probe)));
  bool cancelled = false;
  for (;;) {
    try {
      probe.expect(co_await shield(task) == 3, "the result is wrong");
      break;
    } catch (const CancelledError&) {
      cancelled = true;
    }
  }
  probe.expect(task.done(), "the inner has not ended before the outer");
  if (cancelled) throw CancelledError();
}
TEST(CancelShield, that_is_awaited_again_until_the_inner_has_ended) { everywhere(waits_for_the_inner); }

Coro<void> inner_fails() {
  co_await sleep(1ms);
  throw ValueError("on purpose");
}
// As in CPython 3.13: when the outer was cancelled before, nobody retrieves the inner's error.
Coro<void> of_a_failing_coroutine(Probe& probe) {
  probe.may_report("Task exception was never retrieved");
  bool thrown = false;
  try {
    co_await shield(inner_fails());
  } catch (const ValueError&) {
    thrown = true;
  }
  probe.expect(thrown, "the inner's error is lost");
}
TEST(CancelShield, of_a_coroutine_that_fails) { everywhere(of_a_failing_coroutine); }

Coro<void> in_a_gather(Probe& probe) {
  Census& census = census_of(probe);
  const auto both = co_await gather(shield(protected_work(shielded_of(probe))), number_after(1ms, 4, census));
  probe.expect(std::get<0>(both) + std::get<1>(both) == 7, "a result is wrong");
}
TEST(CancelShield, in_a_gather) { everywhere(in_a_gather); }

Coro<void> in_a_wait_for(Probe& probe) {
  bool late = false;
  try {
    static_cast<void>(co_await wait_for(shield(protected_work(shielded_of(probe))), 1ms));
  } catch (const TimeoutError&) {
    late = true;
  }
  probe.expect(late, "the deadline did not end the wait");
}
TEST(CancelShield, in_a_wait_for_that_is_too_late) { everywhere(in_a_wait_for); }

Coro<void> of_a_gather(Probe& probe) {
  Shielded& shielded = shielded_of(probe);
  const auto both = co_await shield(gather(protected_work(shielded), protected_work(shielded)));
  probe.expect(std::get<0>(both) + std::get<1>(both) == 6, "a result is wrong");
}
TEST(CancelShield, of_a_gather) { everywhere(of_a_gather); }

}  // namespace
}  // namespace weft::tests
