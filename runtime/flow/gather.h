#pragma once
// gather: runs awaitables concurrently and waits for their results, in argument order.
//
//   asyncio   asyncio.gather(*aws, return_exceptions=False)
//   forms     gather(a, b, ...) -> std::tuple (void as std::monostate, T& as std::reference_wrapper); gather(range) -> std::vector;
//             gather(return_exceptions, ...) with Outcome<T> in T's place. a, b: Coro (moved), Task, Future, gather.
//   starts    when it is awaited: each Coro becomes a task.
//   errors    the first failure (a child's cancellation counts) is thrown at once; the other children run on, so children must own
//             what they use. Their later errors count as retrieved. With return_exceptions failures are values.
//   cancel    cancels every unfinished child; CancelledError is thrown when they have ended.
//   example   examples/seeds/three_functions.cc

#include <iterator>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/runtime/flow/gather_core.h"

namespace weft {

// What a range-for accepts. (<ranges> would double what this header costs to compile.)
template <class Range>
concept ElementRange = requires(Range& range) {
  std::begin(range);
  std::end(range);
};
template <class Range>
using ElementOf = std::remove_cvref_t<decltype(*std::begin(std::declval<Range&>()))>;

struct ReturnExceptions {
  explicit ReturnExceptions() = default;
};
inline constexpr ReturnExceptions return_exceptions{};

// What starts when it is awaited: Source::start(runtime) gives a core with one reference.
template <class Source>
class [[nodiscard("co_await gather(...)")]] Gather {
 public:
  using Core = typename Source::Core;
  using value_type = typename Core::value_type;
  explicit Gather(Source source) : source_(std::move(source)) {}

  class [[nodiscard]] Awaiter : public FutureWait {
   public:
    using FutureWait::FutureWait;
    value_type await_resume() {
      Core& core = static_cast<Core&>(future());
      if (core.has_error() && core.runtime()->debug() && awaiting() != nullptr) [[unlikely]]
        core.watch_left_behind_by(*awaiting());
      check("co_await gather(...)");
      return std::move(static_cast<Core&>(future()).value());
    }
  };
  Awaiter operator co_await()&& { return Awaiter(start(Runtime::current("gather"))); }
  Core* start(Runtime & runtime) { return std::move(source_).start(runtime); }

 private:
  Source source_;
};

template <class Source>
Started<typename Gather<Source>::value_type, typename Gather<Source>::Core> start_child(Runtime& runtime,
                                                                                        Gather<Source>&& gather) {
  return {FutureHandle(gather.start(runtime)), true};
}

template <class Awaitable>
using StartedBy = decltype(start_child(std::declval<Runtime&>(), std::declval<Awaitable>()));

template <class Awaitable>
concept Gatherable = requires(Runtime& runtime, Awaitable awaitable) {
  start_child(runtime, std::forward<Awaitable>(awaitable));
};

template <GatherPolicy policy, class... Awaitables>
class TupleSource {
 public:
  using Shape = TupleOfResults<policy, StartedBy<Awaitables>...>;
  using Core = GatherCore<Shape>;
  template <class... Given>
  explicit TupleSource(std::in_place_t, Given&&... given) : awaitables_(std::forward<Given>(given)...) {}
  Core* start(Runtime& runtime) && {
    return std::apply(
        [&runtime](auto&... awaitable) {
          // Braces: the children start in argument order.
          typename Shape::Kept started{start_child(runtime, static_cast<Awaitables&&>(awaitable))...};
          return Core::create(runtime, policy, std::move(started));
        },
        awaitables_);
  }

 private:
  std::tuple<std::decay_t<Awaitables>...> awaitables_;
};

template <GatherPolicy policy, class Awaitable>
class VectorSource {
 public:
  using Shape = VectorOfResults<policy, StartedBy<Awaitable>>;
  using Core = GatherCore<Shape>;
  explicit VectorSource(std::vector<Awaitable> awaitables) : awaitables_(std::move(awaitables)) {}
  Core* start(Runtime& runtime) && {
    typename Shape::Kept started;
    started.reserve(awaitables_.size());
    for (Awaitable& awaitable : awaitables_) started.push_back(start_child(runtime, std::move(awaitable)));
    return Core::create(runtime, policy, std::move(started));
  }

 private:
  std::vector<Awaitable> awaitables_;
};

template <GatherPolicy policy, class... Awaitables>
auto gather_with(Awaitables&&... awaitables) {
  return Gather(TupleSource<policy, Awaitables...>(std::in_place, std::forward<Awaitables>(awaitables)...));
}

// The elements of a range are moved out of it, or copied from a range of handles that is an lvalue.
template <ElementRange Range>
std::vector<ElementOf<Range>> take_elements(Range&& range) {
  using Element = ElementOf<Range>;
  std::vector<Element> elements;
  for (auto&& element : range) {
    if constexpr (std::is_lvalue_reference_v<Range> && std::is_copy_constructible_v<Element>) {
      elements.push_back(element);
    } else {
      static_assert(!std::is_lvalue_reference_v<Range>,
                    "a range of coroutines is given away: gather(std::move(coros))");
      elements.push_back(std::move(element));
    }
  }
  return elements;
}
template <GatherPolicy policy, ElementRange Range>
auto gather_range_with(Range&& range) {
  return Gather(VectorSource<policy, ElementOf<Range>>(take_elements(std::forward<Range>(range))));
}

template <Gatherable... Awaitables>
auto gather(Awaitables&&... awaitables) {
  return gather_with<GatherPolicy::first_failure>(std::forward<Awaitables>(awaitables)...);
}
template <Gatherable... Awaitables>
auto gather(ReturnExceptions, Awaitables&&... awaitables) {
  return gather_with<GatherPolicy::return_exceptions>(std::forward<Awaitables>(awaitables)...);
}
template <ElementRange Range>
auto gather(Range&& range) {
  return gather_range_with<GatherPolicy::first_failure>(std::forward<Range>(range));
}
template <ElementRange Range>
auto gather(ReturnExceptions, Range&& range) {
  return gather_range_with<GatherPolicy::return_exceptions>(std::forward<Range>(range));
}

}  // namespace weft
