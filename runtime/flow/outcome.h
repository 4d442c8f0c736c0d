#pragma once
// outcome: a result or what there was instead; what gather(return_exceptions, ...) gives.

#include <exception>
#include <optional>
#include <utility>

#include "weft/runtime/base/stored_error.h"
#include "weft/runtime/task/result.h"

namespace weft {

template <class T>
class Outcome {
 public:
  explicit Outcome(Stored<T> value) : value_(std::move(value)) {}
  explicit Outcome(StoredError error) : error_(std::move(error)) {}

  bool ok() const noexcept { return value_.has_value(); }
  explicit operator bool() const noexcept { return ok(); }
  // Was it a CancelledError?
  bool cancelled() const noexcept { return error_.is_cancelled(); }
  // The result; throws the exception when there is none.
  Stored<T>& value() & {
    if (!ok()) error_.rethrow();
    return *value_;
  }
  const Stored<T>& value() const& {
    if (!ok()) error_.rethrow();
    return *value_;
  }
  Stored<T>&& value() && { return std::move(value()); }
  // Null when there is a result.
  std::exception_ptr exception() const { return error_.pointer(); }

 private:
  std::optional<Stored<T>> value_;
  StoredError error_;
};

}  // namespace weft
