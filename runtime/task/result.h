#pragma once
// result: how a value of any T is kept until somebody takes it.

#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <variant>

namespace weft {

// T as it is stored: void as std::monostate, a reference as std::reference_wrapper.
template <class T>
struct StoredAs {
  using type = T;
};
template <>
struct StoredAs<void> {
  using type = std::monostate;
};
template <class T>
struct StoredAs<T&> {
  using type = std::reference_wrapper<T>;
};
template <class T>
using Stored = typename StoredAs<std::remove_cv_t<T>>::type;

// Uninitialised room for a value; aligned to at most 8 bytes (more: on the heap), so that every frame and cell has the same layout.
template <class T>
class Room {
 public:
  static constexpr bool kBoxed = alignof(T) > 8;
  Room() noexcept {}
  ~Room() {}
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  template <class... Args>
  void construct(Args&&... args) {
    if constexpr (kBoxed) {
      boxed_ = new T(std::forward<Args>(args)...);
    } else {
      ::new (static_cast<void*>(std::addressof(value_))) T(std::forward<Args>(args)...);
    }
  }
  void destroy() noexcept {
    if constexpr (kBoxed) {
      delete boxed_;
    } else {
      value_.~T();
    }
  }
  T& get() noexcept {
    if constexpr (kBoxed) {
      return *boxed_;
    } else {
      return value_;
    }
  }

 private:
  union {
    std::conditional_t<kBoxed, T*, T> value_;
    T* boxed_;
  };
};

}  // namespace weft
