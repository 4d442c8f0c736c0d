#pragma once
// callback: a callable with its arguments, to be called once from a run queue.

#include <functional>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "weft/runtime/sched/work.h"
#include "weft/runtime/task/runtime.h"

namespace weft {

// A callable of any type behind one virtual call. Owned by pointer.
class Callable {
 public:
  Callable() = default;
  Callable(const Callable&) = delete;
  Callable& operator=(const Callable&) = delete;
  virtual ~Callable() = default;
  virtual void call() = 0;
  virtual const std::type_info& function_type() const noexcept = 0;
};

template <class Function, class... Args>
class BoundCallable final : public Callable {
 public:
  template <class F, class... A>
  explicit BoundCallable(F&& function, A&&... args)
      : function_(std::forward<F>(function)), args_(std::forward<A>(args)...) {}
  void call() override { std::apply(std::move(function_), std::move(args_)); }
  const std::type_info& function_type() const noexcept override { return typeid(Function); }

 private:
  Function function_;
  std::tuple<Args...> args_;
};

template <class Function, class... Args>
Callable* make_callable(Function&& function, Args&&... args) {
  static_assert(std::is_invocable_v<std::decay_t<Function>, std::decay_t<Args>...>,
                "the callable cannot be called with these arguments (each is moved or copied into the callback)");
  return new BoundCallable<std::decay_t<Function>, std::decay_t<Args>...>(std::forward<Function>(function),
                                                                          std::forward<Args>(args)...);
}

// Calls it; what it throws goes to the runtime's exception handler under `message`.
void call_reporting(Callable& callable, Runtime& runtime, const char* message) noexcept;

}  // namespace weft
