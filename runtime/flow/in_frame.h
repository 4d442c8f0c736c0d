#pragma once
// in_frame: what may be given to a function that moves it into a coroutine frame.
//
// g++ before 12.3 destroys some temporaries in a co_await expression twice (PR100611). A lambda with captures that is such a temporary is
// refused where it is given.

#include <type_traits>

#include "weft/runtime/base/config.h"

namespace weft {

// `Given`: the deduced type of a forwarding reference.
template <class Given>
constexpr void check_in_frame() {
  static_assert(
      !kTemporariesDieTwice || std::is_lvalue_reference_v<Given> || std::is_trivially_destructible_v<Given>,
      "this compiler destroys a temporary callable with captures twice: give the callable a name first, and pass "
      "it by that name (or as std::ref of it, when it cannot be copied)");
}

}  // namespace weft
