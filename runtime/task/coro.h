#pragma once
// coro: Coro<T>, a lazy coroutine: it starts when it is awaited and runs inside the awaiting task.
//
//   asyncio   what `async def` returns. Different: awaited once is enforced by move: `co_await std::move(c)`.
//   threads   a Coro belongs to one thread at a time; the task that awaits it may move between workers.
//   resumes   by symmetric transfer, no queue: an await that does not suspend costs a frame and two jumps, and a loop or a chain of any
//             length needs constant stack.
//   errors    what the coroutine throws is thrown by the co_await.
//   memory    one frame from the frame pool; none when the compiler elides it. A suspended chain is destroyed from the innermost out.

#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/task/promise.h"
#include "weft/runtime/task/result.h"

namespace weft {

template <class T>
class Coro;

// The outcome of a coroutine, kept in its promise until the awaiter takes it.
template <class T>
class ResultPromise : public PromiseBase {
 public:
  ~ResultPromise() {
    if (holds() == Holds::value) room_.value.destroy();
    if (ends_unusually()) [[unlikely]]
      end_unusually();
  }
  ResultPromise() noexcept {}

  void unhandled_exception() noexcept { set_error(std::current_exception()); }
  void set_error(std::exception_ptr error) noexcept {
    ::new (static_cast<void*>(&room_.error)) std::exception_ptr(std::move(error));
    set_holds(Holds::error);
  }
  // Only when holds() is value.
  Stored<T>& value() noexcept { return room_.value.get(); }
  void replace_value_by_error(std::exception_ptr error) noexcept {
    room_.value.destroy();
    clear_holds();
    set_error(std::move(error));
  }

  // The value, moved out, or the exception, thrown.
  T take() {
    if (holds() == Holds::error) [[unlikely]]
      std::rethrow_exception(std::move(room_.error));
    if constexpr (std::is_void_v<T>) {
      return;
    } else if constexpr (std::is_reference_v<T>) {
      return room_.value.get().get();
    } else {
      return std::move(room_.value.get());
    }
  }

 protected:
  template <class Value>
  void set_value(Value&& value) {
    room_.value.construct(std::forward<Value>(value));
    set_holds(Holds::value);
  }

 private:
  union Either {
    Either() noexcept {}
    ~Either() {}
    Room<Stored<T>> value;
    std::exception_ptr error;
  } room_;
  static_assert(alignof(Either) <= alignof(PromiseBase),
                "PromiseBase::stored_error() finds the room right behind the base");
};

template <class T>
class CoroPromise final : public ResultPromise<T> {
 public:
  Coro<T> get_return_object(const std::source_location& definition = std::source_location::current()) noexcept;

  template <class Value = T>
  requires std::is_constructible_v<Stored<T>, Value &&> void return_value(Value&& value) noexcept(
      std::is_nothrow_constructible_v<Stored<T>, Value&&>) {
    this->set_value(std::forward<Value>(value));
  }
};

template <>
class CoroPromise<void> final : public ResultPromise<void> {
 public:
  Coro<void> get_return_object(const std::source_location& definition = std::source_location::current()) noexcept;
  void return_void() noexcept { set_holds(Holds::value); }
};

template <class T = void>
class WEFT_TRIVIAL_ABI
    [[nodiscard("a Coro does nothing until it is awaited: co_await it, or give it to create_task")]] Coro {
 public:
  using promise_type = CoroPromise<T>;
  using value_type = T;

  Coro() = default;
  explicit Coro(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame.address()) {}
  Coro(Coro && other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Coro& operator=(Coro&& other) noexcept {
    if (this != &other) {
      reset();
      frame_ = std::exchange(other.frame_, nullptr);
    }
    return *this;
  }
  ~Coro() { reset(); }

  // False after it was moved from, awaited or given away.
  explicit operator bool() const noexcept { return frame_ != nullptr; }

  // asyncio's coro.close(): it will not be awaited. What it owns is destroyed, and nothing is reported.
  void close() noexcept {
    if (frame_ != nullptr) destroy_frame(std::exchange(frame_, nullptr));
  }

  // Gives the frame away; whoever takes it destroys it. For combinators.
  [[nodiscard]] void* release() noexcept { return std::exchange(frame_, nullptr); }
  static promise_type& promise_of(void* frame) noexcept {
    return std::coroutine_handle<promise_type>::from_address(frame).promise();
  }

  class [[nodiscard]] Awaiter : private InlineAwait {
   public:
    explicit Awaiter(void* frame) noexcept { child = frame; }
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    ~Awaiter() {
      if (child != nullptr) std::coroutine_handle<>::from_address(child).destroy();
    }
    bool await_ready() const {
      if (child == nullptr) [[unlikely]]
        refuse();
      return false;
    }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
      static_assert(std::is_base_of_v<PromiseBase, Promise>, "a weft::Coro is awaited in weft coroutines only");
      parent = &awaiting.promise();
      promise_of(child).set_completion(Completion(static_cast<InlineAwait*>(this)));
      return transfer_to(std::coroutine_handle<>::from_address(child));
    }
    T await_resume() { return promise_of(child).take(); }

   private:
    [[noreturn]] static void refuse() {
      throw RuntimeError(
          "Coro: it was awaited already or moved from; a coroutine can be awaited once, make another one");
    }
  };

  Awaiter operator co_await()&& noexcept { return Awaiter(release()); }

 private:
  void reset() noexcept {
    if (frame_ != nullptr) drop_coroutine(std::exchange(frame_, nullptr));
  }
  void* frame_ = nullptr;
};

template <class T>
Coro<T> CoroPromise<T>::get_return_object(const std::source_location& definition) noexcept {
  static_assert(alignof(CoroPromise) <= 16, "a promise must lie 16 bytes behind its frame");
  this->set_await_site(definition);
  return Coro<T>(std::coroutine_handle<CoroPromise>::from_promise(*this));
}
inline Coro<void> CoroPromise<void>::get_return_object(const std::source_location& definition) noexcept {
  set_await_site(definition);
  return Coro<void>(std::coroutine_handle<CoroPromise>::from_promise(*this));
}

}  // namespace weft
