#pragma once
// futex: sleeping until a word changes. Spurious returns are allowed.

#include <atomic>
#include <cstdint>

namespace weft {

// Returns when *word is not `expected`, when it is woken, or at `deadline` (CLOCK_MONOTONIC nanoseconds; INT64_MAX: never).
void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t deadline) noexcept;
// Async-signal-safe.
void futex_wake_one(std::atomic<std::uint32_t>& word) noexcept;

}  // namespace weft
