#include "weft/runtime/flow/fork_join.h"

#include "weft/runtime/base/errors.h"

namespace weft {

class ForkJoinWait::Gathering final : public FutureWait {
 public:
  using FutureWait::check;
  using FutureWait::future;
  using FutureWait::FutureWait;
};

void refuse_empty_child() {
  throw RuntimeError("fork_join: a coroutine was awaited already or moved from; make another one");
}

bool ForkJoinWait::gather(PromiseBase& awaiting, FutureCore* core) {
  gathering_ = new Gathering(core);
  return !gathering_->await_ready() && gathering_->suspend(awaiting);
}

FutureCore& ForkJoinWait::gathering() const noexcept { return gathering_->future(); }

void ForkJoinWait::end_gathering() noexcept { delete gathering_; }

bool ForkJoinWait::check() {
  if (gathering_ != nullptr) {
    gathering_->check("co_await fork_join(...)");
    return true;
  }
  TaskCell* parent = join_.parent_cell();
  const bool thrown_into = parent != nullptr && parent->take_throw();
  if (thrown_into || join_.was_cancelled()) throw CancelledError(parent->cancel_message());
  if (PromiseBase* failed = join_.first_failure(); failed != nullptr) std::rethrow_exception(failed->stored_error());
  if (join_.skipped_child()) throw CancelledError();
  return false;
}

}  // namespace weft
