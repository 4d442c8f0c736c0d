#pragma once
// joined: the results of fork_join(range), in the range's order, where the children left them: in their frames.
//
//   asyncio   none; the list that gather gives.
//   forms     iterate over it, ask for [i] and size(), or turn it into a vector:
//             `std::vector<int> parts = co_await fork_join(children);` moves the results out.
//   threads   as a local variable of the coroutine that awaited.
//   life      of a range that was used in place this is a view: the range outlives it and is left with empty coroutines.
//   cost      no allocation and no copy. A result is destroyed with this object.

#include <coroutine>
#include <cstddef>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/runtime/task/coro.h"

namespace weft {

template <class T>
class Joined {
 public:
  using value_type = Stored<T>;
  // bool by value, as std::vector<bool> has it.
  using reference = std::conditional_t<std::is_same_v<value_type, bool>, bool, value_type&>;

  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Joined::value_type;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Joined::reference;
    iterator() = default;
    reference operator*() const noexcept { return (*joined_)[index_]; }
    iterator& operator++() noexcept {
      ++index_;
      return *this;
    }
    iterator operator++(int) noexcept { return std::exchange(*this, iterator(joined_, index_ + 1)); }
    bool operator==(const iterator& other) const noexcept { return index_ == other.index_; }

   private:
    friend class Joined;
    iterator(const Joined* joined, std::size_t index) noexcept : joined_(joined), index_(index) {}
    const Joined* joined_ = nullptr;
    std::size_t index_ = 0;
  };

  Joined(Joined&& other) noexcept
      : owned_(std::move(other.owned_)),
        children_(other.children_),
        size_(std::exchange(other.size_, 0)),
        gathered_(std::move(other.gathered_)) {}
  Joined& operator=(Joined&&) = delete;
  ~Joined() {
    for (std::size_t i = 0; i < size_; ++i) {
      if (void* frame = children_[i].release(); frame != nullptr) {
        std::coroutine_handle<>::from_address(frame).destroy();
      }
    }
  }

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  // `index` < size().
  reference operator[](std::size_t index) const noexcept {
    if (gathered_ != nullptr) [[unlikely]]
      return (*gathered_)[index];
    return Coro<T>::promise_of(*frames(index)).value();
  }
  iterator begin() const noexcept { return iterator(this, 0); }
  iterator end() const noexcept { return iterator(this, size_); }

  operator std::vector<value_type>() && {
    if (gathered_ != nullptr) return std::move(*gathered_);
    std::vector<value_type> results;
    results.reserve(size_);
    for (std::size_t i = 0; i < size_; ++i) results.push_back(std::move((*this)[i]));
    return results;
  }

 private:
  template <class>
  friend class ForkJoinRange;
  explicit Joined(std::vector<Coro<T>> owned) noexcept
      : owned_(std::move(owned)), children_(owned_.data()), size_(owned_.size()) {}
  Joined(Coro<T>* children, std::size_t size) noexcept : children_(children), size_(size) {}

  // A Coro is its frame's address and nothing else, so an array of them is an array of addresses.
  void** frames(std::size_t index) const noexcept { return reinterpret_cast<void**>(children_ + index); }
  static_assert(sizeof(Coro<T>) == sizeof(void*) && std::is_standard_layout_v<Coro<T>>);

  std::vector<Coro<T>> owned_;
  Coro<T>* children_;
  std::size_t size_;
  // In order asyncio, where the children are tasks: what they gave.
  std::unique_ptr<std::vector<value_type>> gathered_;
};

}  // namespace weft
