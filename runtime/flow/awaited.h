#pragma once
// awaited: what awaiting something gives, for functions that await on behalf of their caller.

#include <type_traits>
#include <utility>

namespace weft {

template <class Awaitable>
decltype(auto) awaiter_of(Awaitable&& awaitable) {
  if constexpr (requires { std::forward<Awaitable>(awaitable).operator co_await(); }) {
    return std::forward<Awaitable>(awaitable).operator co_await();
  } else {
    return std::forward<Awaitable>(awaitable);
  }
}

// `Given`: the deduced type of a forwarding reference. A handle that is given away may be the last one, so that a reference to the result
// (which handles with a move-only result give) would dangle: then it is the value, moved out.
template <class Given>
struct AwaitedBy {
  using raw = decltype(awaiter_of(std::declval<Given>()).await_resume());
  static constexpr bool is_handle_of_value = requires {
    requires !std::is_lvalue_reference_v<typename std::decay_t<Given>::value_type>;
  };
  static constexpr bool moved_out =
      !std::is_lvalue_reference_v<Given> && std::is_lvalue_reference_v<raw> && is_handle_of_value;
  using type = std::conditional_t<moved_out, std::remove_cvref_t<raw>, raw>;
};

template <class Given>
using Awaited = typename AwaitedBy<Given>::type;

}  // namespace weft
