#include "weft/primitives/scoped.h"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "task/settings.h"
#include "weft/primitives/lock.h"
#include "weft/primitives/semaphore.h"

namespace weft::tests {
namespace {

class ScopedEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, ScopedEverywhere, every_setting, setting_name);

Coro<void> scopes() {
  Lock lock;
  {
    const auto held = co_await lock.scoped();
    EXPECT_TRUE(lock.locked());
  }
  EXPECT_FALSE(lock.locked());
  try {
    const auto held = co_await lock.scoped();
    throw ValueError("on purpose");
  } catch (const ValueError&) {
    EXPECT_FALSE(lock.locked()) << "an error releases it too";
  }
}
TEST_P(ScopedEverywhere, releases_the_primitive_at_the_end_of_its_block) { run_here(scopes()); }

Coro<Held<Semaphore>> takes(Semaphore& semaphore) {
  auto held = co_await semaphore.scoped();
  co_return held;
}
Coro<void> moves() {
  Semaphore semaphore(1);
  std::optional<Held<Semaphore>> kept;
  {
    auto held = co_await takes(semaphore);
    kept.emplace(std::move(held));
  }
  EXPECT_EQ(semaphore.value(), 0) << "it is held by the other one now";
  kept.reset();
  EXPECT_EQ(semaphore.value(), 1) << "it was released once";
}
TEST_P(ScopedEverywhere, gives_a_guard_that_may_be_moved_and_releases_once) { run_here(moves()); }

Coro<void> one_user(Lock& lock, int& inside) {
  const auto held = co_await lock.scoped();
  EXPECT_EQ(++inside, 1);
  co_await sleep(1ms);
  --inside;
}
Coro<void> takes_turns() {
  Lock lock;
  int inside = 0;
  const Task<void> one = create_task(one_user(lock, inside));
  const Task<void> two = create_task(one_user(lock, inside));
  co_await one;
  co_await two;
  EXPECT_FALSE(lock.locked());
}
TEST_P(ScopedEverywhere, waits_as_acquire_does) { run_here(takes_turns()); }

Coro<void> never_gets_it(Lock& lock) {
  const auto held = co_await lock.scoped();
  ADD_FAILURE() << "it was cancelled";
}
Coro<void> cancelled_before() {
  Lock lock;
  co_await lock.acquire();
  const Task<void> waits = create_task(never_gets_it(lock));
  co_await sleep(1ms);
  waits.cancel();
  co_await wait(only(waits));
  EXPECT_TRUE(lock.locked()) << "who never had it releases nothing";
  lock.release();
}
TEST_P(ScopedEverywhere, releases_nothing_when_its_wait_was_cancelled) { run_here(cancelled_before()); }

Coro<void> released_by_hand() {
  Lock lock;
  const auto held = co_await lock.scoped();
  lock.release();
}
TEST(Scoped, whose_release_is_refused_says_so_and_goes_on) {
  testing::internal::CaptureStderr();
  run_in_order(released_by_hand());
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("a guard of a lock found it released already"), std::string::npos) << said;
  EXPECT_NE(said.find("Lock is not acquired"), std::string::npos) << said;
}

}  // namespace
}  // namespace weft::tests
