#include "weft/runtime/base/errors.h"

#include <cstdio>
#include <cstdlib>

namespace weft {

void broken_invariant(std::string_view sentence) noexcept {
  std::fprintf(stderr, "weft: broken invariant: %.*s\n", static_cast<int>(sentence.size()), sentence.data());
  std::fflush(stderr);
  std::abort();
}

}  // namespace weft
