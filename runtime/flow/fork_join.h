#pragma once
// fork_join: runs coroutines in parallel and waits for all of them.
//
//   asyncio   none; a structured gather.
//   forms     fork_join(a, b, ...) -> std::tuple, fork_join(range) -> Joined<T>, which becomes a std::vector; coroutines only.
//   errors    all children end, then the first failure is thrown. So children may borrow the parent's locals. RuntimeError at once, and no
//             child starts, when one of them was awaited already or moved from.
//   cancel    a cancel of the parent cancels the children, and those that have not begun never run; CancelledError is thrown when all
//             have ended. In order depth first it is noticed when a child suspends or is looked at, or at the end.
//   tasks     each child is a task of its own (current_task(), cancel, all_tasks()), but costs one only when somebody looks.
//   cost      a frame per child and a push; no allocation, no atomic operation unless a child is stolen or suspends.

#include <array>
#include <coroutine>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/runtime/flow/gather.h"
#include "weft/runtime/flow/joined.h"
#include "weft/runtime/task/join.h"

namespace weft {

// The wait of a fork_join whatever its children's types: a join of children in order depth first, a gather of tasks in order asyncio.
class ForkJoinWait {
 public:
  ForkJoinWait() = default;
  ForkJoinWait(const ForkJoinWait&) = delete;
  ForkJoinWait& operator=(const ForkJoinWait&) = delete;

 protected:
  ~ForkJoinWait() = default;
  // The destructor of a derived class calls it when the wait was eventful.
  void end_gathering() noexcept;
  // In await_resume, order depth first: every child has a result and nobody has seen the join. Otherwise check() is owed.
  bool ended_unseen() const noexcept { return !join_.eventful(); }
  // Throws what the children or a cancel ended the wait with. True: the results are gathering()'s.
  bool check();
  // Order asyncio: suspends until `core`, of which one reference is taken over, is done. False: it is done.
  bool gather(PromiseBase& awaiting, FutureCore* core);
  FutureCore& gathering() const noexcept;

  Join join_;

 private:
  class Gathering;
  Gathering* gathering_ = nullptr;
};

template <class... Ts>
class [[nodiscard("co_await fork_join(...)")]] ForkJoin : public ForkJoinWait {
 public:
  // None of the children is empty.
  explicit ForkJoin(Coro<Ts> && ... children) noexcept : frames_{one_by_one(children.release())...} {}
  ~ForkJoin() {
    const bool eventful = !ended_unseen();
    if (eventful) [[unlikely]]
      end_gathering();
    for (void* frame : frames_) {
      if (!eventful || frame != nullptr) std::coroutine_handle<>::from_address(frame).destroy();
    }
  }

  bool await_ready() const noexcept { return sizeof...(Ts) == 0; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> awaiting) {
    static_assert(std::is_base_of_v<PromiseBase, Promise>, "weft::fork_join is awaited in weft coroutines only");
    if (this_worker()->asyncio_order()) [[unlikely]] {
      const bool waits = start_tasks(awaiting.promise(), std::index_sequence_for<Ts...>());
      return waits ? std::noop_coroutine() : std::coroutine_handle<>(awaiting);
    }
    return join_.start(awaiting.promise(), frames_.data(), sizeof...(Ts));
  }
  std::tuple<Stored<Ts>...> await_resume() {
    if (!ended_unseen() && check()) [[unlikely]]
      return std::move(static_cast<Core&>(gathering()).value());
    return results(std::index_sequence_for<Ts...>());
  }

 private:
  // The handles were just stored one by one; a compiler that loads them back as one vector stalls on the store buffer.
  static void* one_by_one(void* frame) noexcept {
    asm("" : "+r"(frame));
    return frame;
  }
  using Source = TupleSource<GatherPolicy::wait_for_all, Coro<Ts>...>;
  using Core = typename Source::Core;
  template <std::size_t... I>
  bool start_tasks(PromiseBase & awaiting, std::index_sequence<I...>) {
    join_.mark_eventful();  // the frames are given away
    Source source(std::in_place, coro_of<Ts>(std::exchange(frames_[I], nullptr))...);
    return gather(awaiting, std::move(source).start(Runtime::current("fork_join")));
  }
  template <class T>
  static Coro<T> coro_of(void* frame) noexcept {
    return Coro<T>(std::coroutine_handle<CoroPromise<T>>::from_address(frame));
  }
  template <std::size_t... I>
  std::tuple<Stored<Ts>...> results(std::index_sequence<I...>) {
    return std::tuple<Stored<Ts>...>(std::move(Coro<Ts>::promise_of(frames_[I]).value())...);
  }

