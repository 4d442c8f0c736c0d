#pragma once
// waiting_task: a task in the line of a primitive; the base of the primitives' awaiters, in the suspended frame.
//
//   resumes   through the run queue of whoever wakes it, never inside.
//   cancel    takes it out of the line; what it was woken for already goes to the next one.
//   errors    RuntimeError: the line belongs to another loop.

#include <coroutine>
#include <string>
#include <type_traits>
#include <utility>

#include "weft/primitives/wait_queue.h"
#include "weft/runtime/task/task_cell.h"

namespace weft {

class WaitingTask : public Waiter, public ListNode {
 public:
  WaitMark<> mark;

  // Whoever has woken the place tells it, without the guard.
  void wake() noexcept { task_->wake(); }
  // A member of several that were woken, the first one first.
  template <class Place>
  static void wake_all(IntrusiveList<Place>& woken) noexcept {
    while (Place* place = woken.pop_front()) place->wake();
  }

 protected:
  WaitingTask() = default;
  // Not in the frame of a task that waits: no address of it is known yet.
  WaitingTask(WaitingTask&&) noexcept {}
  ~WaitingTask() = default;

  // Suspends the task unless `take_or_queue()` is true. False: it goes on at once. `cancel()` is the primitive's: false when it was woken.
  template <class Promise, class TakeOrQueue, class Cancel>
  bool suspend(std::coroutine_handle<Promise> awaiting, const char* caller, TakeOrQueue take_or_queue, Cancel cancel) {
    static_assert(std::is_base_of_v<PromiseBase, Promise>, "weft's primitives are awaited in weft coroutines only");
    task_ = &current_cell(caller);
    mark.loop.set(task_->runtime()->serial());
    return suspend_again(awaiting.promise(), take_or_queue, cancel);
  }
  // The same from wait_again().
  template <class TakeOrQueue, class Cancel>
  bool suspend_again(PromiseBase& promise, TakeOrQueue take_or_queue, Cancel cancel) {
    const bool requested = task_->park_held(promise, *this);
    if (take_or_queue()) {
      task_->unpark_held();
      return false;
    }
    if (turned_away()) {
      task_->ask_again(false);
      task_->unpark_held();
      refuse_loop();
    }
    queued_ = true;
    if (requested && cancel()) {  // as in asyncio: it is in the line, and cancelled there, until its next step
      task_->requeue_to_throw(promise);
    } else {
      // The last act: another worker may go on with the task now. Who has woken it already waits for this, and the request for the next step.
      task_->release_hold();
    }
    return true;
  }
  // After it was to be queued: it was not.
  bool turned_away() const noexcept { return mark.loop.get() == kTurnedAway; }
  // In await_resume and destructors: was it in the line? Once.
  bool was_queued() noexcept { return std::exchange(queued_, false); }
  // In await_resume: this step began to throw.
  bool take_throw() noexcept { return task_ != nullptr && task_->take_throw(); }
  [[noreturn]] void throw_cancelled() { task_->throw_cancelled(); }
  TaskCell* task() const noexcept { return task_; }

 private:
  [[noreturn]] void refuse_loop() const;

  TaskCell* task_ = nullptr;
  bool queued_ = false;
};

}  // namespace weft
