#pragma once
// queue: items go from task to task, first in, first out; an asyncio.Queue between workers.
//
//   members   those of basic_queue.h.
//   cost      lock-free while nobody waits: put and get are one compare-exchange and one more write each, task_done() one compare-exchange. A block
//             of items is allocated for every 63 that are there at a time, and kept for the next.

#include "weft/primitives/basic_queue.h"
#include "weft/primitives/fifo_items.h"

namespace weft {

// T: anything that can be moved.
template <class T>
class Queue : public BasicQueue<T, FifoItems<StoredItem<T>>> {
 public:
  // Not more than maxsize items wait in it; 0 or less: no bound. The name is for describe() and call graphs.
  explicit Queue(std::int64_t maxsize = 0, Name name = {})
      : BasicQueue<T, FifoItems<StoredItem<T>>>("Queue", maxsize, std::move(name)) {}
};

}  // namespace weft