  std::array<void*, sizeof...(Ts)> frames_;
};

template <class T>
class [[nodiscard("co_await fork_join(...)")]] ForkJoinRange : public ForkJoinWait {
 public:
  explicit ForkJoinRange(std::vector<Coro<T>> owned) noexcept : joined_(std::move(owned)) {}
  ForkJoinRange(Coro<T> * children, std::size_t size) noexcept : joined_(children, size) {}
  ~ForkJoinRange() {
    if (!ended_unseen()) [[unlikely]]
      end_gathering();
  }

  bool await_ready() const noexcept { return joined_.empty(); }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> awaiting) {
    static_assert(std::is_base_of_v<PromiseBase, Promise>, "weft::fork_join is awaited in weft coroutines only");
    if (this_worker()->asyncio_order()) [[unlikely]] {
      return start_tasks(awaiting.promise()) ? std::noop_coroutine() : std::coroutine_handle<>(awaiting);
    }
    return join_.start(awaiting.promise(), joined_.frames(0), static_cast<std::uint32_t>(joined_.size()));
  }
  Joined<T> await_resume() {
    if (!ended_unseen() && check()) [[unlikely]] {
      joined_.gathered_ = std::make_unique<std::vector<Stored<T>>>(std::move(static_cast<Core&>(gathering()).value()));
    }
    return std::move(joined_);
  }

 private:
  using Source = VectorSource<GatherPolicy::wait_for_all, Coro<T>>;
  using Core = typename Source::Core;
  bool start_tasks(PromiseBase & awaiting) {
    join_.mark_eventful();
    std::vector<Coro<T>> coros;
    coros.reserve(joined_.size());
    for (std::size_t i = 0; i < joined_.size(); ++i) coros.push_back(std::move(joined_.children_[i]));
    return gather(awaiting, Source(std::move(coros)).start(Runtime::current("fork_join")));
  }

  Joined<T> joined_;
};

[[noreturn]] void refuse_empty_child();

template <class... Ts>
ForkJoin<Ts...> fork_join(Coro<Ts>... children) {
  if (!(static_cast<bool>(children) && ...)) [[unlikely]]
    refuse_empty_child();
  return ForkJoin<Ts...>(std::move(children)...);
}

// Ranges whose coroutines stay where they are: contiguous, and the caller keeps the storage. (A view's elements are not const when
// the view is.)
template <class Range>
concept HoldsChildrenInPlace = requires(std::remove_reference_t<Range>& range) {
  std::size(range);
  requires std::is_pointer_v<decltype(std::data(range))>;
  requires std::is_lvalue_reference_v<Range> ||
      !std::is_const_v<std::remove_pointer_t<decltype(std::data(std::as_const(range)))>>;
};

// A vector or an array that is an lvalue, and a view such as std::span, are used in place: they outlive the results, and their coroutines
// are empty afterwards. Out of every other range the coroutines are moved.
template <ElementRange Range>
auto fork_join(Range&& range) {
  using T = typename ElementOf<Range>::value_type;
  for (const Coro<T>& child : range) {
    if (!child) [[unlikely]]
      refuse_empty_child();
  }
  if constexpr (HoldsChildrenInPlace<Range>) {
    return ForkJoinRange<T>(std::data(range), static_cast<std::size_t>(std::size(range)));
  } else if constexpr (std::is_same_v<Range, std::vector<Coro<T>>>) {
    return ForkJoinRange<T>(std::move(range));
  } else {
    std::vector<Coro<T>> children;
    for (Coro<T>& child : range) children.push_back(std::move(child));
    return ForkJoinRange<T>(std::move(children));
  }
}

}  // namespace weft
