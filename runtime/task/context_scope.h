#pragma once
// context_scope: which context the running code is in.
//
//   current   in a callback or inside Context::run: the innermost scope's. In a task: the task's, wherever it runs. Elsewhere: one that the
//             thread has of its own.
//   why       nothing is set when a step begins or ends: the context is found through the task that the worker runs, so that tasks which use
//             no context pay nothing (DECISIONS.md, D17).
//   cost      a lookup: two thread-locals and the task's cell. A child of a fork_join that has no cell looks at those above it, one lock a level.

#include "weft/runtime/task/context_slot.h"

namespace weft {

class Worker;

// While it lives, code on this thread runs in the slot's context. Not in a coroutine: tasks have their own.
class ContextScope {
 public:
  explicit ContextScope(ContextSlot& slot) noexcept;
  // While a task runs inside a callback or a step of another one: its own context counts.
  ContextScope() noexcept;
  ContextScope(const ContextScope&) = delete;
  ContextScope& operator=(const ContextScope&) = delete;
  ~ContextScope();

  // The innermost of this thread that belongs to what its worker runs now; null when there is none.
  static ContextScope* innermost() noexcept;
  // Is the context that of a scope of this thread, or of the task that it runs?
  static bool entered_here(const ContextCore& core) noexcept;
  ContextSlot& slot() const noexcept { return *slot_; }

 private:
  ContextSlot* const slot_;  // null: the running task's
  // A loop that was started inside a scope runs its tasks and callbacks in their own contexts: the scope counts outside of it only.
  const Worker* const worker_;
  ContextScope* const outer_;
};

// What the current context holds now.
Ref<const ContextMap> current_context_map() noexcept;
// The variable's value in the current context, good until this code returns to its caller or changes the context.
FoundBinding find_in_current_context(std::uint64_t number) noexcept;
// Where the current context lives, to be changed or named. A child of a join gets its cell.
ContextSlot& current_context_slot();

}  // namespace weft
