#include "weft/primitives/condition.h"

#include "weft/runtime/base/errors.h"

namespace weft {

void Condition::refuse(const char* what) {
  throw RuntimeError(std::string("cannot ") + what +
                     " un-acquired lock: hold the condition's lock, by acquire() or scoped()");
}

void Condition::notify(std::size_t n) {
  if (!locked()) refuse("notify on");
  wake(n);
}

void Condition::wake(std::size_t n) noexcept {
  IntrusiveList<WaitingTask> woken;
  state_.notify(n, woken);
  WaitingTask::wake_all(woken);
}

// Somebody who did not hold the lock may have released it since wait() looked. One that was notified meanwhile goes on all the same.
void Condition::Notified::release() noexcept {
  try {
    condition_.lock_.release();
  } catch (const RuntimeError&) {
    refused_ = condition_.state_.cancel(*this);
  }
}

std::string Condition::describe() const {
  const std::size_t waiting = state_.waiting();
  return name_.opening("Condition") + (locked() ? " locked" : " unlocked") +
         (waiting == 0 ? ">" : ", " + std::to_string(waiting) + " waiting>");
}

}  // namespace weft
