#include "weft/runtime/base/exception_group.h"

#include <cstdlib>
#include <typeinfo>

#include <cxxabi.h>

#include "weft/runtime/base/errors.h"

namespace weft {
namespace {

constexpr std::size_t kIndent = 4;

std::string type_of(const std::type_info* type) {
  if (type == nullptr) return "an exception of another language";
  int status = 0;
  char* name = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  std::string text = status == 0 ? name : type->name();
  std::free(name);
  return text;
}

// "type: text", or the type alone when there is no text.
std::string line_of(const StoredError& error) {
  std::string type;
  std::string text;
  try {
    error.rethrow();
  } catch (const CancelledError& cancelled) {
    type = type_of(&typeid(cancelled));
    text = cancelled.message();
  } catch (const KeyboardInterrupt& interrupt) {
    type = type_of(&typeid(interrupt));
    text = interrupt.message();
  } catch (const BaseExceptionGroup& group) {
    type = type_of(&typeid(group));
    text = group.what();
  } catch (const std::exception& known) {
    type = type_of(&typeid(known));
    text = known.what();
  } catch (...) {
    type = type_of(abi::__cxa_current_exception_type());
  }
  return text.empty() ? type : type + ": " + text;
}

std::vector<StoredError> store(const std::vector<std::exception_ptr>& exceptions) {
  std::vector<StoredError> stored;
  stored.reserve(exceptions.size());
  for (const std::exception_ptr& exception : exceptions)
    stored.push_back(exception == nullptr ? StoredError() : StoredError(exception));
  return stored;
}

}  // namespace

struct BaseExceptionGroup::State {
  struct Entry {
    StoredError error;
    bool standard = false;         // is it a std::exception?
    StatePointer group = nullptr;  // what is in it, when it is a group
  };

  State(std::string given, std::vector<Entry> with) : message(std::move(given)), entries(std::move(with)) {
    what = message + " (" + std::to_string(entries.size()) + " sub-exception" + (entries.size() == 1 ? ")" : "s)");
    for (const Entry& entry : entries) standard = standard && entry.standard;
  }

  static StatePointer make(std::string message, std::vector<StoredError> errors) {
    if (errors.empty()) {
      throw ValueError("an exception group is made of at least one error; \"" + message +
                       "\" was given none: ask before you make it");
    }
    std::vector<Entry> entries;
    entries.reserve(errors.size());
    for (StoredError& error : errors) {
      if (!error) {
        throw ValueError("item " + std::to_string(entries.size()) + " of the exception group \"" + message +
                         "\" is a null pointer; give exceptions only");
      }
      entries.push_back(entry_of(std::move(error)));
    }
    return std::make_shared<const State>(std::move(message), std::move(entries));
  }

  static Entry entry_of(StoredError error) {
    Entry entry{std::move(error)};
    try {
      entry.error.rethrow();
    } catch (const ExceptionGroup& group) {
      entry.standard = true;
      entry.group = group.state_;
    } catch (const BaseExceptionGroup& group) {
      entry.group = group.state_;
    } catch (const std::exception&) {
      entry.standard = true;
    } catch (...) {
    }
    return entry;
  }

  // A part of this group: its message, other errors.
  StatePointer part(std::vector<Entry> with) const {
    return with.empty() ? nullptr : std::make_shared<const State>(message, std::move(with));
  }

  Parts split(Matches matches, const void* predicate) const {
    std::vector<Entry> match;
    std::vector<Entry> rest;
    for (const Entry& entry : entries) {
      if (matches(entry.error.pointer(), predicate)) {
        match.push_back(entry);
      } else if (entry.group == nullptr) {
        rest.push_back(entry);
      } else {
        const Parts parts = entry.group->split(matches, predicate);
        if (parts.match != nullptr)
          match.push_back({StoredError(pointer_to(parts.match)), parts.match->standard, parts.match});
        if (parts.rest != nullptr)
          rest.push_back({StoredError(pointer_to(parts.rest)), parts.rest->standard, parts.rest});
      }
    }
    return {part(std::move(match)), part(std::move(rest))};
  }

