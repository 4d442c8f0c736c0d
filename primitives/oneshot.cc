#include "weft/primitives/oneshot.h"

#include "weft/runtime/base/errors.h"

namespace weft {

bool OneshotCore::claim() {
  const State::Claimed claimed = state_.claim();
  if (claimed == State::Claimed::sent_before) {
    throw InvalidStateError("OneshotSender: its value was sent already; make another oneshot for another value");
  }
  return claimed == State::Claimed::done;
}

bool OneshotCore::publish() noexcept {
  IntrusiveList<WaitingTask> woken;
  const bool published = state_.publish(woken);
  WaitingTask::wake_all(woken);
  return published;
}

void OneshotCore::abandon() noexcept {
  IntrusiveList<WaitingTask> woken;
  state_.abandon(woken);
  WaitingTask::wake_all(woken);
}

void OneshotCore::close() noexcept {
  IntrusiveList<WaitingTask> woken;
  state_.close(woken);
  WaitingTask::wake_all(woken);
}

void OneshotCore::take() {
  switch (state_.take()) {
    case State::Received::value:
      return;
    case State::Received::taken_before:
      throw ChannelClosed("OneshotReceiver: its value was received already; a oneshot has one");
    case State::Received::abandoned:
      throw ChannelClosed("OneshotReceiver: the sender has gone without a value");
    case State::Received::closed:
      throw ChannelClosed("OneshotReceiver: it was closed before a value was sent");
  }
}

std::string OneshotCore::describe() {
  const std::size_t waiting = state_.waiting();
  const char* stage = state_.taken()       ? " received"
                      : state_.sent()      ? " sent"
                      : state_.closed()    ? " closed"
                      : state_.abandoned() ? " abandoned"
                                           : " empty";
  return name_.opening("Oneshot") + stage + (waiting == 0 ? ">" : ", " + std::to_string(waiting) + " waiting>");
}

OneshotCore::Closed::~Closed() {
  if (was_queued()) core_.state().cancel_for_close(*this);
}

void OneshotCore::Closed::await_resume() {
  was_queued();
  if (take_throw()) throw_cancelled();
}

Waiter::Reply OneshotCore::Closed::cancel_wait(std::vector<FutureCore*>&) noexcept {
  return core_.state().cancel_for_close(*this) ? Reply::cut_short : Reply::too_late;
}

OneshotCore::Settled::~Settled() {
  if (was_queued()) core_.state().cancel(*this);
}

void OneshotCore::Settled::take() {
  was_queued();
  if (take_throw()) throw_cancelled();
  core_.take();
}

Waiter::Reply OneshotCore::Settled::cancel_wait(std::vector<FutureCore*>&) noexcept {
  return core_.state().cancel(*this) ? Reply::cut_short : Reply::too_late;
}

}  // namespace weft
