#include "weft/runtime/base/stored_error.h"

#include <mutex>
#include <typeinfo>
#include <vector>

#include <cxxabi.h>

#include "weft/runtime/base/config.h"
#include "weft/runtime/base/errors.h"

namespace weft {

namespace {

enum class Kind { other, cancelled, keyboard_interrupt };

Kind kind_of(const std::type_info* type) noexcept {
  if (type == nullptr) return Kind::other;
  return *type == typeid(CancelledError)      ? Kind::cancelled
         : *type == typeid(KeyboardInterrupt) ? Kind::keyboard_interrupt
                                              : Kind::other;
}

}  // namespace

struct StoredError::Holder {
  Holder(std::exception_ptr e, Kind k) : error(std::move(e)), kind(k) {}
  std::exception_ptr error;
  const Kind kind;
  // written by  every copy and destructor; the decrement is acq_rel, so that the last owner's destruction of `error` comes
  //             after every other owner's use; the increment is relaxed (its thread already owns a reference).
  std::atomic<unsigned> references{1};
};

StoredError StoredError::current() {
  StoredError stored;
  stored.holder_ = new Holder(std::current_exception(), kind_of(abi::__cxa_current_exception_type()));
  return stored;
}

StoredError::StoredError(std::exception_ptr error) {
#if defined(__GLIBCXX__)
  const Kind kind = kind_of(error.__cxa_exception_type());
#else
  Kind kind = Kind::other;
  try {
    std::rethrow_exception(error);
  } catch (...) {
    kind = kind_of(abi::__cxa_current_exception_type());
  }
#endif
  holder_ = new Holder(std::move(error), kind);
}

StoredError StoredError::cancelled(std::string message) {
  StoredError stored;
  stored.holder_ = new Holder(std::make_exception_ptr(CancelledError(std::move(message))), Kind::cancelled);
  return stored;
}

StoredError::StoredError(const StoredError& other) noexcept : holder_(other.holder_) {
  if (holder_ != nullptr) holder_->references.fetch_add(1, std::memory_order_relaxed);
}

void StoredError::release() noexcept {
  if (holder_->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if constexpr (kTsan) {
    // A rethrow takes a reference that the handler lets go inside the C++ runtime library, unseen. There the last one must not be ours.
    static std::mutex mutex;
    static auto* const kept = new std::vector<Holder*>;
    const std::lock_guard lock(mutex);
    kept->push_back(holder_);
  } else {
    delete holder_;
  }
}

bool StoredError::is_cancelled() const noexcept { return holder_ != nullptr && holder_->kind == Kind::cancelled; }

bool StoredError::is_keyboard_interrupt() const noexcept {
  return holder_ != nullptr && holder_->kind == Kind::keyboard_interrupt;
}

void StoredError::rethrow() const {
  if (holder_ == nullptr) broken_invariant("an empty StoredError was rethrown");
  std::rethrow_exception(holder_->error);
}

std::exception_ptr StoredError::pointer() const { return holder_ != nullptr ? holder_->error : nullptr; }

}  // namespace weft
