#pragma once
// context: the values of context variables that one task, callback or run() has.
//
//   asyncio   contextvars.Context, copy_context. A Context is a handle: copies of it name the same context; copy() makes another one.
//   threads   every member from any thread; a handle is used by one thread at a time.
//   errors    LookupError for a variable without a value; RuntimeError from run() when the context is entered already.
//   cost      copy_context() is one allocation and one reference, however many variables have values.

#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/runtime/task/context_scope.h"
#include "weft/runtime/task/context_slot.h"
#include "weft/runtime/task/context_var.h"

namespace weft {

class Context {
 public:
  // A new, empty context.
  Context() : Context(Ref<const ContextMap>()) {}
  // The context in which this code runs, itself: what is set in it is seen here.
  static Context current() { return Context(Ref<ContextCore>::sharing(&current_context_slot().core())); }
  // A new context with the values that this one has now.
  Context copy() const { return Context(core_->map()); }

  // Calls function(args...) in this context: what it sets stays in here. RuntimeError while a run() of any thread is in the context, or when
  // it is the running task's or callback's own. The function must not be a coroutine: a task's context is TaskOptions.context.
  template <class Function, class... Args>
  std::invoke_result_t<Function, Args...> run(Function&& function, Args&&... args) const {
    const Entry entry(*core_);
    return std::invoke(std::forward<Function>(function), std::forward<Args>(args)...);
  }

  bool contains(const AnyContextVar& variable) const { return static_cast<bool>(core_->find(variable.number())); }
  // The variable's value; LookupError when it has none here, whatever its default is.
  template <class T>
  typename ContextVar<T>::Value operator[](const ContextVar<T>& variable) const {
    const FoundBinding found(core_->find(variable.number()));
    if (found.get() == nullptr) variable.refuse_missing("Context");
    return ContextVar<T>::value_of(found);
  }
  // The variable's value, or `otherwise`.
  template <class T>
  typename ContextVar<T>::Value get(const ContextVar<T>& variable, std::type_identity_t<T> otherwise) const {
    const FoundBinding found(core_->find(variable.number()));
    return found.get() == nullptr ? ContextVar<T>::value_from(std::move(otherwise)) : ContextVar<T>::value_of(found);
  }
  std::size_t size() const noexcept { return ContextMap::size(core_->map().get()); }
  // Those that have a value now, in the order in which they were made.
  std::vector<AnyContextVar> variables() const;

  // Do both name the same context?
  bool operator==(const Context& other) const = default;

  // For whoever runs code in it.
  explicit Context(Ref<ContextCore> core) noexcept : core_(std::move(core)) {}
  Ref<ContextCore> share_core() const noexcept { return core_; }

 private:
  friend Context copy_context();
  explicit Context(Ref<const ContextMap> map) : core_(make_counted<ContextCore>(std::move(map))) {}

  class Entry {
   public:
    explicit Entry(ContextCore& core);
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry();

   private:
    ContextSlot slot_;
    ContextScope scope_;
  };

  Ref<ContextCore> core_;
};

// contextvars.copy_context: a new context with the values that the current one has now.
inline Context copy_context() { return Context(current_context_map()); }

}  // namespace weft
