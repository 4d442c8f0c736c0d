#include "weft/runtime/flow/as_completed.h"

#include <cstdio>

#include <absl/container/flat_hash_set.h>
#include "weft/runtime/base/clock.h"
#include "weft/runtime/base/errors.h"

namespace weft {

struct CompletionState::Known {
  absl::flat_hash_set<const FutureCore*> cores;
};

CompletionState::CompletionState(Runtime& runtime) noexcept : runtime_(&runtime) {}
CompletionState::~CompletionState() = default;

void CompletionState::reserve(std::size_t children) {
  slots_.reserve(children);
  known_ = std::make_unique<Known>();
}

bool CompletionState::add(AnyFuture child, bool fresh, NewTask&& task) {
  const FutureCore& core = child.core();
  core.check_runtime(*runtime_, "as_completed");
  if (!fresh && !known_->cores.insert(&core).second) return false;
  slots_.emplace_back(*this, std::move(child), std::move(task));
  return true;
}

void CompletionState::start(Delay timeout) {
  known_ = nullptr;
  turns_ = pending_ = slots_.size();
  if (slots_.empty()) return;
  // CPython's order: the tasks are scheduled before the callbacks of what is done already.
  IntrusiveList<DoneListener> early;
  for (Slot& slot : slots_) {
    retain();
    if (!slot.child.core().listen(slot)) early.push_back(slot);
  }
  for (Slot& slot : slots_) {
    if (TaskCell* cell = slot.task.release(); cell != nullptr) runtime_->schedule(cell);
  }
  while (DoneListener* listener = early.pop_front()) {
    Slot& slot = *static_cast<Slot*>(listener);
    slot.future_done(slot.child.core());
  }
  if (!timeout.has_value()) return;
  timeout_ = timeout.nanoseconds();
  retain();
  runtime_->add_timer(*this, deadline_after(runtime_->now(), timeout_));
  bool in_vain = false;
  {
    const std::lock_guard lock(lock_);
    if (timer_ == TimerStage::none) timer_ = TimerStage::set;
    in_vain = pending_ == 0 && end_timer();  // the last one ended meanwhile
  }
  if (in_vain) remove_timer();
}

void CompletionState::Slot::future_done(FutureCore& future) noexcept {
  Runtime::run_or_schedule_in(future.runtime(), this);
}

void CompletionState::Slot::run() noexcept {
  CompletionState& state = state_;
  state.completed(*this);
  state.release();
}

void CompletionState::completed(Slot& slot) noexcept {
  Arrival* first = nullptr;
  bool last = false;
  {
    const std::lock_guard lock(lock_);
    if (pending_ == 0) return;  // the timeout or close() was here first
    slot.told = true;
    ended_.push_back(slot);
    first = next_waiting();
    last = --pending_ == 0 && end_timer();
  }
  if (first != nullptr) first->task_->wake();
  if (last) remove_timer();
}

void CompletionState::run() noexcept {
  IntrusiveList<Arrival> woken;
  bool late = false;
  {
    const std::lock_guard lock(lock_);
    timer_ = TimerStage::over;
    late = pending_ != 0;
    timeouts_ = late_ = pending_;
    pending_ = 0;
    for (std::size_t left = timeouts_; left > 0; --left) {
      Arrival* waiting = next_waiting();
      if (waiting == nullptr) break;
      woken.push_back(*waiting);
    }
  }
  if (late) stop_listening();
  while (Arrival* arrival = woken.pop_front()) arrival->task_->wake();
  release();
}

void CompletionState::drop() noexcept {
  {
    const std::lock_guard lock(lock_);
    timer_ = TimerStage::over;
  }
  release();
}

void CompletionState::close() noexcept {
  bool listening = false;
  bool timed = false;
  {
    const std::lock_guard lock(lock_);
    listening = pending_ != 0;
    pending_ = 0;
    timed = end_timer();
  }
  if (listening) stop_listening();
  if (timed) remove_timer();
  release();
}

// After pending_ was set to 0: no slot becomes told any more.
void CompletionState::stop_listening() noexcept {
  for (Slot& slot : slots_) {
    if (!slot.told && slot.child.core().unlisten(slot)) release();
  }
}

bool CompletionState::end_timer() noexcept {
  if (timer_ != TimerStage::set) return false;
  timer_ = TimerStage::over;
  return true;
}

void CompletionState::remove_timer() noexcept {
  if (TimerQueue::remove(*this)) release();
}

bool CompletionState::take_turn() noexcept {
  const std::lock_guard lock(lock_);
  if (turns_ == 0) return false;
  --turns_;
  return true;
}

void CompletionState::return_turn() noexcept {
  const std::lock_guard lock(lock_);
  ++turns_;
}

bool CompletionState::try_take(AnyFuture& future, std::size_t& index) {
  {
    const std::lock_guard lock(lock_);
    if (DoneListener* listener = ended_.pop_front(); listener != nullptr) {
      Slot& slot = *static_cast<Slot*>(listener);
      index = static_cast<std::size_t>(&slot - slots_.data());
      future = std::move(slot.child);
      return true;
    }
    if (timeouts_ == 0) return false;
    --timeouts_;
  }
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%g", static_cast<double>(timeout_) / 1e9);
  throw TimeoutError("as_completed: " + std::to_string(late_) + " of " + std::to_string(slots_.size()) +
                     " awaitables had not ended after " + seconds + " s; they run on");
}

bool CompletionState::enlist(Arrival& arrival) noexcept {
  const std::lock_guard lock(lock_);
  if (!ended_.empty() || timeouts_ != 0) return false;
  waiting_.push_back(arrival);
  return true;
}

bool CompletionState::leave(Arrival& arrival) noexcept {
  const std::lock_guard lock(lock_);
  if (arrival.told_ || !arrival.linked()) return false;
  waiting_.remove(arrival);
  return true;
}

Arrival* CompletionState::next_waiting() noexcept {
  Arrival* first = waiting_.pop_front();
  if (first != nullptr) first->told_ = true;
  return first;
}

void CompletionState::pass_on() noexcept {
  Arrival* next = nullptr;
  {
    const std::lock_guard lock(lock_);
    if (!ended_.empty() || timeouts_ != 0) next = next_waiting();
  }
  if (next != nullptr) next->task_->wake();
}

bool Arrival::suspend(PromiseBase& awaiting) {
  TaskCell& task = current_cell("as_completed");
  if (task.runtime() != state_.runtime()) {
    throw RuntimeError(task.describe_self() +
                       " takes from an as_completed of a different loop; take in the loop that made it");
  }
  task_ = &task;
  if (task.park_held(awaiting, *this)) {
    task.requeue_to_throw(awaiting);
    return true;
  }
  if (state_.enlist(*this)) {
    task.release_hold();  // the last act: another worker may go on with the task now
    return true;
  }
  task.unpark_held();
  return false;
}

Waiter::Reply Arrival::cancel_wait(std::vector<FutureCore*>&) noexcept {
  return state_.leave(*this) ? Reply::cut_short : Reply::too_late;
}

void Arrival::give_up() {
  state_.return_turn();
  if (told_) state_.pass_on();  // as asyncio's Queue.get: whoever cannot take what woke it wakes the next
  task_->throw_cancelled();
}

}  // namespace weft
