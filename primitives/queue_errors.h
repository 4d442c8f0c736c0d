#pragma once
// queue_errors: what queues throw.

#include "weft/runtime/base/errors.h"

namespace weft {

// asyncio.QueueEmpty: there is no item now.
class QueueEmpty : public RuntimeError {
 public:
  using RuntimeError::RuntimeError;
};

// asyncio.QueueFull: there is no room now.
class QueueFull : public RuntimeError {
 public:
  using RuntimeError::RuntimeError;
};

// asyncio.QueueShutDown: the queue takes no more items, or will give none.
class QueueShutDown : public RuntimeError {
 public:
  using RuntimeError::RuntimeError;
};

}  // namespace weft
