#include "weft/primitives/rw_lock.h"

#include "weft/runtime/base/errors.h"

namespace weft {

void RwLock::release(RwAccess access) {
  IntrusiveList<RwPlace> woken;
  if (state_.release(access, woken) == decltype(state_)::Released::was_not_held) {
    throw RuntimeError(access == RwAccess::read
                           ? "RwLock is not acquired: release_read() needs a lock that somebody reads under"
                           : "RwLock is not acquired: release_write() needs a lock that somebody writes under");
  }
  WaitingTask::wake_all(woken);
}

void RwLock::downgrade() {
  IntrusiveList<RwPlace> woken;
  if (state_.downgrade(woken) == decltype(state_)::Released::was_not_held) {
    throw RuntimeError("RwLock is not acquired: downgrade() needs a lock that somebody writes under");
  }
  WaitingTask::wake_all(woken);
}

Held<RwLock::Reading> RwLock::downgrade(Held<Writing> held) {
  Writing* writing = held.let_go();
  if (writing == nullptr) throw RuntimeError("RwLock: downgrade() needs a guard that was not moved from");
  RwLock& lock = writing->lock();
  lock.downgrade();
  return Held<Reading>(lock);
}

void RwLock::withdraw(RwPlace& place) noexcept {
  IntrusiveList<RwPlace> woken;
  state_.withdraw(place, woken);
  WaitingTask::wake_all(woken);
}

std::string RwLock::describe() const {
  const std::size_t waiting = state_.waiting();
  const std::uint64_t reading = readers();
  std::string text = name_.opening("RwLock");
  if (write_locked()) {
    text += " write-locked";
  } else if (reading == 0) {
    text += " unlocked";
  } else {
    text += reading == 1 ? " 1 reader" : " " + std::to_string(reading) + " readers";
  }
  return text + (waiting == 0 ? ">" : ", " + std::to_string(waiting) + " waiting>");
}

}  // namespace weft
