#pragma once
// own_awaitable: awaitables that the program has written itself, for functions that make tasks of what they are given.

#include <type_traits>
#include <utility>

#include "weft/runtime/flow/awaited.h"
#include "weft/runtime/task/async_generator.h"
#include "weft/runtime/task/task.h"

namespace weft {

template <class Awaitable>
concept HasAwaiterMembers = requires(Awaitable& awaitable) {
  awaitable.await_ready();
  awaitable.await_resume();
};
template <class Awaitable>
concept HasOwnAwaiter = requires(Awaitable awaitable) {
  std::move(awaitable).operator co_await();
};

// What co_await takes, and no handle of weft's.
template <class Awaitable>
concept OwnAwaitable = (HasAwaiterMembers<Awaitable> ||
                        HasOwnAwaiter<Awaitable>)&&!std::is_base_of_v<AnyFuture, Awaitable> &&
                       !std::is_base_of_v<GeneratorStep, Awaitable>;

// The coroutine that awaits it.
template <OwnAwaitable Awaitable>
auto await_in_task(Awaitable awaitable)
    -> Coro<std::remove_cvref_t<decltype(awaiter_of(std::declval<Awaitable>()).await_resume())>> {
  co_return co_await std::move(awaitable);
}

}  // namespace weft
