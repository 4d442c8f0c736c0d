#pragma once
// join: a parent that waits until all its children have ended, and costs no atomic operation as long as nobody looks.
//
//   carry     Each child accounts for itself: its carry is 1. A child that ends and finds its next sibling on top of its worker's fork
//             deque hands it carry + 1 and lets it run. Only a child that finds no sibling subtracts its carry from remaining_.
//             So if nothing was stolen, the last child carries all and resumes the parent without a read-modify-write.
//   private   Children and parent have no cells and nobody can reach the join, until a child suspends, asks who it is, or is
//             enumerated: then materialise() gives the child and everyone above it a cell and parks the parents, so that a
//             cancel of the parent reaches the children. A cancel that came before is delivered then.
//   life      the join lies in the parent's frame; it ends when the last child has subtracted its carry. A canceller that walks the
//             children holds the parent's park word, for which the last child waits.
//   threads   child_ended, materialise: the worker that runs a child. cancel_wait: a canceller that holds the parent.

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <vector>

#include "weft/runtime/base/spin_lock.h"
#include "weft/runtime/task/identity.h"
#include "weft/runtime/task/join_count.h"
#include "weft/runtime/task/promise.h"
#include "weft/runtime/task/task_cell.h"

namespace weft {

class Join final : public Waiter {
 public:
  Join() = default;
  Join(const Join&) = delete;
  Join& operator=(const Join&) = delete;

  // Starts `count` children (at least 1), whose frames are in `frames` and have not run: all but the first are pushed, last to
  // first, and the first runs next. Call it as the last act of the parent's suspension.
  std::coroutine_handle<> start(PromiseBase& parent, void** frames, std::uint32_t count) noexcept {
    Worker& worker = *this_worker();
    parent_ = &parent;
    parent_identity_ = worker.current();
    frames_ = frames;
    count_.reset(count);
    // All of them before the first is published: a child that is stolen and seen at once leads cancellers to its siblings.
    for (std::uint32_t i = 0; i < count; ++i) prepare(frames[i]);
    bool asked = false;
    std::uint32_t left = count;
    while (left > 1 && worker.has_fork_room()) {
      --left;
      asked = worker.push_fork_into_room(item_of(PromiseBase::of(frames[left]))) || asked;
    }
    // What needs calls is elsewhere, so that this path saves no registers.
    if (left > 1 || asked || !worker.spend()) [[unlikely]]
      return start_slowly(worker, left, asked);
    return start_first(worker);
  }

  // The child has ended. Returns what runs next.
  [[gnu::always_inline]] std::coroutine_handle<> child_ended(PromiseBase& child, Worker& worker) noexcept {
    const std::uint32_t carry = child.carry();
    if (!count_.is_all(carry)) {
      ForkItem* item = nullptr;
      if (worker.spend()) [[likely]]
        item = worker.pop_private_fork_if(
            [&child](ForkItem* top) { return promise_of(top)->completion() == child.completion(); });
      if (item == nullptr || cancelled_.load(std::memory_order_relaxed)) [[unlikely]]
        return child_ended_slowly(item, carry, worker);
      return run_sibling(item, carry + 1, worker);
    }
    return resume_parent(worker);
  }

  // The frame to resume for a child that was popped from a fork deque or stolen.
  std::coroutine_handle<> start_child(PromiseBase& child, Worker& worker) noexcept {
    if (cancelled_.load(std::memory_order_relaxed)) [[unlikely]]
      return child_ended(child, worker);
    worker.set_current(Identity(&child).bits());
    return child.frame();
  }

  // The child's cell is about to be let go: the join forgets it.
  void detach(PromiseBase& child) noexcept {
    lock_.lock();
    child.set_completion(Completion(this));
    lock_.unlock();
  }

  // A child with a cell that was cancelled before its first step.
  void skip(PromiseBase& child) noexcept {
    detach(child);
    cancelled_child_.store(true, std::memory_order_release);
  }
  // Was a child cancelled before it ran? Then its frame holds no result.
  bool skipped_child() const noexcept { return cancelled_child_.load(std::memory_order_acquire); }

  // Notes the first failure.
  void child_failed(PromiseBase& child) noexcept {
    mark_eventful();
    PromiseBase* none = nullptr;
    first_failure_.compare_exchange_strong(none, &child, std::memory_order_acq_rel, std::memory_order_relaxed);
  }

