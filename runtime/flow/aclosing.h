#pragma once
// aclosing: a block of code that ends with aclose().
//
//   asyncio   contextlib.aclosing; `async with aclosing(agen) as gen:` is
//             `co_await aclosing(agen(), [](weft::AsyncGenerator<int>& gen) -> weft::Coro<void> { ... });`
//   forms     the generator, or anything else with an awaitable aclose(), moves into the frame; one that is given by name (as an lvalue)
//             stays where it is, and outlives the await. The callable moves into the frame.
//   ends      with aclose(), which is awaited on every way out: a result, an exception, a cancel.
//   errors    what leaves the block; if aclose() throws, that.
//   cost      a frame.

#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "weft/runtime/flow/in_frame.h"
#include "weft/runtime/task/coro.h"
#include "weft/runtime/task/result.h"

namespace weft {

template <class Thing, class Function>
using AclosingResult =
    typename std::invoke_result_t<std::decay_t<Function>&, std::remove_reference_t<Thing>&>::value_type;

// Thing: what is closed, or a reference to it.
template <class Thing, class Function>
Coro<AclosingResult<Thing, Function>> run_aclosing(Thing thing, Function function) {
  using T = AclosingResult<Thing, Function>;
  std::optional<Stored<T>> result;
  std::exception_ptr error;
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::invoke(function, thing);
    } else {
      result.emplace(co_await std::invoke(function, thing));
    }
  } catch (...) {
    error = std::current_exception();
  }
  co_await thing.aclose();
  if (error != nullptr) std::rethrow_exception(std::move(error));
  if constexpr (std::is_reference_v<T>) {
    co_return result->get();
  } else if constexpr (!std::is_void_v<T>) {
    co_return std::move(*result);
  }
}

template <class Thing, class Function>
requires std::is_invocable_v < std::decay_t<Function>
&, std::remove_reference_t<Thing>& >
       Coro<AclosingResult<Thing, Function>> aclosing(Thing&& thing, Function&& function) {
  check_in_frame<Function>();
  return run_aclosing<Thing, std::decay_t<Function>>(std::forward<Thing>(thing), std::forward<Function>(function));
}

}  // namespace weft
