#include "weft/runtime/flow/thread_future.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <string>

namespace weft {

struct ThreadOutcome::Changed : std::condition_variable {};

ThreadOutcome::ThreadOutcome() : changed_(std::make_unique<Changed>()) {}
ThreadOutcome::~ThreadOutcome() = default;

bool ThreadOutcome::done() const {
  const std::lock_guard lock(mutex_);
  return state_ != State::pending;
}

bool ThreadOutcome::cancelled() const {
  const std::lock_guard lock(mutex_);
  return state_ == State::cancelled;
}

bool ThreadOutcome::cancel() {
  AnyTask task;
  {
    std::unique_lock lock(mutex_);
    if (state_ != State::pending) return false;
    task = std::exchange(task_, {});
    finish(lock, State::cancelled);
  }
  if (task) task.cancel();
  return true;
}

bool ThreadOutcome::started(const AnyTask& task) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::pending) return false;
  task_ = task;
  return true;
}

bool ThreadOutcome::fail(std::exception_ptr error) {
  std::unique_lock lock(mutex_);
  if (state_ != State::pending) return false;
  error_ = StoredError(std::move(error));
  finish(lock, State::error);
  return true;
}

// Calls the callbacks without the lock.
void ThreadOutcome::finish(std::unique_lock<std::mutex>& lock, State state) {
  state_ = state;
  const AnyTask task = std::exchange(task_, {});  // let go without the lock
  const auto callbacks = std::exchange(callbacks_, {});
  changed_->notify_all();
  lock.unlock();
  for (const auto& callback : callbacks) {
    try {
      callback();
    } catch (...) {
      Runtime::default_report({"exception in a done callback of a ThreadFuture", std::current_exception(), {}});
    }
  }
}

void ThreadOutcome::add_done_callback(std::function<void()> callback) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::pending) {
      callbacks_.push_back(std::move(callback));
      return;
    }
  }
  callback();
}

void ThreadOutcome::wait(std::unique_lock<std::mutex>& lock, Delay timeout, const char* caller) {
  const auto is_done = [this] { return state_ != State::pending; };
  if (is_done()) return;
  if (this_worker() != nullptr) {
    throw RuntimeError(
        std::string(caller) +
        ": it would block a worker of an event loop, perhaps the one it waits for; await a task instead");
  }
  if (!timeout.has_value()) {
    changed_->wait(lock, is_done);
    return;
  }
  // A century is for ever; the system's clock would overflow with more.
  constexpr std::int64_t longest = std::int64_t{3'155'760'000} * 1'000'000'000;
  const auto length = std::chrono::nanoseconds(std::min(timeout.nanoseconds(), longest));
  if (!changed_->wait_for(lock, length, is_done)) throw TimeoutError();
}

void ThreadOutcome::wait_for_result(Delay timeout, const char* caller) {
  std::unique_lock lock(mutex_);
  wait(lock, timeout, caller);
  if (state_ == State::cancelled) throw CancelledError();
  if (state_ == State::error) {
    const StoredError error = error_;
    lock.unlock();
    error.rethrow();
  }
}

std::exception_ptr ThreadOutcome::wait_for_error(Delay timeout, const char* caller) {
  std::unique_lock lock(mutex_);
  wait(lock, timeout, caller);
  if (state_ == State::cancelled) throw CancelledError();
  return state_ == State::error ? error_.pointer() : nullptr;
}

}  // namespace weft