  // For the parent, when all children have ended. Not eventful: no failure, no cell, so no cancel either.
  bool eventful() const noexcept { return eventful_.load(std::memory_order_relaxed); }
  void mark_eventful() noexcept { eventful_.store(true, std::memory_order_relaxed); }
  TaskCell* parent_cell() const noexcept {
    return materialised_.load(std::memory_order_acquire) ? Identity(parent_identity_).cell() : nullptr;
  }
  PromiseBase* first_failure() const noexcept { return first_failure_.load(std::memory_order_acquire); }
  bool was_cancelled() const noexcept { return cancelled_.load(std::memory_order_acquire); }

  // Makes `child`, which runs or is about to, and everyone above it visible. Returns the child's cell.
  TaskCell& materialise(PromiseBase& child, Runtime& runtime) noexcept;

  // The nearest task above the children that has a cell. For a child that runs.
  TaskCell& nearest_cell() noexcept;

  Reply cancel_wait(std::vector<FutureCore*>& futures) noexcept override;
  std::string describe_wait() const override;
  // Destroys what the children have suspended in, innermost first: they may refer to the parent's locals.
  void abandon_wait() noexcept override;

  static ForkItem* item_of(PromiseBase& child) noexcept { return reinterpret_cast<ForkItem*>(&child); }
  static PromiseBase* promise_of(ForkItem* item) noexcept { return reinterpret_cast<PromiseBase*>(item); }

 private:
  void prepare(void* frame) noexcept {
    PromiseBase& child = PromiseBase::of(frame);
    child.set_completion(Completion(this));
    child.set_carry(1);
  }
  std::coroutine_handle<> start_first(Worker& worker) noexcept {
    PromiseBase& first = PromiseBase::of(frames_[0]);
    worker.set_current(Identity(&first).bits());
    return transfer_to(first.frame());
  }
  std::coroutine_handle<> run_sibling(ForkItem* item, std::uint32_t carry, Worker& worker) noexcept {
    PromiseBase& sibling = *promise_of(item);
    sibling.set_carry(carry);
    worker.set_current(Identity(&sibling).bits());
    return transfer_to(sibling.frame());
  }
  std::coroutine_handle<> resume_parent(Worker& worker) noexcept {
    if (materialised_.load(std::memory_order_acquire)) [[unlikely]]
      return resume_seen_parent(worker);
    worker.set_current(parent_identity_);
    return transfer_to(parent_->frame());
  }
  // Pushes the children below `left`, answers a thief, and goes on or, without budget, back to the loop.
  std::coroutine_handle<> start_slowly(Worker& worker, std::uint32_t left, bool asked) noexcept;
  // `item`: a sibling that was popped and has not begun, or null. `carry` does not count it.
  std::coroutine_handle<> child_ended_slowly(ForkItem* item, std::uint32_t carry, Worker& worker) noexcept;
  std::coroutine_handle<> resume_seen_parent(Worker& worker) noexcept;
  void push(Worker& worker, void* frame) noexcept { worker.push_fork(item_of(PromiseBase::of(frame))); }
  bool is_mine(ForkItem* item) noexcept { return promise_of(item)->completion() == Completion(this); }

  JoinCount<> count_;
  // cancelled_: the parent was cancelled while it waited here. Written by cancel_wait under lock_ and by materialise; read before a
  //   child starts (relaxed: a child that starts just before is cancelled at its first wait instead).
  std::atomic<bool> cancelled_{false};
  // cancelled_child_: written by whoever skips a child (release), read by the parent when all have ended.
  std::atomic<bool> cancelled_child_{false};
  // materialised_: the parent is parked and has a cell. Written once, under lock_; release -> acquire in child_ended.
  std::atomic<bool> materialised_{false};
  // eventful_: a child has failed, or somebody has seen the join, or the wait is no join. Written by whoever ends a child or materialises, read
  //   by the parent, whom the end of the last child tells. relaxed: count_ orders it.
  std::atomic<bool> eventful_{false};
  SpinLock lock_;  // materialise against cancel_wait: completions of children, parent_identity_
  // Set by start().
  PromiseBase* parent_;
  std::uintptr_t parent_identity_;
  void** frames_;
  // first_failure_: the first child that ended with an exception. CAS, so that there is one; acq_rel: the parent sees the exception.
  std::atomic<PromiseBase*> first_failure_{nullptr};
};

}  // namespace weft
