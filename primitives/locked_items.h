#pragma once
// locked_items: the items of a queue that has another order than that of their coming, behind a lock. In the shape of FifoItems.
//
//   Store     size(), take_all(), push(Source&), T pop(); what they throw has changed nothing. They are called with the lock held: a comparison must not use the queue.
//   threads   every member from any thread.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

#include "weft/primitives/turnout.h"

namespace weft {

template <class T, class Store>
class LockedItems {
 public:
  using Item = T;
  static constexpr std::uint64_t kMost = (std::uint64_t{1} << 60) - 1;

  LockedItems(std::uint64_t most, Store store) : most_(most), store_(std::move(store)) {}

  template <class Source>
  Moved push(Source* items, std::size_t count) {
    const std::lock_guard lock(mutex_);
    if (shut_) return {Turnout::shut_down, 0};
    const std::size_t room = std::min<std::uint64_t>(count, most_ - store_.size());
    if (room == 0) return {Turnout::blocked, 0};
    std::size_t moved = 0;
    try {
      for (; moved < room; ++moved) store_.push(items[moved]);
    } catch (...) {
      put_count_ += moved;
      if (moved == 0) throw;  // else it is thrown when that item comes first
      return {Turnout::done_and_seen, moved};
    }
    put_count_ += moved;
    return {getters_ ? Turnout::done_and_seen : Turnout::done, moved};
  }
  template <class Take>
  Moved pop(std::size_t count, Take take) {
    const std::lock_guard lock(mutex_);
    if (store_.size() == 0) return {shut_ ? Turnout::shut_down : Turnout::blocked, 0};
    std::size_t moved = 0;
    try {
      for (; moved < count && store_.size() != 0; ++moved) take(store_.pop());
    } catch (...) {
      if (moved == 0) throw;
    }
    return {putters_ ? Turnout::done_and_seen : Turnout::done, moved};
  }

  // How many there were.
  std::uint64_t drop_all() {
    std::unique_lock lock(mutex_);
    const auto dropped = store_.take_all();
    lock.unlock();  // destructors are the program's
    return dropped.size();
  }

  bool getter_waits() {
    const std::lock_guard lock(mutex_);
    getters_ = getters_ || (store_.size() == 0 && !shut_);
    return store_.size() == 0 && !shut_;
  }
  bool putter_waits() {
    const std::lock_guard lock(mutex_);
    putters_ = putters_ || (store_.size() >= most_ && !shut_);
    return store_.size() >= most_ && !shut_;
  }
  void no_getter_waits() {
    const std::lock_guard lock(mutex_);
    getters_ = false;
  }
  void no_putter_waits() {
    const std::lock_guard lock(mutex_);
    putters_ = false;
  }

  void shut_down() {
    const std::lock_guard lock(mutex_);
    shut_ = true;
  }
  bool is_shut_down() const {
    const std::lock_guard lock(mutex_);
    return shut_;
  }
  std::uint64_t put_count() const {
    const std::lock_guard lock(mutex_);
    return put_count_;
  }
  std::uint64_t size() const {
    const std::lock_guard lock(mutex_);
    return store_.size();
  }
  std::uint64_t most() const noexcept { return most_; }

 private:
  const std::uint64_t most_;
  mutable std::mutex mutex_;  // all below
  Store store_;
  std::uint64_t put_count_ = 0;
  bool getters_ = false;
  bool putters_ = false;
  bool shut_ = false;
};

}  // namespace weft
