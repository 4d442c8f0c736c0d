#include "weft/runtime/sched/futex.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <thread>

#include "weft/runtime/base/clock.h"

namespace weft {
namespace {

std::int64_t now() { return MonotonicClock::instance().now(); }

TEST(Futex, returns_at_once_when_the_word_is_another) {
  std::atomic<std::uint32_t> word{1};
  futex_wait(word, 0, INT64_MAX);
  EXPECT_EQ(word, 1U);
}

TEST(Futex, returns_at_once_when_the_deadline_has_passed) {
  std::atomic<std::uint32_t> word{0};
  const std::int64_t start = now();
  for (const std::int64_t deadline : {start - 1, std::int64_t{0}, std::int64_t{-1}, INT64_MIN})
    futex_wait(word, 0, deadline);
  EXPECT_EQ(word, 0U) << "nobody changed it: only the deadlines ended the waits";
}

TEST(Futex, waits_until_its_deadline_and_not_less) {
  std::atomic<std::uint32_t> word{0};
  const std::int64_t deadline = now() + 2'000'000;
  int returns = 0;
  while (now() < deadline) {
    futex_wait(word, 0, deadline);
    ++returns;
  }
  EXPECT_LE(returns, 10) << "it returned " << returns << " times before its deadline: it does not wait";
}

TEST(Futex, a_waiter_is_woken_after_the_word_changed) {
  std::atomic<std::uint32_t> word{0};
  std::jthread waiter([&word] {
    while (word == 0) futex_wait(word, 0, INT64_MAX);
  });
  word = 1;
  futex_wake_one(word);
  waiter.join();
  EXPECT_EQ(word, 1U);
}

TEST(Futex, leaves_errno_alone) {
  std::atomic<std::uint32_t> word{1};
  errno = 77;
  futex_wait(word, 0, INT64_MAX);
  futex_wait(word, 1, now() - 1);
  futex_wake_one(word);
  EXPECT_EQ(errno, 77);
}

}  // namespace
}  // namespace weft
