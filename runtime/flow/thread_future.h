#pragma once
// thread_future: a result that threads outside the loop wait for, blocking.
//
//   asyncio   concurrent.futures.Future, as run_coroutine_threadsafe gives it
//   threads   every member from any thread; a handle is shared by copying it.
//   blocks    result() and exception(), until the outcome is there or the timeout is over; RuntimeError on a worker of a loop, which would
//             wait for itself.
//   cancel    ends the future at once, and the task behind it, from which nothing is heard any more. A task that is cancelled by somebody
//             else, or destroyed with its loop, cancels the future.
//   errors    TimeoutError when the timeout is over; CancelledError; what the coroutine threw.

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/base/stored_error.h"
#include "weft/runtime/flow/delay.h"
#include "weft/runtime/task/task.h"

namespace weft {

// The part that knows no result type.
class ThreadOutcome {
 public:
  enum class State { pending, result, error, cancelled };

  ThreadOutcome();
  ~ThreadOutcome();
  ThreadOutcome(const ThreadOutcome&) = delete;
  ThreadOutcome& operator=(const ThreadOutcome&) = delete;

  bool done() const;
  bool cancelled() const;
  // False: it was done.
  bool cancel();
  // Called once, when it is done: on the thread that ends it, or here and now. What it throws is reported to stderr.
  void add_done_callback(std::function<void()> callback);
  // Throws TimeoutError when the time is over, CancelledError, or the error.
  void wait_for_result(Delay timeout, const char* caller);
  std::exception_ptr wait_for_error(Delay timeout, const char* caller);

  // --- for whoever fulfils it: each is false when it is done already ------------------------------------------------
  // The task to cancel from now on.
  bool started(const AnyTask& task);
  bool fail(std::exception_ptr error);
  template <class Store>
  bool succeed(Store store) {
    std::unique_lock lock(mutex_);
    if (state_ != State::pending) return false;
    try {
      store();
    } catch (...) {
      error_ = StoredError::current();
    }
    finish(lock, error_ ? State::error : State::result);
    return true;
  }

 private:
  void wait(std::unique_lock<std::mutex>& lock, Delay timeout, const char* caller);
  void finish(std::unique_lock<std::mutex>& lock, State state);

  struct Changed;             // a condition variable, whose header is heavy
  mutable std::mutex mutex_;  // all that follows, and the result while it is not done
  const std::unique_ptr<Changed> changed_;
  State state_ = State::pending;
  StoredError error_;
  AnyTask task_;
  std::vector<std::function<void()>> callbacks_;
};

template <class T>
struct ThreadState : ThreadOutcome {
  std::optional<Stored<T>> value;
};

template <class T = void>
class ThreadFuture {
 public:
  using value_type = T;
  explicit ThreadFuture(std::shared_ptr<ThreadState<T>> state) noexcept : state_(std::move(state)) {}

  bool done() const { return state_->done(); }
  bool cancelled() const { return state_->cancelled(); }
  bool cancel() const { return state_->cancel(); }
  // The result; a reference to it when it can only be moved.
  Shared<T> result(Delay timeout = {}) const {
    state_->wait_for_result(timeout, "ThreadFuture::result()");
    if constexpr (std::is_void_v<T>) {
      return;
    } else if constexpr (std::is_reference_v<T>) {
      return state_->value->get();
    } else {
      return *state_->value;
    }
  }
  // Null when there is a result.
  std::exception_ptr exception(Delay timeout = {}) const {
    return state_->wait_for_error(timeout, "ThreadFuture::exception()");
  }
  // fn(ThreadFuture), once.
  template <class Function>
  void add_done_callback(Function function) const {
    state_->add_done_callback([self = *this, function = std::move(function)]() mutable { function(self); });
  }

 private:
  std::shared_ptr<ThreadState<T>> state_;
};

// The other end of a ThreadFuture. One that is dropped without an outcome cancels it: nobody waits for ever.
template <class T>
class ThreadPromise {
 public:
  ThreadPromise() : state_(std::make_shared<ThreadState<T>>()) {}
  ThreadPromise(ThreadPromise&&) noexcept = default;
  ThreadPromise& operator=(ThreadPromise&&) = delete;
  ~ThreadPromise() {
    if (state_ != nullptr) state_->cancel();
  }
  ThreadFuture<T> future() const { return ThreadFuture<T>(state_); }
  // False: cancelled meanwhile.
  bool started(const AnyTask& task) { return state_->started(task); }
  void fail(std::exception_ptr error) { state_->fail(std::move(error)); }
  // Takes over how the task has ended.
  void set_from(const Task<T>& task) {
    if (task.cancelled()) {
      state_->cancel();
    } else if (std::exception_ptr error = task.exception(); error != nullptr) {
      state_->fail(std::move(error));
    } else {
      state_->succeed([&] { state_->value.emplace(std::move(static_cast<TypedTaskCell<T>&>(task.core()).value())); });
    }
  }

 private:
  std::shared_ptr<ThreadState<T>> state_;
};

}  // namespace weft
