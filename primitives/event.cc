#include "weft/primitives/event.h"

namespace weft {

void Event::set() {
  IntrusiveList<WaitingTask> woken;
  state_.set(woken);
  WaitingTask::wake_all(woken);
}

std::string Event::describe() const {
  const std::size_t waiting = state_.waiting();
  return name_.opening("Event") + (is_set() ? " set" : " unset") +
         (waiting == 0 ? ">" : ", " + std::to_string(waiting) + " waiting>");
}

}  // namespace weft
