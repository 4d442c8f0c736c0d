#pragma once
// future: Future<T>, a result that somebody will set.
//
//   asyncio   asyncio.Future. Different: set_* and cancel may be called from any thread; try_set_* for those who race.
//   threads   every member from any thread.
//   resumes   waiters in the order in which they began to wait, through the run queue; never inside set_result().
//   memory    what happened before set_result() is visible after the await.

#include <exception>
#include <memory>
#include <mutex>
#include <source_location>
#include <string>
#include <type_traits>
#include <utility>

#include "weft/runtime/task/any_future.h"
#include "weft/runtime/task/result.h"

namespace weft {

// What await and result() give: a copy when T can be copied, a reference to the stored value when it can only be moved.
template <class T>
using Shared = std::conditional_t<std::is_void_v<T> || std::is_reference_v<T> || std::is_copy_constructible_v<T>, T,
                                  std::add_lvalue_reference_t<T>>;

// A result slot behind a FutureCore or a TaskCell.
template <class T, class Base>
class ResultCore : public Base {
 public:
  const StoredError& error() const noexcept override { return either_.error; }
  // Only when has_result().
  Stored<T>& value() noexcept { return either_.value.get(); }

 protected:
  using Base::Base;
  ~ResultCore() {
    if (this->has_result()) [[likely]] {
      either_.value.destroy();
    } else {
      end_error();
    }
  }
  template <class... Args>
  void put_value(Args&&... args) {
    either_.value.construct(std::forward<Args>(args)...);
  }
  void drop_value() noexcept { either_.value.destroy(); }
  // Also for a cancellation, with the CancelledError or nothing.
  void put_error(StoredError error) noexcept {
    ::new (static_cast<void*>(&either_.error)) StoredError(std::move(error));
  }

 private:
  [[gnu::noinline]] void end_error() noexcept {
    if (this->done()) either_.error.~StoredError();
  }

  union Either {
    Either() noexcept {}
    ~Either() {}
    Room<Stored<T>> value;
    StoredError error;
  } either_;
};

// The result of a core that has one, shared by all who ask.
template <class T, class Base>
Shared<T> shared_result(ResultCore<T, Base>& core) {
  if constexpr (std::is_void_v<T>) {
    return;
  } else if constexpr (std::is_reference_v<T>) {
    return core.value().get();
  } else {
    return core.value();
  }
}

template <class T>
class PlainFutureCore final : public ResultCore<T, FutureCore> {
 public:
  static PlainFutureCore* create(Runtime& runtime, const std::source_location& created_at = {}) {
    auto* core = new PlainFutureCore(&runtime, created_at);
    core->live(1);
    return core;
  }
  template <class... Args>
  bool try_set_value(Args&&... args) {
    if (!this->begin_set()) return false;
    try {
      this->put_value(std::forward<Args>(args)...);
    } catch (...) {
      this->abandon_set();
      throw;
    }
    this->publish(FutureCore::kResult);
    return true;
  }
  bool try_set_error(StoredError error) {
    if (!this->begin_set()) return false;
    this->put_error(std::move(error));
    this->publish(FutureCore::kError);
    return true;
  }
  CancelReply try_cancel(CancelRequest& request) override {
    if (!this->begin_set()) return CancelReply::refused;
    message_ = request.message();
    this->put_error({});
    this->publish(FutureCore::kCancelled);
    return CancelReply::delivered;
  }
  std::string cancel_message() const override { return message_; }
  std::string describe_self() const override {
    return std::string("<Future ") + (this->cancelled() ? "cancelled" : this->done() ? "finished" : "pending") + ">";
  }

 protected:
  PlainFutureCore(Runtime* runtime, const std::source_location& created_at) noexcept
      : ResultCore<T, FutureCore>(runtime), created_at_(created_at) {}
  void destroy() noexcept override {
    this->report_unretrieved("Future", {}, created_at_);
    delete this;
  }

 private:
  const std::source_location created_at_;  // in debug mode
  std::string message_;                    // written before the cancellation is published
};

template <class T = void>
class Future : public AnyFuture {
 public:
  using value_type = T;
  Future() = default;

  // Throws InvalidStateError when the future is done. One argument, or none for Future<void>.
  template <class... Args>
  void set_result(Args&&... args) const {
    if (!try_set_result(std::forward<Args>(args)...)) refuse("set_result()");
  }
  // False when the future is done.
  template <class... Args>
  bool try_set_result(Args&&... args) const {
    static_assert(std::is_constructible_v<Stored<T>, Args&&...>, "the future's result cannot be made of this");
    return typed().try_set_value(std::forward<Args>(args)...);
  }
  // `error` is an exception object or a non-null std::exception_ptr.
  template <class Error>
  void set_exception(Error error) const {
    if (!try_set_exception(std::move(error))) refuse("set_exception()");
  }
  template <class Error>
  bool try_set_exception(Error error) const {
    if constexpr (std::is_same_v<Error, std::exception_ptr>) {
      if (error == nullptr)
        throw ValueError("Future::set_exception: the std::exception_ptr is null; give it an exception");
      return typed().try_set_error(StoredError(std::move(error)));
    } else {
      return typed().try_set_error(StoredError(std::make_exception_ptr(std::move(error))));
    }
  }

  // Throws InvalidStateError while pending, CancelledError, or the exception that was set.
  Shared<T> result() const {
    core().check_result("Future::result()");
    return shared_result(typed());
  }

  class [[nodiscard]] Awaiter : public FutureWait {
   public:
    using FutureWait::FutureWait;
    Shared<T> await_resume() {
      check("co_await");
      return shared_result(static_cast<PlainFutureCore<T>&>(future()));
    }
  };
  Awaiter operator co_await() const& { return Awaiter(awaited_core()); }
  Awaiter operator co_await() && {
    static_cast<void>(core());
    return Awaiter(release_core());
  }

  // One more handle of `core`, for combinators.
  static Future of(PlainFutureCore<T>& core) noexcept {
    core.retain();
    return Future(&core);
  }
  // For event loops. The place is kept in debug mode.
  static Future make(Runtime& runtime, const std::source_location& created_at = {}) {
    return Future(PlainFutureCore<T>::create(runtime, runtime.debug() ? created_at : std::source_location()));
  }

 private:
  explicit Future(PlainFutureCore<T>* core) noexcept : AnyFuture(core) {}
  PlainFutureCore<T>& typed() const { return static_cast<PlainFutureCore<T>&>(core()); }
  [[noreturn]] void refuse(const char* caller) const {
    throw InvalidStateError(std::string("Future::") + caller + ": " + core().describe_self() +
                            " is done already; use try_" + caller + " where several may set it");
  }
};

}  // namespace weft
