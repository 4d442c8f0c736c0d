#pragma once
// event: a flag that tasks wait for.
//
//   asyncio   asyncio.Event
//   order     set() wakes all that wait, in the order in which they came, also when clear() follows at once.
//   cancel    of one who waits leaves nothing behind. RuntimeError: a wait for one that tasks of another loop have waited for.
//   threads   every member from any task of the loop; set(), clear() and is_set() from any thread.
//   memory    what was done before set() is seen behind wait() and by whoever finds is_set().
//   cost      nothing is allocated; set(), clear() and a wait for what is set are one operation each while nobody waits.
//   life      outlives those that wait.

#include <coroutine>
#include <string>
#include <utility>

#include "weft/primitives/event_state.h"
#include "weft/primitives/name.h"
#include "weft/primitives/waiting_task.h"

namespace weft {

class Event {
 public:
  class Wait;

  // The name is for describe() and call graphs.
  Event() = default;
  explicit Event(Name name) noexcept : name_(std::move(name)) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  // Awaited: true, and the event was set meanwhile.
  Wait wait() noexcept;
  void set();
  void clear() noexcept { state_.clear(); }
  bool is_set() const noexcept { return state_.is_set(); }
  // "<Event unset, 2 waiting>"
  std::string describe() const;

 private:
  mutable EventState<WaitingTask> state_;
  const Name name_;
};

class [[nodiscard("co_await event.wait()")]] Event::Wait final : public WaitingTask {
 public:
  explicit Wait(Event & event) noexcept : event_(event) {}
  Wait(Wait &&) noexcept = default;
  ~Wait() {
    if (was_queued()) event_.state_.cancel(*this);
  }

  bool await_ready() const noexcept { return event_.is_set(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    return suspend(
        awaiting, "Event.wait", [this] { return !event_.state_.queue(*this); },
        [this] { return event_.state_.cancel(*this); });
  }
  bool await_resume() {
    was_queued();
    if (take_throw()) throw_cancelled();
    return true;
  }

  Reply cancel_wait(std::vector<FutureCore*>&) noexcept override {
    return event_.state_.cancel(*this) ? Reply::cut_short : Reply::too_late;
  }
  std::string describe_wait() const override { return event_.describe(); }

 private:
  Event& event_;
};

inline Event::Wait Event::wait() noexcept { return Wait(*this); }

}  // namespace weft
