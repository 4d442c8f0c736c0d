#include "weft/runtime/task/future_core.h"

#include <utility>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/task/call_frame.h"

namespace weft {

void FutureCore::run() noexcept { broken_invariant("a future without a task was put on a run queue"); }

bool FutureCore::listen(DoneListener& listener) noexcept { return future_word().listen(listeners_, listener); }

bool FutureCore::unlisten(DoneListener& listener) noexcept { return future_word().unlisten(listeners_, listener); }

void FutureCore::refuse_runtime(const char* caller) const {
  throw ValueError(std::string(caller) + ": " + describe_self() +
                   " belongs to a different loop; give it what the loop that runs here has made");
}

std::vector<FutureCore*> FutureCore::dependents() {
  std::vector<FutureCore*> found;
  for_each_listener([&found](DoneListener& listener) {
    FutureCore* dependent = listener.dependent();
    if (dependent != nullptr && dependent->try_retain()) found.push_back(dependent);
  });
  return found;
}

void FutureCore::tell_gone() noexcept {
  while (DoneListener* listener = listeners_.pop_front()) listener->future_gone();
}

void FutureCore::publish(std::uint32_t outcome, std::uint64_t references) noexcept {
  const States::Published published = future_word().publish(outcome, references);
  if (published == States::Published::last) destroy();
  if (published != States::Published::listened) return;
  IntrusiveList<DoneListener> told;
  future_word().publish_to_listeners(outcome, listeners_, told);
  // A listener may be gone as soon as it was told: unlink first.
  while (DoneListener* listener = told.pop_front()) listener->future_done(*this);
  if (references != 0) release();
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

void FutureCore::report_unretrieved(const char* what, std::string name,
                                    const std::source_location& created_at) noexcept {
  if (!has_unretrieved_error()) return;
  Runtime::report_to(runtime_, {std::string(what) + " exception was never retrieved", error().pointer(),
                                std::move(name), place_of(created_at)});
}

}  // namespace weft
