#pragma once
// lifo_queue: a queue whose newest item goes first.
//
//   asyncio   asyncio.LifoQueue
//   members   those of basic_queue.h.
//   cost      a lock around each operation.

#include "weft/primitives/basic_queue.h"
#include "weft/primitives/locked_items.h"

namespace weft {

template <class T>
class Stack {
 public:
  std::size_t size() const noexcept { return items_.size(); }
  template <class Source>
  void push(Source& item) {
    items_.emplace_back(std::move(item));
  }
  T pop() noexcept {
    T newest = std::move(items_.back());
    items_.pop_back();
    return newest;
  }
  std::vector<T> take_all() noexcept { return std::exchange(items_, {}); }

 private:
  std::vector<T> items_;
};

template <class T>
class LifoQueue : public BasicQueue<T, LockedItems<StoredItem<T>, Stack<StoredItem<T>>>> {
 public:
  // Not more than maxsize items wait in it; 0 or less: no bound. The name is for describe() and call graphs.
  explicit LifoQueue(std::int64_t maxsize = 0, Name name = {})
      : BasicQueue<T, LockedItems<StoredItem<T>, Stack<StoredItem<T>>>>("LifoQueue", maxsize, std::move(name),
                                                                        Stack<StoredItem<T>>()) {}
};

}  // namespace weft
