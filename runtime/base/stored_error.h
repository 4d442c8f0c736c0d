#pragma once
// stored_error: an exception that is kept and shared between threads.
//
// std::exception_ptr counts its references inside the C++ runtime library, where ThreadSanitizer cannot follow it. Here one
// exception_ptr lives in a holder whose count is ours, so that the last release is ordered after every use. (In a build with
// ThreadSanitizer the exception is kept for good.)
//
//   threads   copies of one StoredError may be used on different threads at once.

#include <atomic>
#include <exception>
#include <string>
#include <utility>

namespace weft {

class StoredError {
 public:
  StoredError() = default;
  // `error` must not be null.
  explicit StoredError(std::exception_ptr error);
  // The exception being handled; call inside a catch block.
  static StoredError current();
  static StoredError cancelled(std::string message);

  StoredError(const StoredError& other) noexcept;
  StoredError(StoredError&& other) noexcept : holder_(std::exchange(other.holder_, nullptr)) {}
  StoredError& operator=(StoredError other) noexcept {
    std::swap(holder_, other.holder_);
    return *this;
  }
  ~StoredError() {
    if (holder_ != nullptr) release();
  }

  explicit operator bool() const noexcept { return holder_ != nullptr; }
  // Is it a CancelledError?
  bool is_cancelled() const noexcept;
  // Is it a KeyboardInterrupt?
  bool is_keyboard_interrupt() const noexcept;
  [[noreturn]] void rethrow() const;
  std::exception_ptr pointer() const;

 private:
  struct Holder;
  void release() noexcept;
  Holder* holder_ = nullptr;
};

}  // namespace weft
