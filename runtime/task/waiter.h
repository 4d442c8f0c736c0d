#pragma once
// waiter: what a parked task waits for. Lives in the suspended frame (or in a join) and is reached through the task's park word.

#include <string>
#include <vector>

#include "weft/runtime/task/identity.h"

namespace weft {

class FutureCore;
class PromiseBase;

class Waiter {
 public:
  enum class Reply {
    cut_short,  // the wait is over: the canceller wakes the task, which throws CancelledError
    forwarded,  // the `futures` (retained) are to be cancelled instead; if none of them can be, the request is remembered
    noted,      // the waiter itself has taken the request; the `futures` are to be cancelled too
    too_late    // the wait has ended by itself: the request is remembered
  };
  // A cancel request, while the task is held. Takes no lock that is held while a task is woken.
  virtual Reply cancel_wait(std::vector<FutureCore*>& futures) noexcept = 0;
  // The task waits, through others, for itself: true, and the wait is over as if it was cut short. While the task is held.
  virtual bool cut_circle() noexcept { return false; }
  // The task was woken from a wait of which it asked so (TaskCell::ask_again), and runs. True: it waits again, and may run elsewhere already.
  virtual bool wait_again(PromiseBase&) noexcept { return false; }
  // What the task waits for, in words: "a sleep", "<Task 'x' pending>". While the task is held; takes no lock but that of a name.
  virtual std::string describe_wait() const { return {}; }
  // The task that holds what is waited for; none when there is none or it is not known. While the task is held.
  virtual Identity holder() const noexcept { return Identity(); }
  // The runtime goes down with the task parked here: what the wait itself holds of other tasks is to be abandoned first.
  virtual void abandon_wait() noexcept {}

 protected:
  ~Waiter() = default;
};

}  // namespace weft
