#include "weft/runtime/sched/futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "weft/runtime/base/config.h"

namespace weft {

void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t deadline) noexcept {
  const int saved = errno;
  timespec until{};
  timespec* timeout = nullptr;
  if (deadline != INT64_MAX) {
    const std::int64_t positive = deadline > 0 ? deadline : 0;
    until.tv_sec = static_cast<time_t>(positive / 1'000'000'000);
    until.tv_nsec = static_cast<long>(positive % 1'000'000'000);
    timeout = &until;
  }
  if constexpr (kTsan) {
    // ThreadSanitizer runs a signal's handler at the next call that it intercepts. It does not know this wait, so that a signal which came
    // just before or while we sleep would never be handled: pass such a call, and wait for a short while.
    usleep(0);
    timespec soon{};
    clock_gettime(CLOCK_MONOTONIC, &soon);
    soon.tv_sec += 1;
    if (timeout == nullptr || until.tv_sec > soon.tv_sec) {
      until = soon;
      timeout = &until;
    }
  }
  // FUTEX_WAIT_BITSET takes an absolute time, so that an interrupted wait needs no new computation.
  syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), FUTEX_WAIT_BITSET_PRIVATE, expected, timeout, nullptr,
          FUTEX_BITSET_MATCH_ANY);
  errno = saved;
}

void futex_wake_one(std::atomic<std::uint32_t>& word) noexcept {
  const int saved = errno;
  syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  errno = saved;
}

}  // namespace weft
