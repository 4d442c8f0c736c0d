#pragma once
// child_cell: the task of a join's child, made when somebody can see it. The result stays in the child's frame, for the parent.

#include "weft/runtime/task/join.h"

namespace weft {

class ChildCell final : public TaskCell {
 public:
  // One reference of the runtime, until the child has ended. Its context is a copy of its parent's, which waits in the join.
  static ChildCell* create(Runtime& runtime, PromiseBase& child, Join& join, const TaskCell& parent);

  Join* join() const noexcept { return join_; }
  TaskCell* joining_parent() noexcept override { return &join_->nearest_cell(); }
  Identity former_identity() const noexcept override { return Identity(&child_); }
  const StoredError& error() const noexcept override { return error_; }
  // Takes a copy of the error, if any, tells who waits, and lets the runtime's reference go. The join goes on by itself.
  void ended(PromiseBase& root) noexcept override;
  void abandon() noexcept override;

 protected:
  void cancelled_before_start() noexcept override;
  void destroy() noexcept override;

 private:
  ChildCell(Runtime& runtime, PromiseBase& child, Join& join)
      : TaskCell(&runtime, {}, &child), child_(child), join_(&join) {}
  PromiseBase& child_;
  Join* join_;
  StoredError error_;
};

}  // namespace weft
