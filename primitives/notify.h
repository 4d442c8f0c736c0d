#pragma once
// notify: one task tells another one, or all that wait, that it is time to look again.
//
//   asyncio   none: an Event that clears itself, for one task or for all; or a Condition without its lock.
//   order     notify_one() wakes the one that has waited longest, and is kept for the next one that comes where nobody waits; several are kept
//             as one. notify_all() wakes those that wait at that moment, and nothing of it is kept.
//   cancel    of one who waits leaves nothing behind; what notify_one() had given it goes to the next one.
//   threads   every member from any task of the loop; notify_one() and notify_all() from any thread.
//   memory    what was done before a notification is seen behind the notified() that it ends.
//   cost      nothing is allocated; notify_one() and a notified() that finds a notification are one compare-exchange each while nobody waits,
//             and notify_all() is a load.
//   life      outlives those that wait.

#include <coroutine>
#include <string>
#include <utility>

#include "weft/primitives/name.h"
#include "weft/primitives/notify_state.h"
#include "weft/primitives/waiting_task.h"

namespace weft {

class Notify {
 public:
  class Notified;

  // The name is for describe() and call graphs.
  Notify() = default;
  explicit Notify(Name name) noexcept : name_(std::move(name)) {}
  Notify(const Notify&) = delete;
  Notify& operator=(const Notify&) = delete;

  // Awaited: until it is notified, or at once when a notification is kept, which it takes.
  Notified notified() noexcept;
  void notify_one();
  void notify_all();
  // "<Notify notified>", "<Notify idle, 2 waiting>"
  std::string describe() const;

 private:
  mutable NotifyState<WaitingTask> state_;
  const Name name_;
};

class [[nodiscard("co_await notify.notified()")]] Notify::Notified final : public WaitingTask {
 public:
  explicit Notified(Notify & notify) noexcept : notify_(notify) {}
  Notified(Notified &&) noexcept = default;
  ~Notified();

  bool await_ready() noexcept { return notify_.state_.try_take(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) {
    return suspend(
        awaiting, "Notify.notified", [this] { return notify_.state_.take_or_queue(*this); },
        [this] { return notify_.state_.cancel(*this); });
  }
  void await_resume() {
    const bool queued = was_queued();
    if (take_throw()) [[unlikely]]
      pass_on(queued);
  }

  Reply cancel_wait(std::vector<FutureCore*> & futures) noexcept override;
  std::string describe_wait() const override;

 private:
  [[noreturn]] void pass_on(bool queued);

  Notify& notify_;
};

inline Notify::Notified Notify::notified() noexcept { return Notified(*this); }

}  // namespace weft
