#include "weft/runtime/flow/gather_core.h"

#include <algorithm>
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

bool ended_as_cancelled(const FutureCore& child) {
  return child.cancelled() || (child.has_error() && child.error().is_cancelled());
}

}  // namespace

class GatherState::Slot final : public DoneListener, public Work {
 public:
  Slot(GatherState& gather, AnyFuture future, bool fresh, NewTask&& new_task) noexcept
      : child(std::move(future)), own(fresh), task(std::move(new_task)), gather_(gather) {}
  // Before it listens only: for a vector that has reserved its room.
  Slot(Slot&& other) noexcept
      : child(other.child), own(other.own), task(std::move(other.task)), gather_(other.gather_) {}
  void future_done(FutureCore& future) noexcept override { Runtime::run_or_schedule_in(future.runtime(), this); }
  void run() noexcept override {
    GatherState& gather = gather_;
    gather.child_done(child.core());
    gather.release();
  }
  void drop() noexcept override { gather_.release(); }
  FutureCore* dependent() noexcept override { return &gather_; }
  const AnyFuture child;
  const bool own;  // the gather has made it
  NewTask task;

 private:
  GatherState& gather_;
};

struct GatherState::KnownFutures {
  absl::flat_hash_map<const FutureCore*, const Slot*> slots;
  std::size_t looked_at = 0;  // so many slots are in the map
};

GatherState::GatherState(Runtime* runtime, GatherPolicy policy) noexcept : FutureCore(runtime), policy_(policy) {}
GatherState::~GatherState() = default;

void GatherState::reserve(std::size_t children) { slots_.reserve(children); }

