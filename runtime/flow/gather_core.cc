#include "weft/runtime/flow/gather_core.h"

#include <exception>

#include <absl/container/flat_hash_map.h>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/task/left_behind.h"

namespace weft {
namespace {

// The shape of when_all_done: only the end of the children matters, no result is taken from them.
struct Ends {
  struct Child {
    AnyFuture future;
    bool exclusive = false;
    NewTask task = {};
  };
  using Kept = std::vector<Child>;
  using type = std::monostate;
  static std::size_t size(const Kept& kept) noexcept { return kept.size(); }
  template <class Visit>
  static void for_each(Kept& kept, Visit visit) {
    for (Child& child : kept) visit(child);
  }
  static type make(const Kept&) { return {}; }
};

constexpr std::size_t kFew = 16;  // children that are compared with each other rather than looked up

}  // namespace

struct GatherState::KnownFutures {
  absl::flat_hash_map<const FutureCore*, const Slot*> slots;
  std::size_t looked_at = 0;  // so many slots are in the map
};

GatherState::GatherState(Runtime* runtime, GatherPolicy policy) noexcept : FutureCore(runtime), policy_(policy) {}
GatherState::~GatherState() = default;

void GatherState::add(const AnyFuture& child, bool fresh, NewTask&& task) {
  given_last_ = child.core_or_null();
  if (const Slot* known = fresh ? nullptr : known_slot(*given_last_); known != nullptr) {
    if (given_.empty()) {
      for (const Slot& slot : slots_) given_.push_back(&slot.child.core());
    }
    given_.push_back(&known->child.core());
    return;
  }
  slots_.emplace_back(*this, child, fresh, std::move(task));
  if (!given_.empty()) given_.push_back(&child.core());
}

const GatherState::Slot* GatherState::known_slot(const FutureCore& core) {
  if (slots_.size() < kFew) {
    for (const Slot& slot : slots_) {
      if (slot.child.core_or_null() == &core) return &slot;
    }
    return nullptr;
  }
  if (known_ == nullptr) known_ = std::make_unique<KnownFutures>();
  for (; known_->looked_at < slots_.size(); ++known_->looked_at) {
    const Slot& slot = slots_[known_->looked_at];
    known_->slots.emplace(slot.child.core_or_null(), &slot);
  }
  const auto found = known_->slots.find(&core);
  return found == known_->slots.end() ? nullptr : found->second;
}

void GatherState::start() {
  known_ = nullptr;
  remaining_.store(slots_.size(), std::memory_order_relaxed);
  if (slots_.empty()) {
    all_done();
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
  schedule_new_tasks();
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

// Order depth first: last to first, so that a worker alone starts them in argument order.
void GatherState::schedule_new_tasks() {
  Runtime& mine = *runtime();
  if (mine.asyncio_order() || mine.own_worker() == nullptr) {
    for (Slot& slot : slots_) {
      if (TaskCell* cell = slot.task.release(); cell != nullptr) mine.schedule(cell);
    }
  } else {
    for (std::size_t i = slots_.size(); i-- > 0;) {
      if (TaskCell* cell = slots_[i].task.release(); cell != nullptr) cell->schedule_as_child();
    }
  }
}

void GatherState::Slot::future_done(FutureCore& future) noexcept {
  Runtime::run_or_schedule_in(future.runtime(), this);
}

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
  one_less_to_tell();
}

void GatherState::one_less_to_tell() noexcept {
  if (remaining_.fetch_sub(1, std::memory_order_acq_rel) == 1) all_done();
}

void GatherState::all_done() noexcept {
  if (!begin_set()) return;
  std::uint32_t outcome = kError;
  FutureCore* failed = failed_.load(std::memory_order_acquire);
  if (given_last_ != nullptr && cancel_requested_.load(std::memory_order_acquire)) {
    // As CPython: the message of the child that was given last, if it was cancelled.
    store_error(StoredError::cancelled(given_last_->cancelled() ? given_last_->cancel_message() : std::string()));
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

CancelReply GatherState::try_cancel(CancelRequest& request) {
  if (request.again()) {
    one_less_to_tell();
    return CancelReply::refused;
  }
  if (done()) return CancelReply::refused;
  std::size_t seen = remaining_.load(std::memory_order_relaxed);
  do {
    if (seen == 0) return CancelReply::refused;
  } while (!remaining_.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel, std::memory_order_relaxed));
  // As CPython: a child that was given twice is cancelled twice.
  const auto ask = [&request](FutureCore& child) {
    child.retain();
    request.targets().push_back(&child);
  };
  if (given_.empty()) {
    for (const Slot& slot : slots_) ask(slot.child.core());
  } else {
    for (FutureCore* child : given_) ask(*child);
  }
  return CancelReply::forwarded;
}

void GatherState::watch_left_behind_by(PromiseBase& gathering) const {
  std::vector<AnyTask> left;
  for (const Slot& slot : slots_) {
    if (!slot.own || slot.child.done() || !slot.child.core().is_task()) continue;
    slot.child.core().retain();
    left.emplace_back(static_cast<TaskCell*>(&slot.child.core()));
  }
  if (!left.empty()) watch_left_behind(gathering, std::move(left));
}

// The children may have ended meanwhile: the gather is over with this.
void GatherState::targets_cancelled() noexcept {
  cancel_requested_.store(true, std::memory_order_release);
  one_less_to_tell();
}

std::string GatherState::describe_self() const {
  return "<gather of " + std::to_string(slots_.size()) + (done() ? " finished>" : " pending>");
}

AnyFuture when_all_done(Runtime& runtime, const std::vector<AnyFuture>& futures) {
  Ends::Kept kept;
  kept.reserve(futures.size());
  for (const AnyFuture& future : futures) kept.push_back({future});
  return FutureHandle(GatherCore<Ends>::create(runtime, GatherPolicy::return_exceptions, std::move(kept)));
}

}  // namespace weft
