#include "weft/runtime/task/context_var.h"

#include "weft/runtime/base/errors.h"

namespace weft {

void AnyContextVar::refuse_missing(const char* where) const {
  throw LookupError(std::string(where) + ": the context variable '" + name() +
                    "' has no value here; set() one, or give a default");
}

std::string AnyContextToken::describe() const {
  if (!variable_) return "<Token moved from>";
  return std::string("<Token ") + (used_ ? "used " : "") + "var='" + variable_->name() + "'>";
}

void AnyContextToken::reset(const ContextVariable& variable) {
  const auto refuse = [this, &variable] {
    return "ContextVar::reset: " + describe() + ", given to variable '" + variable.name() + "', ";
  };
  if (!variable_) throw RuntimeError(refuse() + "names nothing; keep the token that set() gave");
  if (used_) throw RuntimeError(refuse() + "has already been used once; a token undoes one set()");
  if (variable_.get() != &variable)
    throw ValueError(refuse() + "was created by a different ContextVar; give it to the variable that made it");
  if (current_context_slot().core_or_null() != core_.get())
    throw ValueError(refuse() + "was created in a different Context; reset in the task or run() that called set()");
  used_ = true;
  if (before_) {
    core_->set(before_);
  } else {
    core_->remove(variable.number());
  }
}

}  // namespace weft
