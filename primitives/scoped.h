#pragma once
// scoped: `auto held = co_await primitive.scoped();`, for primitives that are acquired and released.
//
//   asyncio   `async with primitive:`
//   Primitive has Acquire, an awaiter made of the primitive; release(); and kGuardRefused, what is reported when a guard's release() throws.

#include <exception>
#include <utility>

#include "weft/runtime/task/runtime.h"

namespace weft {

// Releases the primitive when it goes, unless it was moved from.
template <class Primitive>
class [[nodiscard]] Held {
 public:
  explicit Held(Primitive& primitive) noexcept : primitive_(&primitive) {}
  Held(Held&& other) noexcept : primitive_(std::exchange(other.primitive_, nullptr)) {}
  Held& operator=(Held&&) = delete;
  // A release that is refused is reported to stderr: a destructor cannot throw.
  ~Held() {
    if (primitive_ == nullptr) return;
    try {
      primitive_->release();
    } catch (...) {
      Runtime::default_report({Primitive::kGuardRefused, std::current_exception(), {}});
    }
  }
  // For whoever releases it another way. Null: it was moved from.
  [[nodiscard]] Primitive* let_go() noexcept { return std::exchange(primitive_, nullptr); }

 private:
  Primitive* primitive_;
};

// Awaited as the primitive's own Acquire, and gives a guard.
template <class Primitive>
class [[nodiscard("auto held = co_await primitive.scoped()")]] Scoped final : public Primitive::Acquire {
 public:
  explicit Scoped(Primitive & primitive) noexcept : Primitive::Acquire(primitive), primitive_(primitive) {}
  Scoped(Scoped &&) noexcept = default;
  Held<Primitive> await_resume() {
    Primitive::Acquire::await_resume();
    return Held<Primitive>(primitive_);
  }

 private:
  Primitive& primitive_;
};

}  // namespace weft
