#pragma once
// heap: the least item first; among equal ones the order is that of CPython's heapq, step by step.
//
//   errors    what a comparison throws: the heap is as before, and so is the item that was to come in.
//   threads   none of its own.

#include <cstddef>
#include <utility>
#include <vector>

namespace weft {

// T: its move does not throw. Less: what is asked of two items.
template <class T, class Less>
class Heap {
 public:
  explicit Heap(Less less) : less_(std::move(less)) {}

  std::size_t size() const noexcept { return items_.size(); }

  // A T is made of the item.
  template <class Source>
  void push(Source& item) {
    if (items_.size() == items_.capacity()) items_.reserve(2 * items_.size() + 1);  // from here on only less_ throws
    std::size_t place = items_.size();
    while (place != 0 && less_(item, items_[above(place)])) place = above(place);
    std::size_t hole = items_.size();
    items_.emplace_back(std::move(item));
    if (place == hole) return;
    T moved = std::move(items_[hole]);
    for (; hole != place; hole = above(hole)) items_[hole] = std::move(items_[above(hole)]);
    items_[place] = std::move(moved);
  }

  // All of them, in no order.
  std::vector<T> take_all() noexcept { return std::exchange(items_, {}); }
  // There is one.
  T pop() {
    path_.clear();
    const std::size_t count = items_.size() - 1;  // without the last one, which goes to another place
    std::size_t leaf = 0;
    while (2 * leaf + 1 < count) {
      std::size_t below = 2 * leaf + 1;
      if (below + 1 < count && !less_(items_[below], items_[below + 1])) ++below;
      path_.push_back(leaf = below);
    }
    // From the leaf up, as heapq does: the last one is most likely a great one.
    while (!path_.empty() && less_(items_[count], items_[path_.back()])) path_.pop_back();
    T least = std::move(items_.front());
    if (count != 0) {
      std::size_t hole = 0;
      for (const std::size_t from : path_) items_[std::exchange(hole, from)] = std::move(items_[from]);
      items_[hole] = std::move(items_.back());
    }
    items_.pop_back();
    return least;
  }

 private:
  static std::size_t above(std::size_t place) noexcept { return (place - 1) / 2; }

  Less less_;
  std::vector<T> items_;
  std::vector<std::size_t> path_;  // of pop(): kept for its memory
};

}  // namespace weft
