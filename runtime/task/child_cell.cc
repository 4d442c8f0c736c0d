#include "weft/runtime/task/child_cell.h"

#include <new>

namespace weft {

ChildCell* ChildCell::create(Runtime& runtime, PromiseBase& child, Join& join, const TaskCell& parent) {
  void* memory = FramePool::allocate<BlockKind::cell>(sizeof(ChildCell));
  auto* cell = new (memory) ChildCell(runtime, child, join);
  cell->begin_context_as(parent);
  cell->live(1);
  return cell;
}

void ChildCell::ended(PromiseBase& root) noexcept {
  std::uint32_t outcome = kResult;
  Ending ending = Ending::result;
  if (root.holds() == PromiseBase::Holds::error) {
    error_ = StoredError(root.stored_error());
    outcome = error_.is_cancelled() ? kCancelled : kError;
    ending = error_.is_cancelled() ? Ending::cancellation : Ending::error;
  }
  // A request that was not delivered counts for the join's parent too: it finds the child cancelled.
  if (end_steps(ending) && ending == Ending::result) outcome = kCancelled;
  mark_retrieved();  // the parent gets it
  publish_and_release(outcome);
}

void ChildCell::cancelled_before_start() noexcept {
  Join* join = join_;
  PromiseBase& child = child_;
  Worker& worker = *this_worker();
  join->skip(child);
  mark_retrieved();
  publish_and_release(kCancelled);
  resume_on(worker, join->child_ended(child, worker));
}

void ChildCell::abandon() noexcept {
  abandon_waiter();
  destroy_from(innermost(), false);
  mark_retrieved();
  publish_and_release(kCancelled);
}

void ChildCell::destroy() noexcept {
  this->~ChildCell();
  FramePool::deallocate<BlockKind::cell>(this, sizeof(ChildCell));
}

}  // namespace weft
