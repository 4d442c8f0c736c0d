#pragma once
// interrupt: SIGINT during run(), in the process's main thread.

#include <signal.h>

#include "weft/runtime/task/task.h"

namespace weft {

// While it lives, SIGINT cancels the main task (first) or stops the loop (second). Does nothing outside the main thread, or when SIGINT
// has a handler already.
class InterruptGuard {
 public:
  InterruptGuard(Runtime& runtime, const AnyTask& main);
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  // How many SIGINTs arrived since it was made; 0 when it does nothing.
  unsigned count() const noexcept;
  // Did one arrive that did not cancel the main task, because it was the second or because the loop had ended? On worker 0's thread.
  bool unanswered() const noexcept;

 private:
  Runtime& runtime_;
  bool installed_ = false;
  bool cancelled_main_ = false;
  struct sigaction before_ {};
};

}  // namespace weft
