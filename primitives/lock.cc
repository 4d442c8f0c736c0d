#include "weft/primitives/lock.h"

#include "weft/runtime/base/errors.h"

namespace weft {

void Lock::release() {
  WaitingTask* woken = nullptr;
  if (state_.release(woken) == State::Released::was_free) {
    throw RuntimeError("Lock is not acquired: release() needs a lock that is held");
  }
  if (woken != nullptr) woken->wake();
}

std::string Lock::describe() const {
  const std::size_t waiting = state_.waiting();
  return name_.opening("Lock") + (locked() ? " locked" : " unlocked") +
         (waiting == 0 ? ">" : ", " + std::to_string(waiting) + " waiting>");
}

Lock::Acquire::~Acquire() {
  if (!was_queued()) return;
  if (WaitingTask* woken = lock_.state_.abandon(*this); woken != nullptr) woken->wake();
}

bool Lock::Acquire::await_resume() {
  const bool thrown = take_throw();
  if (was_queued()) {
    if (WaitingTask* woken = lock_.state_.leave(*this, thrown); woken != nullptr) woken->wake();
  }
  if (thrown) throw_cancelled();
  lock_.holder_.is_current();
  return true;
}

Waiter::Reply Lock::Acquire::cancel_wait(std::vector<FutureCore*>&) noexcept {
  return lock_.state_.cancel(*this) ? Reply::cut_short : Reply::too_late;
}

std::string Lock::Acquire::describe_wait() const { return lock_.describe(); }

Identity Lock::Acquire::holder() const noexcept { return lock_.locked() ? lock_.holder_.identity() : Identity(); }

}  // namespace weft
