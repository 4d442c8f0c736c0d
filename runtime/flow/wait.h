#pragma once
// wait: until some or all of several tasks or futures are done.
//
//   asyncio   asyncio.wait
//   forms     co_await wait(handles, {.timeout = 1s, .return_when = weft::FIRST_COMPLETED}); `handles`: any range of Task<T>, Future<T>,
//             AnyTask or AnyFuture. Gives a Waited with `done` and `pending`, each in the range's order; a handle that comes twice is in it once.
//   expires   raises nothing and cancels nothing: what is not done is pending.
//   cancel    the wait alone; what is waited for goes on.
//   errors    ValueError for an empty range, thrown by the await. A coroutine is refused by the compiler: make a task of it.
//   cost      one callback for each handle, taken back when the wait ends.

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/runtime/flow/delay.h"
#include "weft/runtime/flow/gather.h"

namespace weft {

enum class ReturnWhen {
  all_completed,
  first_completed,
  first_exception  // a cancelled one does not count as an exception
};
inline constexpr ReturnWhen ALL_COMPLETED = ReturnWhen::all_completed;
inline constexpr ReturnWhen FIRST_COMPLETED = ReturnWhen::first_completed;
inline constexpr ReturnWhen FIRST_EXCEPTION = ReturnWhen::first_exception;

struct WaitOptions {
  Delay timeout = {};
  ReturnWhen return_when = ALL_COMPLETED;
};

template <class Handle>
struct Waited {
  std::vector<Handle> done;
  std::vector<Handle> pending;
};

// The futures that are waited for, and the one that is done when the wait is over.
class WaitState {
 public:
  // ValueError when there are none.
  WaitState(std::vector<AnyFuture> futures, const WaitOptions& options);
  WaitState(const WaitState&) = delete;
  WaitState& operator=(const WaitState&) = delete;
  // Takes the callbacks and the timer back.
  ~WaitState();
  const Future<void>& over() const noexcept;

 private:
  struct Shared;
  struct ChildDone;
  static void child_done(Shared& shared, const AnyFuture& child);
  std::shared_ptr<Shared> shared_;
  std::vector<AnyFuture> futures_;
  std::vector<CallbackId> callbacks_;
};

template <class Handle>
Coro<Waited<Handle>> wait_in_frame(std::vector<Handle> handles, WaitOptions options) {
  std::vector<AnyFuture> futures(handles.begin(), handles.end());
  {
    const WaitState state(std::move(futures), options);
    co_await state.over();
  }
  Waited<Handle> waited;
  for (Handle& handle : handles) (handle.done() ? waited.done : waited.pending).push_back(std::move(handle));
  co_return waited;
}

// For each core: has it not come before?
std::vector<bool> first_of_each(const std::vector<const FutureCore*>& cores);

// Its handles in order, each once.
template <class Range>
auto distinct_handles(Range&& range) {
  using Element = ElementOf<Range>;
  std::vector<Element> handles(std::begin(range), std::end(range));
  std::vector<const FutureCore*> cores;
  for (const Element& handle : handles) cores.push_back(&handle.core());
  const std::vector<bool> first = first_of_each(cores);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < handles.size(); ++i) {
    if (first[i]) std::swap(handles[kept++], handles[i]);
  }
  handles.resize(kept);
  return handles;
}

template <ElementRange Range>
auto wait(Range&& range, WaitOptions options = {}) {
  static_assert(std::is_base_of_v<AnyFuture, ElementOf<Range>>,
                "wait() takes tasks and futures; make a task of each coroutine: create_task(coro)");
  return wait_in_frame(distinct_handles(range), options);
}

}  // namespace weft
