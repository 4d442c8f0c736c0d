#include "weft/primitives/waiting_task.h"

#include "weft/runtime/base/errors.h"

namespace weft {

void WaitingTask::refuse_loop() const {
  throw RuntimeError(
      describe_wait() +
      " is bound to a different event loop: once a task has waited for it only tasks of the same loop can; "
      "make one for each");
}

}  // namespace weft
