#pragma once
// wrap_future: a ThreadFuture as a future of a loop, for co_await.
//
//   asyncio   asyncio.wrap_future
//   gives     a Future<T>; Future<T&>, a reference that lives as long as a handle to the ThreadFuture, when the result can only be moved.
//   resumes   the outcome comes through the loop's queue. Nobody hears of it when the loop is closed by then.
//   cancel    of either one cancels the other.
//   threads   any; without a loop, in a task or callback of the one that is meant.
//   errors    RuntimeError when the loop is closed, or when none runs here.

#include <type_traits>
#include <utility>

#include "weft/runtime/flow/event_loop.h"
#include "weft/runtime/flow/thread_future.h"

namespace weft {

template <class T>
using Wrapped = std::conditional_t<std::is_void_v<T>, void, Shared<T>>;

// Takes over how `source` has ended.
template <class T>
void set_from_thread(const Future<Wrapped<T>>& wrapped, const ThreadFuture<T>& source) {
  if (source.cancelled()) {
    wrapped.cancel();
  } else if (std::exception_ptr error = source.exception(); error != nullptr) {
    wrapped.try_set_exception(std::move(error));
  } else if constexpr (std::is_void_v<T>) {
    wrapped.try_set_result();
  } else {
    wrapped.try_set_result(source.result());
  }
}

template <class T>
Future<Wrapped<T>> wrap_future(ThreadFuture<T> source, EventLoop& loop) {
  const auto wrapped = loop.create_future<Wrapped<T>>();
  wrapped.add_done_callback([source](const AnyFuture& future) {
    if (future.cancelled()) source.cancel();
  });
  // Set on the thread that ends the source, and heard of in the loop, if that is still there.
  const Future<void> ended = loop.create_future<void>();
  ended.add_done_callback([wrapped, source](const AnyFuture&) { set_from_thread(wrapped, source); });
  source.add_done_callback([ended](const ThreadFuture<T>&) { ended.try_set_result(); });
  return wrapped;
}
template <class T>
Future<Wrapped<T>> wrap_future(ThreadFuture<T> source) {
  return wrap_future(std::move(source), get_running_loop());
}
// A future of a loop is given back, as in asyncio.
template <class T>
Future<T> wrap_future(Future<T> future) {
  return future;
}
template <class T>
Task<T> wrap_future(Task<T> task) {
  return task;
}

}  // namespace weft
