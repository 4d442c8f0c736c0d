#pragma once
// context_map: what a context holds: an immutable map from variables to values.
//
//   asyncio   the HAMT behind contextvars.Context
//   form      a tree over the variables' numbers, four bits a level, whose nodes maps share. The empty map is a null pointer.
//   threads   a map never changes; its nodes, its values and its variables are counted.
//   cost      a copy is one reference; a lookup takes a step per level, log16 of the number of variables that the process has made; another
//             value copies one node of at most 16 entries per level.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/runtime/base/counted.h"

namespace weft {

class ContextBinding;

// What all handles of a variable share. Its address and its number are the variable's identity; a number is given once per process.
class ContextVariable final : public Counted {
 public:
  // `fallback`: the value where no context has one; may be null.
  ContextVariable(std::string_view name, Ref<const ContextBinding> fallback);
  ~ContextVariable() override;
  std::uint64_t number() const noexcept { return number_; }
  const std::string& name() const noexcept { return name_; }
  const ContextBinding* fallback() const noexcept { return fallback_.get(); }

 private:
  const std::uint64_t number_;
  const std::string name_;
  const Ref<const ContextBinding> fallback_;
};

// One value, with the variable that has it; a fallback has none.
class ContextBinding : public Counted {
 public:
  const ContextVariable& variable() const noexcept { return *variable_; }
  std::uint64_t number() const noexcept { return variable_->number(); }

 protected:
  explicit ContextBinding(Ref<const ContextVariable> variable) noexcept : variable_(std::move(variable)) {}

 private:
  const Ref<const ContextVariable> variable_;
};

template <class T>
class ContextBindingOf final : public ContextBinding {
 public:
  template <class Value>
  ContextBindingOf(Ref<const ContextVariable> variable, Value&& value)
      : ContextBinding(std::move(variable)), value_(std::forward<Value>(value)) {}
  const T& value() const noexcept { return value_; }

 private:
  const T value_;
};

class ContextMap final : public Counted {
 public:
  // The value of the variable with this number, borrowed from `map`; null when it has none.
  static const ContextBinding* find(const ContextMap* map, std::uint64_t number) noexcept;
  // `map` with the binding in the place of the variable's former one.
  static Ref<const ContextMap> with(const ContextMap* map, Ref<const ContextBinding> binding);
  // `map` without a value of the variable with this number.
  static Ref<const ContextMap> without(const ContextMap* map, std::uint64_t number);
  static std::size_t size(const ContextMap* map) noexcept { return map == nullptr ? 0 : map->size_; }
  // In the order in which the variables were made.
  static std::vector<const ContextBinding*> bindings(const ContextMap* map);

 private:
  // One of the two.
  struct Entry {
    Ref<const ContextMap> child;
    Ref<const ContextBinding> binding;
  };
  static constexpr unsigned kBits = 4;
  static std::uint32_t bit_of(std::uint64_t number, unsigned level) noexcept {
    return std::uint32_t{1} << ((number >> (level * kBits)) & ((1U << kBits) - 1));
  }
  ContextMap(std::uint32_t present, std::vector<Entry> entries) noexcept;
  ~ContextMap() override = default;
  static Ref<const ContextMap> make(std::uint32_t present, std::vector<Entry> entries);
  static Ref<const ContextMap> with(const ContextMap* map, unsigned level, Ref<const ContextBinding> binding);
  static Ref<const ContextMap> without(const ContextMap* map, unsigned level, std::uint64_t number);
  std::size_t index_of(std::uint32_t bit) const noexcept;
  // A copy with another entry at `index`.
  Ref<const ContextMap> replaced(std::size_t index, Entry entry) const;
  void collect(std::vector<const ContextBinding*>& found) const;

  const std::uint32_t present_;  // which of the 16 entries there are
  const std::vector<Entry> entries_;
  std::size_t size_ = 0;
};

}  // namespace weft
