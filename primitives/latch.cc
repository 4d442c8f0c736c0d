#include "weft/primitives/latch.h"

#include "weft/runtime/base/errors.h"

namespace weft {
namespace {

std::uint64_t checked(std::int64_t count) {
  if (count < 0) throw ValueError("Latch: count must be >= 0, but " + std::to_string(count) + " was given");
  if (static_cast<std::uint64_t>(count) > LatchState<WaitingTask>::kMost) {
    throw ValueError("Latch: count must be at most 2^62 - 1, but " + std::to_string(count) + " was given");
  }
  return static_cast<std::uint64_t>(count);
}

}  // namespace

Latch::Latch(std::int64_t count, Name name) : state_(checked(count)), name_(std::move(name)) {}

void Latch::count_down(std::int64_t n) {
  if (n < 0) {
    throw ValueError("Latch: count_down() takes a number >= 0, but " + std::to_string(n) + " was given");
  }
  IntrusiveList<WaitingTask> woken;
  if (state_.count_down(static_cast<std::uint64_t>(n), woken) == State::Counted::too_many) {
    throw ValueError("Latch: count_down(" + std::to_string(n) + ") is more than the " + std::to_string(pending()) +
                     " pending: nothing was counted");
  }
  WaitingTask::wake_all(woken);
}

std::string Latch::describe() const {
  const std::size_t waiting = state_.waiting();
  const std::int64_t left = pending();
  const std::string text = name_.opening("Latch") + (left == 0 ? " open" : " " + std::to_string(left) + " pending");
  return text + (waiting == 0 ? ">" : ", " + std::to_string(waiting) + " waiting>");
}

}  // namespace weft
