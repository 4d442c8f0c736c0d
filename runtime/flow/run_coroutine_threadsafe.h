#pragma once
// run_coroutine_threadsafe: gives a coroutine to a loop that runs in another thread.
//
//   asyncio   asyncio.run_coroutine_threadsafe
//   threads   from any thread. The loop must outlive the call; it may be closed afterwards: then the future is cancelled.
//   errors    RuntimeError when the loop is closed or the coroutine was moved from; the coroutine is destroyed then.
//   example   int sum = weft::run_coroutine_threadsafe(add(1, 2), loop).result(3s);

#include <utility>

#include "weft/runtime/flow/event_loop.h"
#include "weft/runtime/flow/thread_future.h"

namespace weft {

template <class T>
ThreadFuture<T> run_coroutine_threadsafe(Coro<T> coro, EventLoop& loop) {
  if (!coro) {
    throw RuntimeError("run_coroutine_threadsafe: the coroutine was awaited already or moved from; make another one");
  }
  ThreadPromise<T> promise;
  const ThreadFuture<T> future = promise.future();
  loop.call_soon_threadsafe(
      [runtime = &loop.runtime()](Coro<T>&& given, ThreadPromise<T>&& fulfilled) {
        NewbornTask<T> newborn;
        try {
          newborn = create_newborn_task(*runtime, std::move(given));
        } catch (...) {  // the loop's task factory
          fulfilled.fail(std::current_exception());
          throw;
        }
        const Task<T>& task = newborn.task;
        if (!fulfilled.started(task)) task.cancel();  // if nothing has started it, it never runs
        task.add_done_callback(
            [task, fulfilled = std::move(fulfilled)](const AnyFuture&) mutable { fulfilled.set_from(task); });
        if (!newborn.started) runtime->schedule(&task.cell());
      },
      std::move(coro), std::move(promise));
  return future;
}

}  // namespace weft
