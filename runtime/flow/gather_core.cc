#include "weft/runtime/flow/gather_core.h"

#include <exception>

#include <absl/container/flat_hash_set.h>
#include "weft/runtime/base/errors.h"

namespace weft {
namespace {

// The shape of when_all_done: only the end of the children matters, no result is taken from them.
struct Ends {
  struct Child {
    const AnyFuture& future;
  };
  using Kept = std::vector<AnyFuture>;
  using type = std::monostate;
  template <class Visit>
  static void for_each(const Kept& kept, Visit visit) {
    for (const AnyFuture& future : kept) visit(Child{future});
  }
  static type make(const Kept&) { return {}; }
};

}  // namespace

void GatherState::start(const std::vector<AnyFuture>& children) {
  slots_.reserve(children.size());
  absl::flat_hash_set<const FutureCore*> known;
  known.reserve(children.size());
  for (const AnyFuture& child : children) {
    if (known.insert(child.core_or_null()).second) slots_.emplace_back(*this, child);
  }
  remaining_.store(slots_.size(), std::memory_order_relaxed);
  if (slots_.empty()) {
    all_done(nullptr);
    return;
  }
  // A child that is done already tells at once, but after the others are listened to; and the gather lives until the loop is through.
  retain();
  std::vector<FutureCore*> early;
  for (Slot& slot : slots_) {
    retain();
    if (slot.child.core().listen(slot)) continue;
    release();
    early.push_back(&slot.child.core());
  }
  for (FutureCore* child : early) child_done(*child);
  if (done()) stop_listening();  // a child may have failed before its siblings were listened to
  release();
}

void GatherState::stop_listening() noexcept {
  for (Slot& slot : slots_) {
    FutureCore& child = slot.child.core();
    child.mark_retrieved();
    if (child.unlisten(slot)) release();
  }
}

void GatherState::waiter_abandoned() noexcept {
  stop_listening();
  for (Slot& slot : slots_) slot.child.core().waiter_abandoned();
}

void GatherState::Slot::future_done(FutureCore& future) noexcept { Runtime::schedule_in(future.runtime(), this); }

void GatherState::Slot::run() noexcept {
  GatherState& gather = gather_;
  gather.child_done(child.core());
  gather.release();
}

void GatherState::child_done(FutureCore& child) noexcept {
  if (child.has_error()) child.mark_retrieved();
  if (policy_ != GatherPolicy::return_exceptions && !child.has_result()) {
    FutureCore* none = nullptr;
    failed_.compare_exchange_strong(none, &child, std::memory_order_acq_rel, std::memory_order_relaxed);
    if (policy_ == GatherPolicy::first_failure && begin_set()) {
      store_error(child.cancelled() ? StoredError::cancelled(child.cancel_message()) : child.error());
      publish(kError);
      stop_listening();
    }
  }
  if (remaining_.fetch_sub(1, std::memory_order_acq_rel) == 1) all_done(&child);
}

void GatherState::all_done(FutureCore* last) noexcept {
  if (!begin_set()) return;
  std::uint32_t outcome = kError;
  FutureCore* failed = failed_.load(std::memory_order_acquire);
  if (last != nullptr && cancel_requested_.load(std::memory_order_acquire)) {
    store_error(StoredError::cancelled(last->cancel_message()));
  } else if (failed != nullptr) {
    store_error(failed->cancelled() ? StoredError::cancelled(failed->cancel_message()) : failed->error());
  } else {
    try {
      store_results();
      outcome = kResult;
    } catch (...) {
      store_error(StoredError::current());
    }
  }
  publish(outcome);
}

bool GatherState::cancel(std::string_view message) {
  if (done()) return false;
  bool delivered = false;
  for (Slot& slot : slots_) delivered = slot.child.cancel(message) || delivered;
  // The children may have told before this store; then the gather is over all the same.
  if (delivered) cancel_requested_.store(true, std::memory_order_release);
  return delivered;
}

std::string GatherState::describe_self() const {
  return "<gather of " + std::to_string(slots_.size()) + (done() ? " finished>" : " pending>");
}

AnyFuture when_all_done(Runtime& runtime, const std::vector<AnyFuture>& futures) {
  return FutureHandle(GatherCore<Ends>::create(runtime, GatherPolicy::return_exceptions, futures));
}

}  // namespace weft
