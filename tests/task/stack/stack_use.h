#pragma once
// stack_use: how much stack a thread has used, seen from addresses of locals.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>

#include "weft/runtime/base/config.h"

namespace weft::tests {

// Frames of a sanitizer are large; a stack that grows with every step is larger than this after a few thousand steps.
inline constexpr std::size_t kStackLimit = (kAsan || kTsan ? std::size_t{512} : std::size_t{128}) * 1024;
// How many steps the programs make; fewer where each costs much more.
inline constexpr long kScale = kAsan || kTsan ? 10 : 1;

[[gnu::noinline]] inline std::uintptr_t stack_address() noexcept {
  return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
}

// The range of addresses at which note() was called in one thread.
class StackUse {
 public:
  void note() noexcept {
    const std::uintptr_t here = stack_address();
    if (lowest_ == 0 || here < lowest_) lowest_ = here;
    if (here > highest_) highest_ = here;
  }
  std::size_t bytes() const noexcept { return highest_ - lowest_; }
  // 0 when the range is below the limit, 1 with a sentence when not.
  int verdict(const char* what) const {
    if (bytes() <= kStackLimit) return 0;
    std::fprintf(stderr, "%s used %zu bytes of stack; at most %zu are allowed, however many steps it makes\n", what,
                 bytes(), kStackLimit);
    return 1;
  }

 private:
  std::uintptr_t lowest_ = 0;
  std::uintptr_t highest_ = 0;
};

}  // namespace weft::tests
