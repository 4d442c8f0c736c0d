#include "weft/runtime/task/future_core.h"

#include <utility>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/base/spin_wait.h"

namespace weft {

void FutureCore::lock(std::uint64_t with) noexcept {
  std::uint64_t seen = word().load(std::memory_order_relaxed);
  for (SpinWait spin;; spin.once()) {
    if ((seen & kLocked) == 0 && word().compare_exchange_weak(seen, seen | kLocked | with, std::memory_order_acquire,
                                                              std::memory_order_relaxed)) {
      return;
    }
    seen = word().load(std::memory_order_relaxed);
  }
}

bool FutureCore::try_retain(std::uint64_t& word) noexcept {
  const std::atomic_ref references(word);
  std::uint64_t seen = references.load(std::memory_order_acquire);
  while (seen >= kOneReference && (seen & kDone) == 0) {
    if (references.compare_exchange_weak(seen, seen + kOneReference, std::memory_order_acq_rel,
                                         std::memory_order_acquire))
      return true;
  }
  return false;
}

void FutureCore::run() noexcept { broken_invariant("a future without a task was put on a run queue"); }

bool FutureCore::listen(DoneListener& listener) noexcept {
  if (done()) return false;
  lock(kListened);
  const bool pending = (word().load(std::memory_order_relaxed) & kDone) == 0;
  if (pending) listeners_.push_back(listener);
  unlock();
  return pending;
}

bool FutureCore::unlisten(DoneListener& listener) noexcept {
  lock();
  // Once the future is done its listeners hang in the list of the publishing thread, which alone may unlink them.
  const bool linked = (word().load(std::memory_order_relaxed) & kDone) == 0 && listener.linked();
  if (linked) listeners_.remove(listener);
  unlock();
  return linked;
}

void FutureCore::unlisten_if(bool (*matches)(DoneListener&, const void*), const void* key,
                             IntrusiveList<DoneListener>& removed) noexcept {
  IntrusiveList<DoneListener> kept;
  lock();
  if ((word().load(std::memory_order_relaxed) & kDone) == 0) {
    while (DoneListener* listener = listeners_.pop_front())
      (matches(*listener, key) ? removed : kept).push_back(*listener);
    listeners_.append(kept);
  }
  unlock();
}

std::vector<FutureCore*> FutureCore::dependents() {
  std::vector<FutureCore*> found;
  lock();
  if ((word().load(std::memory_order_relaxed) & kDone) == 0) {
    listeners_.for_each([&found](DoneListener& listener) {
      FutureCore* dependent = listener.dependent();
      if (dependent == nullptr) return;
      dependent->retain();
      found.push_back(dependent);
    });
  }
  unlock();
  return found;
}

void FutureCore::tell_gone() noexcept {
  while (DoneListener* listener = listeners_.pop_front()) listener->future_gone();
}

bool FutureCore::begin_set() noexcept {
  std::uint64_t seen = word().load(std::memory_order_relaxed);
  while ((seen & (kDone | kSetting)) == 0) {
    if (word().compare_exchange_weak(seen, seen | kSetting, std::memory_order_acq_rel, std::memory_order_relaxed))
      return true;
  }
  return false;
}

void FutureCore::publish(std::uint32_t outcome, std::uint64_t references) noexcept {
  std::uint64_t seen = word().load(std::memory_order_relaxed);
  while ((seen & (kLocked | kListened)) == 0) {
    const std::uint64_t next = ((seen & ~kSetting) | outcome) - references;
    if (word().compare_exchange_weak(seen, next, std::memory_order_acq_rel, std::memory_order_relaxed)) {
      if (next < kOneReference) destroy();
      return;
    }
  }
  publish_to_listeners(outcome);
  if (references != 0) release();
}

void FutureCore::publish_to_listeners(std::uint32_t outcome) noexcept {
  IntrusiveList<DoneListener> told;
  lock();
  told.append(listeners_);
  std::uint64_t seen = word().load(std::memory_order_relaxed);
  while (!word().compare_exchange_weak(seen, (seen & ~(kLocked | kSetting)) | outcome, std::memory_order_acq_rel,
                                       std::memory_order_relaxed)) {
  }
  // A listener may be gone as soon as it was told: unlink first.
  while (DoneListener* listener = told.pop_front()) listener->future_done(*this);
}

void FutureCore::check_result(const char* caller) {
  const std::uint64_t state = this->state();
  if ((state & kDone) == 0) {
    throw InvalidStateError(std::string(caller) + ": the result of " + describe_self() +
                            " is not ready; await it, or ask done() first");
  }
  if ((state & kCancelled) != 0) throw CancelledError(cancel_message());
  if ((state & kError) != 0) {
    mark_retrieved();
    error().rethrow();
  }
}

std::exception_ptr FutureCore::exception(const char* caller) {
  const std::uint64_t state = this->state();
  if ((state & kError) == 0) {
    check_result(caller);
    return nullptr;
  }
  mark_retrieved();
  return error().pointer();
}

void FutureCore::report_unretrieved(const char* what, std::string name, std::string created_at) noexcept {
  if (!has_unretrieved_error()) return;
  Runtime::report_to(runtime_, {std::string(what) + " exception was never retrieved", error().pointer(),
                                std::move(name), std::move(created_at)});
}

}  // namespace weft
