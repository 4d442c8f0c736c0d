#pragma once
// identity: which task a worker runs: its cell, or, for a child of a join that has none, its promise.
//
//   threads   a value; Worker::current() keeps its bits.

#include <cstdint>

namespace weft {

class PromiseBase;
class TaskCell;

class Identity {
 public:
  Identity() noexcept : bits_(0) {}
  explicit Identity(std::uintptr_t bits) noexcept : bits_(bits) {}
  explicit Identity(TaskCell* cell) noexcept : bits_(reinterpret_cast<std::uintptr_t>(cell)) {}
  explicit Identity(PromiseBase* child) noexcept : bits_(reinterpret_cast<std::uintptr_t>(child) | 1) {}
  std::uintptr_t bits() const noexcept { return bits_; }
  bool none() const noexcept { return bits_ == 0; }
  bool is_cell() const noexcept { return (bits_ & 1) == 0; }
  TaskCell* cell() const noexcept { return reinterpret_cast<TaskCell*>(bits_); }
  PromiseBase* child() const noexcept { return reinterpret_cast<PromiseBase*>(bits_ - 1); }

 private:
  std::uintptr_t bits_;
};

}  // namespace weft
