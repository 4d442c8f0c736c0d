#pragma once
// exception_group: several errors that happened side by side, thrown as one. The errors may be groups again.
//
//   asyncio   BaseExceptionGroup and ExceptionGroup of Python 3.11 (PEP 654). `except* E` is: catch the group, split<E>() it, and
//             raise() the rest. Different: E matches as catch (const E&) does, so std::exception matches what is an Exception.
//   catch     ExceptionGroup is a std::exception and a BaseExceptionGroup. BaseExceptionGroup is no std::exception: it may hold what
//             a handler for std::exception must not swallow (CancelledError, KeyboardInterrupt, anything else that is none).
//   threads   a group does not change; copies may be used on different threads at once.
//   errors    ValueError when a group is made of nothing, of a null pointer, or an ExceptionGroup of what is no std::exception.
//   cost      a copy is a reference. Making a group and asking for types throws each error once, as C++ has no other way to look.

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weft/runtime/base/stored_error.h"

namespace weft {

// What split() gives: the part that matches and the part that does not; each keeps the nesting, and is empty when nothing is in it.
template <class Group>
struct GroupSplit {
  std::optional<Group> match;
  std::optional<Group> rest;
};

class BaseExceptionGroup {
 public:
  BaseExceptionGroup(std::string message, const std::vector<std::exception_ptr>& exceptions);
  BaseExceptionGroup(std::string message, std::vector<StoredError> exceptions);
  BaseExceptionGroup(const BaseExceptionGroup&) noexcept = default;
  BaseExceptionGroup& operator=(const BaseExceptionGroup&) noexcept = default;
  virtual ~BaseExceptionGroup() = default;

  const std::string& message() const noexcept;
  // The message and the number of errors: "unhandled errors in a TaskGroup (2 sub-exceptions)".
  virtual const char* what() const noexcept;
  std::size_t size() const noexcept;
  // The errors, of which some may be groups.
  std::vector<std::exception_ptr> exceptions() const;
  // The errors that are no groups, at any depth, in order.
  std::vector<std::exception_ptr> leaves() const;
  // A tree: a line for each error with its type and its text.
  std::string format() const;

  // By type: what one of catch (const Errors&)... would catch. A group that is caught itself is taken as a whole.
  template <class... Errors>
  requires(sizeof...(Errors) > 0) GroupSplit<BaseExceptionGroup> split()
  const { return split_as<BaseExceptionGroup>(&is_any<Errors...>, nullptr); }
  template <class... Errors>
  requires(sizeof...(Errors) > 0) std::optional<BaseExceptionGroup> subgroup()
  const { return split<Errors...>().match; }
  // By a function of std::exception_ptr. It is asked about the group first, then about what is in it.
  template <class Predicate>
  GroupSplit<BaseExceptionGroup> split(const Predicate& matches) const {
    return split_as<BaseExceptionGroup>(&call<Predicate>, &matches);
  }
  template <class Predicate>
  std::optional<BaseExceptionGroup> subgroup(const Predicate& matches) const {
    return split(matches).match;
  }

  // Throws the group as what it is: an ExceptionGroup when every error in it is a std::exception. (A `throw` throws what the variable is.)
  [[noreturn]] void raise() const;
  // The same, not thrown.
  std::exception_ptr pointer() const;

 protected:
  using Matches = bool (*)(const std::exception_ptr& error, const void* predicate);
  struct State;
  using StatePointer = std::shared_ptr<const State>;
  struct Parts {
    StatePointer match;
    StatePointer rest;
  };
  explicit BaseExceptionGroup(StatePointer state) noexcept : state_(std::move(state)) {}

  template <class... Errors>
  static bool is_any(const std::exception_ptr& error, const void*) {
    return (is_one<Errors>(error) || ...);
  }
  template <class Predicate>
  static bool call(const std::exception_ptr& error, const void* predicate) {
    return (*static_cast<const Predicate*>(predicate))(error);
  }
  template <class Group>
  GroupSplit<Group> split_as(Matches matches, const void* predicate) const {
    Parts parts = split_by(matches, predicate);
    GroupSplit<Group> split;
    if (parts.match != nullptr) split.match = Group(std::move(parts.match));
    if (parts.rest != nullptr) split.rest = Group(std::move(parts.rest));
    return split;
  }
  // The first error that is no std::exception, as format() shows it; empty when there is none.
  std::string first_other() const;

 private:
  template <class Error>
  static bool is_one(const std::exception_ptr& error) {
    try {
      std::rethrow_exception(error);
    } catch (const Error&) {
      return true;
    } catch (...) {
      return false;
    }
  }
  Parts split_by(Matches matches, const void* predicate) const;
  static std::exception_ptr pointer_to(const StatePointer& state);

  StatePointer state_;
};

class ExceptionGroup : public BaseExceptionGroup, public std::exception {
 public:
  ExceptionGroup(std::string message, const std::vector<std::exception_ptr>& exceptions);
  ExceptionGroup(std::string message, std::vector<StoredError> exceptions);

  const char* what() const noexcept override { return BaseExceptionGroup::what(); }

  // As above; the parts of an ExceptionGroup are such groups.
  template <class... Errors>
  requires(sizeof...(Errors) > 0) GroupSplit<ExceptionGroup> split()
  const { return split_as<ExceptionGroup>(&is_any<Errors...>, nullptr); }
  template <class... Errors>
  requires(sizeof...(Errors) > 0) std::optional<ExceptionGroup> subgroup()
  const { return split<Errors...>().match; }
  template <class Predicate>
  GroupSplit<ExceptionGroup> split(const Predicate& matches) const {
    return split_as<ExceptionGroup>(&call<Predicate>, &matches);
  }
  template <class Predicate>
  std::optional<ExceptionGroup> subgroup(const Predicate& matches) const {
    return split(matches).match;
  }

 private:
  friend class BaseExceptionGroup;
  explicit ExceptionGroup(StatePointer state) noexcept : BaseExceptionGroup(std::move(state)) {}
};

// Python's BaseExceptionGroup(message, exceptions): an ExceptionGroup when every error is a std::exception.
std::exception_ptr make_exception_group(std::string message, const std::vector<std::exception_ptr>& exceptions);
std::exception_ptr make_exception_group(std::string message, std::vector<StoredError> exceptions);

}  // namespace weft
