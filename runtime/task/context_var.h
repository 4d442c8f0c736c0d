#pragma once
// context_var: ContextVar<T>, a variable whose value depends on the context: on the task, say, and on who made it.
//
//   asyncio   contextvars.ContextVar, Token. Different: a handle that may be copied; T is any type that can be moved. A value is never changed,
//             only replaced: all who inherited it share it.
//   gives     get() gives a copy of the value, or, when T cannot be copied, a ContextValue<T> that shares it.
//   threads   every member from any thread.
//   errors    LookupError without a value. reset(): RuntimeError for a token that was used, ValueError for another variable's or context's.
//   cost      get: a lookup without a lock while the task has set nothing itself, else under one; no allocation. set: log16 of the number
//             of variables in nodes of at most 16 entries; the first one in a task makes its context.

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "weft/runtime/task/context_scope.h"
#include "weft/runtime/task/context_slot.h"

namespace weft {

class Context;

// A value that contexts share. As a pointer: null for no value.
template <class T>
class ContextValue {
 public:
  ContextValue() = default;
  explicit operator bool() const noexcept { return static_cast<bool>(binding_); }
  const T& operator*() const noexcept { return binding_->value(); }
  const T* operator->() const noexcept { return &binding_->value(); }

 private:
  template <class>
  friend class ContextVar;
  explicit ContextValue(const Ref<const ContextBinding>& binding) noexcept
      : binding_(Ref<const ContextBindingOf<T>>::sharing(static_cast<const ContextBindingOf<T>*>(binding.get()))) {}
  Ref<const ContextBindingOf<T>> binding_;
};

// A variable whose type is not known.
class AnyContextVar {
 public:
  explicit AnyContextVar(const ContextVariable& variable) noexcept
      : variable_(Ref<const ContextVariable>::sharing(&variable)) {}
  const std::string& name() const noexcept { return variable_->name(); }
  // The same variable? Its name does not matter.
  bool operator==(const AnyContextVar& other) const = default;
  std::uint64_t number() const noexcept { return variable_->number(); }
  [[noreturn]] void refuse_missing(const char* where) const;

 protected:
  AnyContextVar(std::string_view name, Ref<const ContextBinding> fallback)
      : variable_(make_counted<const ContextVariable>(name, std::move(fallback))) {}
  const Ref<const ContextVariable>& variable() const noexcept { return variable_; }

 private:
  Ref<const ContextVariable> variable_;
};

// What a set() replaced, to be given to reset() once.
class AnyContextToken {
 public:
  AnyContextToken(AnyContextToken&&) = default;
  AnyContextToken& operator=(AnyContextToken&&) = default;
  // "<Token var='name'>", and whether it was used.
  std::string describe() const;

 protected:
  AnyContextToken(Ref<const ContextVariable> variable, Ref<ContextCore> core, Ref<const ContextBinding> before) noexcept
      : variable_(std::move(variable)), core_(std::move(core)), before_(std::move(before)) {}
  const Ref<const ContextVariable>& variable() const noexcept { return variable_; }
  const Ref<const ContextBinding>& before() const noexcept { return before_; }
  // Puts back what was there. Throws, and does nothing, unless the token is unused and belongs to the variable and the current context.
  void reset(const ContextVariable& variable);

 private:
  Ref<const ContextVariable> variable_;  // null: moved from
  Ref<ContextCore> core_;
  Ref<const ContextBinding> before_;  // null: there was no value
  bool used_ = false;
};

template <class T>
class ContextVar : public AnyContextVar {
  static_assert(std::is_object_v<T> && !std::is_const_v<T> && std::is_move_constructible_v<T>,
                "a context variable's type can be moved and is neither const nor a reference");

 public:
  using Value = std::conditional_t<std::is_copy_constructible_v<T>, T, ContextValue<T>>;

  explicit ContextVar(std::string_view name) : AnyContextVar(name, {}) {}
  // `fallback` is what get() gives where no value is set.
  ContextVar(std::string_view name, T fallback) : AnyContextVar(name, bound({}, std::move(fallback))) {}

  class Token : public AnyContextToken {
   public:
    ContextVar var() const { return ContextVar(*variable()); }
    // Null when there was none.
    ContextValue<T> old_value() const noexcept { return ContextValue<T>(before()); }

   private:
    friend class ContextVar;
    using AnyContextToken::AnyContextToken;
  };

  // The value in the current context, else the default, else LookupError.
  Value get() const {
    const FoundBinding found = find();
    if (found.get() == nullptr) refuse_missing("ContextVar::get");
    return value_of(found);
  }
  // The value in the current context, else `otherwise`, whatever the default is.
  Value get(T otherwise) const {
    const FoundBinding found = find_in_current_context(number());
    return found.get() == nullptr ? value_from(std::move(otherwise)) : value_of(found);
  }
  // As get(), but shares the value instead of copying it; null instead of LookupError.
  ContextValue<T> get_shared() const noexcept { return ContextValue<T>(find().share()); }

  // Gives the variable a value in the current context.
  Token set(T value) const {
    ContextCore& core = current_context_slot().core();
    Ref<const ContextBinding> before = core.set(bound(variable(), std::move(value)));
    return Token(variable(), Ref<ContextCore>::sharing(&core), std::move(before));
  }
  // Puts back what the token's set() replaced.
  void reset(Token& token) const { token.reset(*variable()); }
  void reset(Token&& token) const { token.reset(*variable()); }

 private:
  friend class Context;
  using AnyContextVar::AnyContextVar;

  FoundBinding find() const noexcept {
    FoundBinding found;
    if (ContextSlot::in_use()) found = find_in_current_context(number());
    return found.get() != nullptr ? std::move(found) : FoundBinding(variable()->fallback());
  }
  static Ref<const ContextBinding> bound(Ref<const ContextVariable> variable, T&& value) {
    return Ref<const ContextBinding>::taking(new ContextBindingOf<T>(std::move(variable), std::move(value)));
  }
  static Value value_of(const FoundBinding& found) {
    if constexpr (std::is_copy_constructible_v<T>) {
      return static_cast<const ContextBindingOf<T>*>(found.get())->value();
    } else {
      return ContextValue<T>(found.share());
    }
  }
  static Value value_from(T&& value) {
    if constexpr (std::is_copy_constructible_v<T>) {
      return std::move(value);
    } else {
      return ContextValue<T>(bound({}, std::move(value)));
    }
  }
};

}  // namespace weft
