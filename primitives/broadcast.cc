#include "weft/primitives/broadcast.h"

namespace weft {
namespace {

std::size_t checked(std::int64_t capacity) {
  if (capacity < 1) {
    throw ValueError("Broadcast: capacity must be >= 1, but " + std::to_string(capacity) + " was given");
  }
  if (capacity > BroadcastCore::kMostCapacity) {
    throw ValueError("Broadcast: capacity must be at most " + std::to_string(BroadcastCore::kMostCapacity) + ", but " +
                     std::to_string(capacity) + " was given");
  }
  return static_cast<std::size_t>(capacity);
}

std::string items(std::uint64_t count) { return std::to_string(count) + (count == 1 ? " item" : " items"); }

}  // namespace

Lagged::Lagged(std::uint64_t missed, std::size_t capacity)
    : RuntimeError("BroadcastReceiver: it lagged and has missed " + items(missed) + " of a broadcast that keeps " +
                   std::to_string(capacity) + "; get() goes on at the oldest one that is there"),
      missed_(missed) {}

BroadcastCore::BroadcastCore(std::int64_t capacity, Name name) : state_(checked(capacity)), name_(std::move(name)) {}

std::size_t BroadcastCore::send(Ref<Counted> item) {
  IntrusiveList<WaitingTask> woken;
  const State::Sent sent = state_.send(item, woken);
  WaitingTask::wake_all(woken);
  if (sent.closed) throw ChannelClosed("Broadcast: it was closed, and takes no more items");
  return sent.receivers;
}

void BroadcastCore::close() noexcept {
  IntrusiveList<WaitingTask> woken;
  state_.close(woken);
  WaitingTask::wake_all(woken);
}

const Counted& BroadcastCore::use(const State::Taken& taken) const {
  switch (taken.found) {
    case State::Found::item:
      break;
    case State::Found::nothing:
      throw QueueEmpty("BroadcastReceiver: there is no item now; co_await get() waits for one");
    case State::Found::lagged:
      throw Lagged(taken.missed, state_.capacity());
    case State::Found::closed:
      throw ChannelClosed("BroadcastReceiver: the broadcast was closed, and all of its items were got");
  }
  return *taken.item;
}

std::string BroadcastCore::describe() {
  const std::size_t receivers = state_.receivers();
  const std::size_t waiting = state_.waiting();
  return name_.opening("Broadcast") + (state_.closed() ? " closed, capacity " : " capacity ") +
         std::to_string(state_.capacity()) + ", " + std::to_string(receivers) +
         (receivers == 1 ? " receiver" : " receivers") +
         (waiting == 0 ? ">" : ", " + std::to_string(waiting) + " waiting>");
}

BroadcastCore::Take::~Take() {
  if (was_queued()) core_.state_.cancel(*this);
}

BroadcastCore::State::Taken BroadcastCore::Take::take() {
  const bool queued = was_queued();
  if (take_throw()) throw_cancelled();
  if (queued) {
    taken_ = core_.state_.take(cursor_);
    if (taken_.found == State::Found::nothing) {
      throw RuntimeError(
          "BroadcastReceiver: another task took the item that this one was woken for; a receiver is for one task at a "
          "time, subscribe() gives another one");
    }
  }
  return std::move(taken_);
}

Waiter::Reply BroadcastCore::Take::cancel_wait(std::vector<FutureCore*>&) noexcept {
  return core_.state_.cancel(*this) ? Reply::cut_short : Reply::too_late;
}

}  // namespace weft
