#include "weft/primitives/watch.h"

namespace weft {

bool WatchCore::publish(Ref<Counted> item, std::uint64_t from) {
  IntrusiveList<WaitingTask> woken;
  const State::Published published = state_.publish(item, woken, from);
  WaitingTask::wake_all(woken);
  if (published == State::Published::closed) throw ChannelClosed("Watch: it was closed; its last value stays");
  return published == State::Published::done;
}

void WatchCore::close() noexcept {
  IntrusiveList<WaitingTask> woken;
  state_.close(woken);
  WaitingTask::wake_all(woken);
}

void WatchCore::refuse_wait() {
  throw ChannelClosed("WatchReceiver: the watch was closed, and its last value has been seen");
}

std::string WatchCore::describe() {
  const std::size_t waiting = state_.waiting();
  return name_.opening("Watch") + (state_.closed() ? " closed, version " : " version ") +
         std::to_string(state_.version()) + (waiting == 0 ? ">" : ", " + std::to_string(waiting) + " waiting>");
}

WatchCore::Newer::~Newer() {
  if (was_queued()) core_.state_.cancel(*this);
}

std::uint64_t WatchCore::Newer::await_resume() {
  was_queued();
  if (take_throw()) throw_cancelled();
  const std::uint64_t version = core_.state_.version();
  if (version == seen_) refuse_wait();
  return version;
}

Waiter::Reply WatchCore::Newer::cancel_wait(std::vector<FutureCore*>&) noexcept {
  return core_.state_.cancel(*this) ? Reply::cut_short : Reply::too_late;
}

}  // namespace weft
