#include "weft/primitives/semaphore.h"

#include "weft/runtime/base/errors.h"

namespace weft {
namespace {

std::uint64_t checked(std::int64_t value, const char* what) {
  if (value < 0)
    throw ValueError(std::string(what) + " initial value must be >= 0, but " + std::to_string(value) + " was given");
  return static_cast<std::uint64_t>(value);
}

}  // namespace

Semaphore::Semaphore(std::int64_t value, std::uint64_t bound, const char* what, Name name)
    : state_(checked(value, what)), bound_(bound), what_(what), name_(std::move(name)) {
  if (static_cast<std::uint64_t>(value) > State::kMost) {
    throw ValueError(std::string(what) + " initial value must be at most 2^62 - 1, but " + std::to_string(value) +
                     " was given");
  }
}

void Semaphore::release() {
  WaitingTask* woken = nullptr;
  if (state_.release(woken, bound_) == State::Released::too_many) {
    throw ValueError(std::string(what_) + " released too many times: it has all of its " + std::to_string(bound_) +
                     " permits");
  }
  if (woken != nullptr) woken->wake();
}

std::string Semaphore::describe() const {
  const std::size_t waiting = state_.waiting();
  const std::string text =
      name_.opening(what_) + (locked() ? " locked" : " unlocked, value " + std::to_string(value()));
  return text + (waiting == 0 ? ">" : ", " + std::to_string(waiting) + " waiting>");
}

Semaphore::Acquire::~Acquire() {
  if (!was_queued()) return;
  IntrusiveList<WaitingTask> woken;
  semaphore_.state_.abandon(*this, woken);
  wake_all(woken);
}

bool Semaphore::Acquire::await_resume() {
  const bool thrown = take_throw();
  if (was_queued()) {
    IntrusiveList<WaitingTask> woken;
    semaphore_.state_.leave(*this, thrown, woken);
    wake_all(woken);
  }
  if (thrown) throw_cancelled();
  return true;
}

Waiter::Reply Semaphore::Acquire::cancel_wait(std::vector<FutureCore*>&) noexcept {
  return semaphore_.state_.cancel(*this) ? Reply::cut_short : Reply::too_late;
}

std::string Semaphore::Acquire::describe_wait() const { return semaphore_.describe(); }

}  // namespace weft
