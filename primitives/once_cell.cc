#include "weft/primitives/once_cell.h"

#include "weft/runtime/base/errors.h"

namespace weft {

void OnceCellBase::refuse() const {
  throw RuntimeError("OnceCell is set once: " + describe() + " has a value or gets one from an initialiser that runs");
}

void OnceCellBase::finish() noexcept {
  IntrusiveList<WaitingTask> woken;
  state_.finish(woken);
  WaitingTask::wake_all(woken);
}

void OnceCellBase::give_up() noexcept {
  if (WaitingTask* next = state_.give_up(); next != nullptr) next->wake();
}

void OnceCellBase::withdraw(WaitingTask& place) noexcept {
  if (WaitingTask* next = state_.withdraw(place); next != nullptr) next->wake();
}

std::string OnceCellBase::describe() const {
  const std::size_t waiting = state_.waiting();
  const char* does = initialised() ? " initialised" : state_.is_being_made() ? " initialising" : " empty";
  return name_.opening("OnceCell") + does + (waiting == 0 ? ">" : ", " + std::to_string(waiting) + " waiting>");
}

}  // namespace weft
