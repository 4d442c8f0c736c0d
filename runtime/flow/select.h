#pragma once
// select: awaits several awaitables until the first has ended; the others are cancelled, and have ended too when select has.
//
//   asyncio   none; its idiom is wait(tasks, return_when=FIRST_COMPLETED), a cancel of those that are pending, and a wait for these.
//   forms     select(a, b, ...) -> Selected, select(range) -> SelectedOf<T>; of what ensure_future takes. Starts when it is awaited.
//   wins      what ends first; where several have, the first in argument order. What is done before select begins has won over the coroutines
//             after it, which never start, while those before it have their first step to end in.
//   losers    are cancelled once and waited for, so children may borrow the parent's locals. A task or future of the caller's is cancelled as
//             by wait_for; shield(task) is not. The result of one that ends with it all the same is there too: has<I>(), get<I>().
//   errors    the winner's is thrown, a CancelledError too; a result that a coroutine had besides is reported as lost. A loser's is reported as
//             one that nobody retrieved, as by asyncio's idiom: thrown in a group it would take the winner's result away.
//             ValueError for an empty range. RuntimeError at once, and nothing starts, for a coroutine that was awaited or moved from.
//   cancel    is passed on to all. When they have ended the first result in argument order that there is all the same is given, else the first
//             error thrown, and the next await throws CancelledError; if there is neither, select throws it.
//   cost      a task for each coroutine and two allocations.
//   example   examples/readme/select.cc

#include <array>
#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/runtime/flow/ensure_future.h"

namespace weft {

[[noreturn]] void refuse_empty_contender();
[[noreturn]] void refuse_no_result(std::size_t index, std::size_t winner);
template <class Result>
auto& present(Result& result, std::size_t index, std::size_t winner) {
  if (!result.has_value()) refuse_no_result(index, winner);
  return *result;
}

// The results as gather gives them: void as std::monostate, T& as std::reference_wrapper. InvalidStateError by get() where there is none.
template <class... Ts>
class Selected {
 public:
  using Results = std::tuple<std::optional<Stored<Ts>>...>;
  Selected(std::size_t index, Results results) : index_(index), results_(std::move(results)) {}
  // Of the winner.
  std::size_t index() const noexcept { return index_; }
  template <std::size_t I>
  bool has() const noexcept {
    return std::get<I>(results_).has_value();
  }
  template <std::size_t I>
  auto& get() {
    return present(std::get<I>(results_), I, index_);
  }
  template <std::size_t I>
  const auto& get() const {
    return present(std::get<I>(results_), I, index_);
  }
  // What function(result) gives for the winner's.
  template <std::size_t I = 0, class Function>
  decltype(auto) visit(Function&& function) {
    if constexpr (I + 1 < sizeof...(Ts)) {
      if (index_ != I) return visit<I + 1>(std::forward<Function>(function));
    }
    return std::forward<Function>(function)(get<I>());
  }
  static bool has_value(std::size_t index) { return std::array{!std::is_void_v<Ts>...}[index]; }

 private:
  std::size_t index_;
  Results results_;
};

// Of a range.
template <class T>
class SelectedOf {
 public:
  using Results = std::vector<std::optional<Stored<T>>>;
  SelectedOf(std::size_t index, Results results) : index_(index), results_(std::move(results)) {}
  std::size_t index() const noexcept { return index_; }
  std::size_t size() const noexcept { return results_.size(); }
  bool has(std::size_t index) const { return results_.at(index).has_value(); }
  Stored<T>& get(std::size_t index) { return present(results_.at(index), index, index_); }
  // The winner's.
  Stored<T>& get() { return get(index_); }
  static bool has_value(std::size_t) { return !std::is_void_v<T>; }

 private:
  std::size_t index_;
  Results results_;
};

template <class Result, class Source>
class [[nodiscard("co_await select(...)")]] Select {
 public:
  explicit Select(Source source) : source_(std::move(source)) {}

  class [[nodiscard]] Awaiter : public FutureWait {
   public:
    using FutureWait::FutureWait;
    Result await_resume() {
      auto& core = static_cast<typename Source::Core&>(future());
      const std::size_t index = core.winner(&Result::has_value);
      return Result(index, std::move(core.value()));
    }
  };
  Awaiter operator co_await()&& { return Awaiter(std::move(source_).start(Runtime::current("select"))); }

 private:
  Source source_;
};

// Before anything starts.
template <class Awaitable>
void check_startable(const Awaitable& awaitable) {
  if constexpr (std::is_base_of_v<AnyFuture, Awaitable>) {
    awaitable.core().check_runtime(Runtime::current("select"), "select");
  } else if constexpr (std::is_same_v<Awaitable, Coro<typename StartedBy<Awaitable>::value_type>>) {
    if (!awaitable) refuse_empty_contender();
  }
}

template <Gatherable... Awaitables>
requires(sizeof...(Awaitables) > 0) auto select(Awaitables&&... awaitables) {
  (check_startable<std::decay_t<Awaitables>>(awaitables), ...);
  using Source = TupleSource<GatherPolicy::first_end, Awaitables...>;
  using Result = Selected<typename StartedBy<Awaitables>::value_type...>;
  return Select<Result, Source>(Source(std::in_place, std::forward<Awaitables>(awaitables)...));
}
template <ElementRange Range>
auto select(Range&& range) {
  using Awaitable = ElementOf<Range>;
  for (const Awaitable& awaitable : range) check_startable(awaitable);
  using Source = VectorSource<GatherPolicy::first_end, Awaitable>;
  return Select<SelectedOf<typename StartedBy<Awaitable>::value_type>, Source>(
      Source(take_elements(std::forward<Range>(range))));
}

}  // namespace weft