  void add_leaves(std::vector<std::exception_ptr>& leaves) const {
    for (const Entry& entry : entries) {
      if (entry.group != nullptr) {
        entry.group->add_leaves(leaves);
      } else {
        leaves.push_back(entry.error.pointer());
      }
    }
  }

  void add_lines(std::string& text, std::size_t indent) const {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      text += '\n' + std::string(indent, ' ') + std::to_string(i + 1) + ": ";
      for (const char character : line_of(entries[i].error)) {
        text += character;
        if (character == '\n') text.append(indent + kIndent, ' ');
      }
      if (entries[i].group != nullptr) entries[i].group->add_lines(text, indent + kIndent);
    }
  }

  std::string message;
  std::string what;
  std::vector<Entry> entries;
  bool standard = true;  // every error is a std::exception
};

BaseExceptionGroup::BaseExceptionGroup(std::string message, const std::vector<std::exception_ptr>& exceptions)
    : BaseExceptionGroup(std::move(message), store(exceptions)) {}

BaseExceptionGroup::BaseExceptionGroup(std::string message, std::vector<StoredError> exceptions)
    : state_(State::make(std::move(message), std::move(exceptions))) {}

const std::string& BaseExceptionGroup::message() const noexcept { return state_->message; }

const char* BaseExceptionGroup::what() const noexcept { return state_->what.c_str(); }

std::size_t BaseExceptionGroup::size() const noexcept { return state_->entries.size(); }

std::vector<std::exception_ptr> BaseExceptionGroup::exceptions() const {
  std::vector<std::exception_ptr> exceptions;
  exceptions.reserve(size());
  for (const State::Entry& entry : state_->entries) exceptions.push_back(entry.error.pointer());
  return exceptions;
}

std::vector<std::exception_ptr> BaseExceptionGroup::leaves() const {
  std::vector<std::exception_ptr> leaves;
  state_->add_leaves(leaves);
  return leaves;
}

std::string BaseExceptionGroup::format() const {
  std::string text = type_of(&typeid(*this)) + ": " + what();
  state_->add_lines(text, kIndent);
  return text;
}

std::string BaseExceptionGroup::first_other() const {
  for (const State::Entry& entry : state_->entries) {
    if (!entry.standard) return line_of(entry.error);
  }
  return {};
}

BaseExceptionGroup::Parts BaseExceptionGroup::split_by(Matches matches, const void* predicate) const {
  if (matches(pointer(), predicate)) return {state_, nullptr};
  return state_->split(matches, predicate);
}

std::exception_ptr BaseExceptionGroup::pointer_to(const StatePointer& state) {
  return state->standard ? std::make_exception_ptr(ExceptionGroup(state))
                         : std::make_exception_ptr(BaseExceptionGroup(state));
}

std::exception_ptr BaseExceptionGroup::pointer() const { return pointer_to(state_); }

void BaseExceptionGroup::raise() const {
  if (state_->standard) throw ExceptionGroup(state_);
  throw BaseExceptionGroup(state_);
}

ExceptionGroup::ExceptionGroup(std::string message, const std::vector<std::exception_ptr>& exceptions)
    : ExceptionGroup(std::move(message), store(exceptions)) {}

ExceptionGroup::ExceptionGroup(std::string message, std::vector<StoredError> exceptions)
    : BaseExceptionGroup(std::move(message), std::move(exceptions)) {
  const std::string other = first_other();
  if (other.empty()) return;
  throw ValueError("an ExceptionGroup holds std::exceptions only, and \"" + this->message() + "\" was given " + other +
                   "; use make_exception_group, which makes a BaseExceptionGroup of them");
}

std::exception_ptr make_exception_group(std::string message, const std::vector<std::exception_ptr>& exceptions) {
  return make_exception_group(std::move(message), store(exceptions));
}

std::exception_ptr make_exception_group(std::string message, std::vector<StoredError> exceptions) {
  return BaseExceptionGroup(std::move(message), std::move(exceptions)).pointer();
}

}  // namespace weft
