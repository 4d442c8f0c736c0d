#pragma once
// errors: what weft throws. asyncio's names; a message is a sentence with values and what to do.
//
// CancelledError, KeyboardInterrupt and GeneratorExit are no std::exception, as they are no Exception in Python: a handler for
// std::exception must not swallow a cancellation.

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace weft {

// asyncio.CancelledError: the task was cancelled; thrown at the await where it is suspended.
class CancelledError final {
 public:
  CancelledError() = default;
  explicit CancelledError(std::string message) : message_(std::move(message)) {}
  const std::string& message() const noexcept { return message_; }

 private:
  std::string message_;
};

// KeyboardInterrupt: SIGINT arrived while run() was running and the main task ended by its cancellation.
class KeyboardInterrupt final {
 public:
  const char* message() const noexcept { return "interrupted by SIGINT"; }
};

// GeneratorExit: an async generator is closed; thrown at the co_yield where it is suspended. Clean up, and let it leave the generator.
class GeneratorExit final {
 public:
  const char* message() const noexcept { return "the async generator is closed"; }
};

class RuntimeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class ValueError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

// An operation on something of the wrong kind, or in a state in which it has no such operation.
class TypeError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

// A key or a variable that has no value.
class LookupError : public std::out_of_range {
 public:
  using std::out_of_range::out_of_range;
};

// A deadline passed.
class TimeoutError : public std::runtime_error {
 public:
  TimeoutError() : std::runtime_error("the deadline passed") {}
  using std::runtime_error::runtime_error;
};

// asyncio.InvalidStateError: a future was asked for something its state does not allow.
class InvalidStateError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// Ends the process with a sentence: an invariant of weft itself does not hold. Never for a caller's mistake.
[[noreturn]] void broken_invariant(std::string_view sentence) noexcept;

}  // namespace weft
