#pragma once
// line_gap: keeps apart, on lines of the cache, what different threads write. It asks for no alignment: an object with more of that than
// std::max_align_t has may not be a local of a coroutine, whose frame g++ 12 does not align.

#include <cstddef>

#include "weft/runtime/base/config.h"

namespace weft {

struct LineGap {
  std::byte bytes[kCacheLine];
};

}  // namespace weft
