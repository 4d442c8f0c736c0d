#pragma once
// wait_for: awaits something, but not longer than a while.
//
//   asyncio   asyncio.wait_for
//   forms     wait_for(awaitable, 3s), wait_for(awaitable, 0.5) in seconds, wait_for(awaitable, std::nullopt) without an end. A Coro is
//             awaited inline, no task is made of it.
//   expires   what is awaited is cancelled, and its end is waited for: the deadline may be overrun. Then TimeoutError; if it
//             swallows the cancellation and returns a value, that value; if it raises something else, that. When the result and the
//             deadline come in one turn the deadline wins, as in CPython 3.13. A delay that is not positive gives a result that is there already, or else cancels at once: a
//             coroutine never starts.
//   cancel    cancels what is awaited; CancelledError, never a TimeoutError.
//   cost      with_timeout's.

#include <type_traits>
#include <utility>

#include "weft/runtime/flow/awaited.h"
#include "weft/runtime/flow/ensure_future.h"
#include "weft/runtime/flow/timeout.h"

namespace weft {

// Takes a done callback back when the wait ends, however it ends.
class WhileListening {
 public:
  WhileListening(const AnyFuture& future, const Future<void>& told)
      : future_(future), id_(future.add_done_callback([told](const AnyFuture&) { told.try_set_result(); })) {}
  WhileListening(const WhileListening&) = delete;
  WhileListening& operator=(const WhileListening&) = delete;
  ~WhileListening() { future_.remove_done_callback(id_); }

 private:
  const AnyFuture& future_;
  const CallbackId id_;
};

// Cancels the future and waits until it is done. A cancel of the waiting task cuts the wait short. `unscheduled`: its task, if nobody has
// scheduled it, so that no worker can be faster than the cancel.
inline Coro<void> cancel_and_wait(AnyFuture future, NewTask unscheduled = {}) {
  const Future<void> told = Future<void>::make(Runtime::current("wait_for"));
  const WhileListening listening(future, told);
  future.cancel();
  if (TaskCell* cell = unscheduled.release(); cell != nullptr) cell->runtime()->schedule(cell);
  co_await told;
}

// What has no time may be done, or ends as it likes.
template <class Handle>
Coro<Handle> ended_by_cancel(Handle handle) {
  if (!handle.done()) {
    co_await cancel_and_wait(handle);
    if (handle.cancelled()) throw TimeoutError();
  }
  co_return handle;
}
// A coroutine that has no time never starts, unless the loop starts its tasks at once.
template <class T>
Coro<Task<T>> ended_by_cancel(Coro<T> coro) {
  NewbornTask<T> newborn = create_newborn_task(Runtime::current("wait_for"), std::move(coro));
  if (newborn.started) co_return co_await ended_by_cancel(std::move(newborn.task));
  co_await cancel_and_wait(newborn.task, NewTask(newborn.task.cell()));
  throw TimeoutError();
}

// A coroutine as it is; anything else by its handle.
template <class T>
Coro<T> handle_or_coro(Coro<T> coro) {
  return coro;
}
template <class Awaitable>
auto handle_or_coro(Awaitable awaitable) {
  return ensure_future(std::move(awaitable));
}

template <class Given>
Coro<Awaited<Given>> wait_for_in_frame(std::decay_t<Given> awaitable, Delay delay) {
  if (delay.has_value() && delay.nanoseconds() <= 0) {
    auto handle = co_await ended_by_cancel(handle_or_coro(std::move(awaitable)));
    if constexpr (std::is_lvalue_reference_v<decltype(handle.result())> &&
                  !std::is_lvalue_reference_v<Awaited<Given>>) {
      co_return std::move(handle.result());
    } else {
      co_return handle.result();
    }
  }
  Timeout timeout(delay);
  try {
    const TimeoutBlock block(timeout);
    if constexpr (AwaitedBy<Given>::moved_out) {
      co_return std::move(co_await awaitable);
    } else {
      co_return co_await std::move(awaitable);
    }
  } catch (const CancelledError&) {
    rethrow_cancelled_by(timeout);
  }
}

template <CanBeEnsured Awaitable>
Coro<Awaited<Awaitable>> wait_for(Awaitable&& awaitable, Delay delay) {
  return wait_for_in_frame<Awaitable>(std::forward<Awaitable>(awaitable), delay);
}

}  // namespace weft
