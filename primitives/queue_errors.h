#pragma once
// queue_errors: what a queue refuses.

#include "weft/runtime/base/errors.h"

namespace weft {

// asyncio.QueueEmpty: get_nowait() of a queue that is empty.
class QueueEmpty : public RuntimeError {
 public:
  using RuntimeError::RuntimeError;
};
// asyncio.QueueFull: put_nowait() to a queue that is full.
class QueueFull : public RuntimeError {
 public:
  using RuntimeError::RuntimeError;
};
// asyncio.QueueShutDown: a queue that was shut down takes no more, or has given its last item.
class QueueShutDown : public RuntimeError {
 public:
  using RuntimeError::RuntimeError;
};

}  // namespace weft