void GatherState::add(const AnyFuture& child, bool fresh, NewTask&& task) {
  given_last_ = child.core_or_null();
  if (const Slot* known = fresh ? nullptr : known_slot(*given_last_); known != nullptr) {
    if (given_.empty()) {
      for (const Slot& slot : slots_) given_.push_back(&slot.child.core());
    }
    given_.push_back(&known->child.core());
    return;
  }
  if (policy_ == GatherPolicy::first_end && fresh && given_last_->is_task()) {
    static_cast<TaskCell*>(child.core_or_null())->keep_result();
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
  ends_.reset(slots_.size());
  if (slots_.empty()) {
    all_done();
    return;
  }
  // A child that is done already tells at once, but after the others are listened to; and the gather lives until the loop is through.
  retain();
  std::vector<Slot*> early;
  for (Slot& slot : slots_) {
    retain();
    if (slot.child.core().listen(slot)) continue;
    release();
    early.push_back(&slot);
  }
  const bool others_first = policy_ == GatherPolicy::first_end && !early.empty() && lose_after(*early.front());
  schedule_new_tasks(others_first);
  for (Slot* slot : early) {
    if (others_first) {
      retain();
      runtime()->schedule(slot);
    } else {
      child_done(slot->child.core());
    }
  }
  // A child may have failed before its siblings were listened to.
  if (policy_ == GatherPolicy::first_failure && done()) stop_listening();
  release();
}

// What has ended before the select begins has won over the tasks that come after it: they never start. True: tasks that come before it are to
// have a turn first.
bool GatherState::lose_after(const Slot& ended) noexcept {
  bool before = false;
  for (Slot& slot : slots_) {
    if (!slot.task) continue;
    if (&slot < &ended) {
      before = true;
    } else {
      slot.child.core().cancel({});
    }
  }
  return before;
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
void GatherState::schedule_new_tasks(bool in_order) {
  Runtime& mine = *runtime();
  if (in_order || mine.asyncio_order() || mine.own_worker() == nullptr) {
    for (Slot& slot : slots_) {
      if (TaskCell* cell = slot.task.release(); cell != nullptr) mine.schedule(cell);
    }
  } else {
    for (std::size_t i = slots_.size(); i-- > 0;) {
      if (TaskCell* cell = slots_[i].task.release(); cell != nullptr) cell->schedule_as_child();
    }
  }
}

void GatherState::child_done(FutureCore& child) noexcept {
  const bool selects = policy_ == GatherPolicy::first_end;
  if (child.has_error() && (!selects || child.error().is_cancelled())) child.mark_retrieved();
  if (selects) {
    cancel_others();
  } else if (policy_ != GatherPolicy::return_exceptions && !child.has_result()) {
    ends_.child_failed(child);
    if (policy_ == GatherPolicy::first_failure && begin_set()) {
      store_error(child.cancelled() ? StoredError::cancelled(child.cancel_message()) : child.error());
      publish(kError);
      stop_listening();
    }
  }
  if (ends_.child_told()) all_done();
}

// One that ends now too is as early as the first, and the first in order has won. A cancel that was faster has asked the others already.
void GatherState::cancel_others() noexcept {
  if (ends_.failed() != nullptr) return;
  const auto done = [](const Slot& slot) { return slot.child.done(); };
  if (!ends_.child_failed(std::find_if(slots_.begin(), slots_.end(), done)->child.core())) return;
  for (const Slot& slot : slots_) {
    if (!slot.child.done()) slot.child.core().cancel({});
  }
}

void GatherState::all_done() noexcept {
  if (!begin_set()) return;
  std::uint32_t outcome = kError;
  const bool selects = policy_ == GatherPolicy::first_end;  // throws in winner()
  FutureCore* failed = selects ? nullptr : ends_.failed();
  if (given_last_ != nullptr && ends_.cancelled() && !selects) {
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
    end_cancel(false);
    return CancelReply::refused;
  }
  if (done() || !ends_.begin_cancel()) return CancelReply::refused;
  if (policy_ == GatherPolicy::first_end) ends_.child_failed(*this);  // none will win
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

std::string GatherState::describe_self() const {
  return (policy_ == GatherPolicy::first_end ? "<select of " : "<gather of ") + std::to_string(slots_.size()) +
         (done() ? " finished>" : " pending>");
}

FutureCore& GatherState::given(std::size_t child) const noexcept {
  return given_.empty() ? slots_[child].child.core() : *given_[child];
}

std::size_t GatherState::winner(bool (*has_value)(std::size_t child)) {
  TaskCell& task = current_cell("select");
  const bool late = task.take_throw();
  if (!done()) task.throw_cancelled();  // a circle of waits was cut here
  check_result("select");               // keeping a result has thrown
  const std::size_t count = given_.empty() ? slots_.size() : given_.size();
  if (count == 0) throw ValueError("select: the range of awaitables is empty; give at least one");
  const auto first = [&](const auto& is) {
    std::size_t child = 0;
    while (child < count && !is(given(child))) ++child;
    return child;
  };
  std::size_t won = 0;
  if (const FutureCore* ended = ends_.failed(); ended != this) {
    won = first([ended](const FutureCore& child) { return &child == ended; });
  } else {
    won = first([](const FutureCore& child) { return child.has_result(); });
    if (won == count) won = first([](const FutureCore& child) { return !ended_as_cancelled(child); });
  }
  if (late || ends_.cancelled()) {
    if (won == count || ended_as_cancelled(given(won))) task.throw_cancelled();
    task.remember_cancel();
  }
  FutureCore& winner = given(won);
  for (const Slot& slot : slots_) {
    if (winner.has_result() || !slot.own || !slot.child.core().has_result()) continue;
    const std::size_t child = first([&slot](const FutureCore& core) { return &core == &slot.child.core(); });
    if (!has_value(child)) continue;
    runtime()->report({"select: the result of awaitable " + std::to_string(child) + " is lost, because awaitable " +
                           std::to_string(won) + " has failed; to be given both catch errors inside the awaitables",
                       nullptr,
                       {}});
  }
  winner.check_result("select");
  return won;
}

AnyFuture when_all_done(Runtime& runtime, const std::vector<AnyFuture>& futures) {
  Ends::Kept kept;
  kept.reserve(futures.size());
  for (const AnyFuture& future : futures) kept.push_back({future});
  return FutureHandle(GatherCore<Ends>::create(runtime, GatherPolicy::return_exceptions, std::move(kept)));
}

}  // namespace weft
