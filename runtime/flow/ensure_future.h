#pragma once
// ensure_future: starts an awaitable now, and gives the handle to wait for it.
//
//   asyncio   asyncio.ensure_future
//   forms     Coro, sleep, a step of an async generator and any awaitable of the program's own: a new task; Task and Future: themselves;
//             gather: a GatherHandle, whose children have started. The compiler refuses what cannot be awaited.
//   threads   in a task or callback of a running loop. RuntimeError elsewhere, and for a coroutine that was moved from.

#include <type_traits>
#include <utility>

#include "weft/runtime/flow/gather.h"

namespace weft {

// A gather that has started.
template <class Core>
class [[nodiscard]] GatherHandle : public AnyFuture {
 public:
  using value_type = typename Core::value_type;
  GatherHandle() = default;
  // Takes over one reference.
  explicit GatherHandle(Core* core) noexcept : AnyFuture(core) {}

  // Throws InvalidStateError while pending, CancelledError, or the first failure. Every call gives the same results.
  const value_type& result() const {
    core().check_result("GatherHandle::result()");
    return static_cast<Core&>(core()).value();
  }

  class [[nodiscard]] Awaiter : public FutureWait {
   public:
    using FutureWait::FutureWait;
    const value_type& await_resume() {
      check("co_await");
      return static_cast<Core&>(future()).value();
    }
  };
  // The results live as long as a handle.
  Awaiter operator co_await() const& { return Awaiter(awaited_core()); }
};

template <class T>
Task<T> ensure_future(Coro<T> coro, TaskOptions options = {}) {
  return create_task_in(Runtime::current("ensure_future"), std::move(coro), options);
}
template <class T>
Task<T> ensure_future(Sleep<T>&& sleep, TaskOptions options = {}) {
  return ensure_future(sleep_in_task(std::move(sleep)), options);
}
template <class Step>
requires std::is_base_of_v<GeneratorStep, Step>
auto ensure_future(Step step, TaskOptions options = {}) {
  return ensure_future(step_in_task(std::move(step)), options);
}
template <OwnAwaitable Awaitable>
auto ensure_future(Awaitable awaitable, TaskOptions options = {}) {
  return ensure_future(await_in_task(std::move(awaitable)), options);
}
inline AnyTask ensure_future(AnyTask task) { return task; }
template <class T>
Task<T> ensure_future(Task<T> task) {
  return task;
}
template <class T>
Future<T> ensure_future(Future<T> future) {
  return future;
}
template <class Source>
GatherHandle<typename Gather<Source>::Core> ensure_future(Gather<Source>&& gather) {
  return GatherHandle<typename Gather<Source>::Core>(gather.start(Runtime::current("ensure_future")));
}
template <class Core>
GatherHandle<Core> ensure_future(GatherHandle<Core> handle) {
  return handle;
}

// As gather's child.
template <class Core>
Started<typename Core::value_type, Core> start_child(Runtime& runtime, const GatherHandle<Core>& handle) {
  handle.core().check_runtime(runtime, "gather");
  return {handle, false};
}

// What ensure_future gives for an awaitable.
template <class Awaitable>
using Ensured = decltype(ensure_future(std::declval<Awaitable>()));

template <class Awaitable>
concept CanBeEnsured = requires {
  typename Ensured<Awaitable>;
};

}  // namespace weft
