#include "weft/primitives/notify.h"

namespace weft {

void Notify::notify_one() {
  if (WaitingTask* woken = state_.notify_one(); woken != nullptr) woken->wake();
}

void Notify::notify_all() {
  IntrusiveList<WaitingTask> woken;
  state_.notify_all(woken);
  WaitingTask::wake_all(woken);
}

std::string Notify::describe() const {
  const std::size_t waiting = state_.waiting();
  return name_.opening("Notify") + (state_.is_stored() ? " notified" : " idle") +
         (waiting == 0 ? ">" : ", " + std::to_string(waiting) + " waiting>");
}

Notify::Notified::~Notified() {
  if (!was_queued()) return;
  if (WaitingTask* woken = notify_.state_.abandon(*this); woken != nullptr) woken->wake();
}

void Notify::Notified::pass_on(bool queued) {
  if (queued && notify_.state_.was_notified_alone(*this)) notify_.notify_one();
  throw_cancelled();
}

Waiter::Reply Notify::Notified::cancel_wait(std::vector<FutureCore*>&) noexcept {
  return notify_.state_.cancel(*this) ? Reply::cut_short : Reply::too_late;
}

std::string Notify::Notified::describe_wait() const { return notify_.describe(); }

}  // namespace weft
