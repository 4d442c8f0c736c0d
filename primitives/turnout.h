#pragma once
// turnout: what came of a put or a get.

#include <cstddef>
#include <cstdint>

namespace weft {

enum class Turnout : std::uint8_t {
  done,
  done_and_seen,  // and somebody may wait for what was done
  blocked,        // full, or empty
  shut_down
};
struct Moved {
  Turnout turnout;
  std::size_t count;  // of items
};

}  // namespace weft
