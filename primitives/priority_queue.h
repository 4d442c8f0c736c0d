#pragma once
// priority_queue: a queue whose least item goes first.
//
//   asyncio   asyncio.PriorityQueue; items that are equal come in the order that heapq gives them.
//   members   those of basic_queue.h.
//   errors    what a comparison throws comes out of the put or the get; the queue is as before, and so is the item.
//   cost      a lock around each operation, and log n comparisons with it held: they must not use the queue.

#include <functional>

#include "weft/primitives/basic_queue.h"
#include "weft/primitives/heap.h"
#include "weft/primitives/locked_items.h"

namespace weft {

// Compares items by what is in them.
template <class T, class Less>
class ItemLess {
 public:
  explicit ItemLess(Less less) : less_(std::move(less)) {}
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    return less_(value(a), value(b));
  }

 private:
  static const T& value(const T& item) { return item; }
  static const T& value(const StoredItem<T>& item) { return *item; }
  Less less_;
};

// Less: operator() of two const T&; the item for which it is true goes first.
template <class T, class Less = std::less<T>>
class PriorityQueue : public BasicQueue<T, LockedItems<StoredItem<T>, Heap<StoredItem<T>, ItemLess<T, Less>>>> {
  using Items = Heap<StoredItem<T>, ItemLess<T, Less>>;

 public:
  // Not more than maxsize items wait in it; 0 or less: no bound. The name is for describe() and call graphs.
  explicit PriorityQueue(std::int64_t maxsize = 0, Name name = {}, Less less = {})
      : BasicQueue<T, LockedItems<StoredItem<T>, Items>>("PriorityQueue", maxsize, std::move(name),
                                                         Items(ItemLess<T, Less>(std::move(less)))) {}
};

}  // namespace weft
