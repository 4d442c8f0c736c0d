#include "weft/runtime/task/context_scope.h"

#include "weft/runtime/task/join.h"
#include "weft/runtime/task/task_cell.h"

namespace weft {
namespace {

thread_local ContextScope* t_innermost = nullptr;

// The context of code that neither a task nor a callback runs.
ContextSlot& slot_of_thread() noexcept {
  static thread_local ContextSlot slot;
  return slot;
}

// The cell whose context the running task has: its own, or for a child that has none that of the nearest above. Null outside a task.
const TaskCell* cell_with_context(const Worker* worker) noexcept {
  if (worker == nullptr) return nullptr;
  const Identity running(worker->current());
  if (running.none()) return nullptr;
  return running.is_cell() ? running.cell() : &running.child()->completion().join()->nearest_cell();
}

// Null: the empty context.
const ContextSlot* readable_slot() noexcept {
  if (const ContextScope* scope = ContextScope::innermost(); scope != nullptr) return &scope->slot();
  if (const TaskCell* cell = cell_with_context(this_worker()); cell != nullptr) return cell->context_or_null();
  return &slot_of_thread();
}

}  // namespace

ContextScope::ContextScope(ContextSlot& slot) noexcept : slot_(&slot), worker_(this_worker()), outer_(t_innermost) {
  t_innermost = this;
}
ContextScope::ContextScope() noexcept : slot_(nullptr), worker_(this_worker()), outer_(t_innermost) {
  t_innermost = this;
}

ContextScope::~ContextScope() { t_innermost = outer_; }

ContextScope* ContextScope::innermost() noexcept {
  ContextScope* scope = t_innermost;
  return scope != nullptr && scope->slot_ != nullptr && scope->worker_ == this_worker() ? scope : nullptr;
}

bool ContextScope::entered_here(const ContextCore& core) noexcept {
  for (const ContextScope* scope = t_innermost; scope != nullptr; scope = scope->outer_) {
    if (scope->slot_ != nullptr && scope->slot_->core_or_null() == &core) return true;
  }
  const Worker* worker = this_worker();
  if (worker == nullptr) return slot_of_thread().core_or_null() == &core;
  const Identity running(worker->current());
  if (running.none() || !running.is_cell()) return false;
  const ContextSlot* slot = running.cell()->context_or_null();
  return slot != nullptr && slot->core_or_null() == &core;
}

Ref<const ContextMap> current_context_map() noexcept {
  const ContextSlot* slot = readable_slot();
  return slot == nullptr ? Ref<const ContextMap>() : slot->map();
}

FoundBinding find_in_current_context(std::uint64_t number) noexcept {
  const ContextSlot* slot = readable_slot();
  return slot == nullptr ? FoundBinding() : slot->find(number);
}

ContextSlot& current_context_slot() {
  if (ContextScope* scope = ContextScope::innermost(); scope != nullptr) return scope->slot();
  if (TaskCell* cell = current_cell_or_null(); cell != nullptr) return cell->context();
  return slot_of_thread();
}

}  // namespace weft
