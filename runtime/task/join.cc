#include "weft/runtime/task/join.h"

#include <utility>
#include <vector>

#include "weft/runtime/task/child_cell.h"

namespace weft {

std::coroutine_handle<> Join::start_slowly(Worker& worker, std::uint32_t left, bool asked) noexcept {
  while (left > 1) push(worker, frames_[--left]);
  if (asked) worker.answer_request();
  if (worker.spend()) return start_first(worker);
  push(worker, frames_[0]);
  return std::noop_coroutine();
}

std::coroutine_handle<> Join::child_ended_slowly(ForkItem* item, std::uint32_t carry, Worker& worker) noexcept {
  // A sibling-less pop may have given an item of another join back to the deque.
  if (item == nullptr) worker.answer_if_asked();
  for (;;) {
    if (item == nullptr && worker.spend()) item = worker.pop_fork_if([this](ForkItem* top) { return is_mine(top); });
    if (item == nullptr) return count_.subtract(carry) ? resume_parent(worker) : std::noop_coroutine();
    ++carry;
    if (!cancelled_.load(std::memory_order_relaxed)) return run_sibling(item, carry, worker);
    // Cancelled before it began: its body never runs.
    if (count_.is_all(carry)) return resume_parent(worker);
    item = nullptr;
  }
}

std::coroutine_handle<> Join::resume_seen_parent(Worker& worker) noexcept {
  Identity(parent_identity_).cell()->wake_in_place();
  worker.set_current(parent_identity_);
  return transfer_to(parent_->frame());
}

TaskCell& Join::materialise(PromiseBase& first, Runtime& runtime) noexcept {
  struct Level {
    Join* join;
    PromiseBase* child;
  };
  // Upwards, locking, until a level whose parent is visible already. A parent that is a child itself is suspended in the join
  // below it, so the lock of that join guards the parent's completion too.
  std::vector<Level> levels;
  for (Level level{this, &first};;) {
    level.join->lock_.lock();
    levels.push_back(level);
    const Identity parent(level.join->parent_identity_);
    if (parent.is_cell()) break;
    PromiseBase* above = parent.child();
    if (above->completion().kind() == Completion::Kind::child_task) {
      level.join->parent_identity_ = Identity(above->completion().cell()).bits();
      break;
    }
    level = {above->completion().join(), above};
  }
  // Downwards: each level's parent has a cell by now.
  std::vector<Join*> cancelled;  // their parents had a request pending: it is delivered to the children
  TaskCell* cell = nullptr;
  for (std::size_t i = levels.size(); i-- > 0;) {
    const auto [join, child] = levels[i];
    if (cell != nullptr) join->parent_identity_ = Identity(cell).bits();
    if (!join->materialised_.load(std::memory_order_relaxed)) {
      TaskCell* parent = Identity(join->parent_identity_).cell();
      if (parent->park(*join->parent_, *join) && parent->take_request()) cancelled.push_back(join);
      join->mark_eventful();
      join->materialised_.store(true, std::memory_order_release);
    }
    if (child->completion().kind() == Completion::Kind::child_task) {
      cell = child->completion().cell();
      continue;
    }
    cell = ChildCell::create(runtime, *child, *join, *Identity(join->parent_identity_).cell());
    child->set_completion(Completion(cell, true));
    if (i != 0) cell->mark_started();  // it waits in the join below
    if (join->cancelled_.load(std::memory_order_relaxed)) cell->remember_cancel();
  }
  for (const Level& level : levels) level.join->lock_.unlock();
  // `first` has not ended, so no join above it has either.
  for (Join* join : cancelled) {
    std::vector<FutureCore*> children;
    static_cast<void>(join->cancel_wait(children));
    for (FutureCore* child : children) {
      child->cancel({});
      child->release();
    }
  }
  return *cell;
}

TaskCell& Join::nearest_cell() noexcept {
  for (Join* join = this;;) {
    // The lock of a join guards who its parent is, and its parent's completion: see materialise.
    join->lock_.lock();
    const Identity parent(join->parent_identity_);
    const Completion above = parent.is_cell() ? Completion() : parent.child()->completion();
    join->lock_.unlock();
    // They wait for a child of ours, so they stay.
    if (parent.is_cell()) return *parent.cell();
    if (above.kind() == Completion::Kind::child_task) return *above.cell();
    join = above.join();
  }
}

Waiter::Reply Join::cancel_wait(std::vector<FutureCore*>& futures) noexcept {
  lock_.lock();
  cancelled_.store(true, std::memory_order_release);
  for (std::uint32_t i = 0; i < count_.count(); ++i) {
    const Completion& completion = PromiseBase::of(frames_[i]).completion();
    if (completion.kind() != Completion::Kind::child_task) continue;
    completion.cell()->retain();
    futures.push_back(completion.cell());
  }
  lock_.unlock();
  return Reply::noted;
}

std::string Join::describe_wait() const { return "fork_join of " + std::to_string(count_.count()) + " children"; }

void Join::abandon_wait() noexcept {
  for (std::uint32_t i = 0; i < count_.count(); ++i) {
    const Completion& completion = PromiseBase::of(frames_[i]).completion();
    if (completion.kind() == Completion::Kind::child_task) completion.cell()->abandon();
  }
}

}  // namespace weft
