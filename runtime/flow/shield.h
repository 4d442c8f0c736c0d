#pragma once
// shield: awaits something that is not cancelled when the awaiting task is.
//
//   asyncio   asyncio.shield
//   forms     co_await shield(awaitable); what it gives is a Future that starts the awaitable now. A Task or Future with a result that can
//             only be moved: a Future<T&>, a reference that lives as long as a handle to that task or future.
//   cancel    of the awaiting task: it gets CancelledError, the awaitable goes on. Of the awaitable: CancelledError.
//   errors    those of the awaitable. When the outer future was cancelled before, an error of the inner is reported as
//             one that nobody retrieved.

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "weft/runtime/flow/ensure_future.h"
#include "weft/runtime/flow/shield_link.h"

namespace weft {

// `moves`: the result belongs to nobody else.
template <class T, class Inner, bool moves>
class Shield {
 public:
  using Outer = std::conditional_t<std::is_void_v<T> || std::is_reference_v<T> || moves ||
                                       std::is_copy_constructible_v<Stored<T>>,
                                   T, std::add_lvalue_reference_t<T>>;

  static Future<Outer> of(Inner inner) {
    const Future<Outer> outer = Future<Outer>::make(*inner.core().runtime());
    if (inner.done()) {
      tell(inner, outer, inner.cancelled() ? inner.core().cancel_message() : std::string());
      return outer;
    }
    if constexpr (std::is_same_v<Inner, Future<T>>) {
      auto link = std::make_shared<ShieldLink>(outer.core());
      const CallbackId told = inner.add_done_callback(PlainDone{link, outer.core_or_null()});
      outer.add_done_callback(ShieldLinkEnd(std::move(link), inner, told));
    } else {
      const CallbackId told = inner.add_done_callback(InnerDone{inner, outer});
      outer.add_done_callback([inner = AnyFuture(inner), told](const AnyFuture&) {
        if (!inner.done()) inner.remove_done_callback(told);
      });
    }
    return outer;
  }

 private:
  struct InnerDone {
    Inner inner;
    Future<Outer> outer;
    void operator()(const AnyFuture&) const { pass_on(inner, outer); }
    FutureCore* dependent() const noexcept { return outer.core_or_null(); }
  };
  struct PlainDone {
    std::shared_ptr<ShieldLink> link;
    FutureCore* outer;  // there as long as this is registered
    void operator()(const AnyFuture& inner) const {
      if (const AnyFuture found = link->find(); found) {
        pass_on(Inner::of(static_cast<PlainFutureCore<T>&>(inner.core())),
                Future<Outer>::of(static_cast<PlainFutureCore<Outer>&>(found.core())));
      } else if (!link->dropped()) {
        inner.core().mark_retrieved();
      }
    }
    FutureCore* dependent() const noexcept { return outer; }
  };
  static void pass_on(const Inner& inner, const Future<Outer>& outer) {
    if (outer.cancelled()) {
      inner.core().mark_retrieved();
    } else {
      tell(inner, outer, {});  // as CPython: without the message
    }
  }
  static void tell(const Inner& inner, const Future<Outer>& outer, const std::string& message) {
    if (inner.cancelled()) {
      outer.cancel(message);
    } else if (std::exception_ptr error = inner.exception(); error != nullptr) {
      outer.try_set_exception(std::move(error));
    } else if constexpr (std::is_void_v<T>) {
      outer.try_set_result();
    } else if constexpr (moves) {
      outer.try_set_result(std::move(inner.result()));
    } else {
      outer.try_set_result(inner.result());
    }
  }
};

template <class T>
Future<T> shield(Coro<T> coro) {
  using Self =
      Shield<T, Task<T>, !std::is_void_v<T> && !std::is_reference_v<T> && !std::is_copy_constructible_v<Stored<T>>>;
  return Self::of(ensure_future(std::move(coro)));
}
template <class T>
auto shield(Task<T> task) {
  return Shield<T, Task<T>, false>::of(std::move(task));
}
template <class T>
auto shield(Future<T> future) {
  return Shield<T, Future<T>, false>::of(std::move(future));
}
template <class T>
Future<T> shield(Sleep<T>&& sleep) {
  return shield(sleep_in_task(std::move(sleep)));
}
template <OwnAwaitable Awaitable>
auto shield(Awaitable awaitable) {
  return shield(await_in_task(std::move(awaitable)));
}
template <class Core>
auto shield(GatherHandle<Core> gather) {
  return Shield<typename Core::value_type, GatherHandle<Core>, false>::of(std::move(gather));
}
template <class Source>
auto shield(Gather<Source>&& gather) {
  return shield(ensure_future(std::move(gather)));
}

}  // namespace weft
