#include "weft/runtime/flow/wait.h"

#include <atomic>

#include <absl/container/flat_hash_set.h>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/flow/event_loop.h"

namespace weft {

struct WaitState::Shared {
  Shared(std::size_t count, ReturnWhen when, Future<void> future)
      : left(count), return_when(when), over(std::move(future)) {}
  // left: futures that are not done. Written by the callbacks, on any worker; relaxed: the future `over` orders what follows.
  std::atomic<std::size_t> left;
  const ReturnWhen return_when;
  const Future<void> over;
  TimerHandle timer;  // set before any callback can run
};

struct WaitState::ChildDone {
  std::shared_ptr<Shared> shared;
  TaskCell* waiting;  // takes the callbacks back before it ends
  void operator()(const AnyFuture& child) const { child_done(*shared, child); }
  FutureCore* dependent() const noexcept { return waiting; }
};

WaitState::WaitState(std::vector<AnyFuture> futures, const WaitOptions& options) : futures_(std::move(futures)) {
  if (futures_.empty()) throw ValueError("wait: the set of tasks and futures is empty; give at least one");
  EventLoop& loop = get_running_loop();
  shared_ = std::make_shared<Shared>(futures_.size(), options.return_when, loop.create_future<void>());
  if (options.timeout.has_value()) {
    shared_->timer = loop.call_later(std::chrono::nanoseconds(options.timeout.nanoseconds()),
                                     [over = shared_->over] { over.try_set_result(); });
  }
  callbacks_.reserve(futures_.size());
  TaskCell* waiting = current_cell_or_null();
  for (const AnyFuture& future : futures_) {
    callbacks_.push_back(future.add_done_callback(ChildDone{shared_, waiting}));
  }
}

std::vector<bool> first_of_each(const std::vector<const FutureCore*>& cores) {
  absl::flat_hash_set<const FutureCore*> seen;
  std::vector<bool> first;
  for (const FutureCore* core : cores) first.push_back(seen.insert(core).second);
  return first;
}

WaitState::~WaitState() {
  if (shared_ == nullptr) return;
  shared_->timer.cancel();
  for (std::size_t i = 0; i < callbacks_.size(); ++i) futures_[i].remove_done_callback(callbacks_[i]);
}

const Future<void>& WaitState::over() const noexcept { return shared_->over; }

void WaitState::child_done(Shared& shared, const AnyFuture& child) {
  const bool last = shared.left.fetch_sub(1, std::memory_order_relaxed) == 1;
  const bool enough = last || shared.return_when == ReturnWhen::first_completed ||
                      (shared.return_when == ReturnWhen::first_exception && child.core().has_error());
  if (!enough) return;
  shared.timer.cancel();
  shared.over.try_set_result();
}

}  // namespace weft
