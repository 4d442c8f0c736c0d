#pragma once
// channel_closed: what is thrown where nothing more comes out of a channel, or goes into it.
//
//   asyncio   none; as QueueShutDown is for a queue.

#include "weft/runtime/base/errors.h"

namespace weft {

class ChannelClosed : public RuntimeError {
 public:
  using RuntimeError::RuntimeError;
};

}  // namespace weft
