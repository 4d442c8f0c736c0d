#pragma once
// stored_item: an item as a queue keeps it: moving it never throws.
//
//   T itself where its move cannot throw; else a pointer to it, so that a move that throws happens in the caller's hands only.

#include <memory>
#include <type_traits>
#include <utility>

namespace weft {

template <class T>
class StoredItem {
  static_assert(std::is_object_v<T> && std::is_move_constructible_v<T>,
                "a queue's items are objects that can be moved");

 public:
  static constexpr bool kInPlace = std::is_nothrow_move_constructible_v<T>;

  // What is thrown by the move (or for want of memory) leaves `item` as that move does.
  explicit StoredItem(T&& item) noexcept(kInPlace) : kept_(keep(std::move(item))) {}
  StoredItem(StoredItem&&) noexcept = default;
  StoredItem& operator=(StoredItem&& other) noexcept {
    if (this != &other) {
      std::destroy_at(this);
      std::construct_at(this, std::move(other));
    }
    return *this;
  }

  T& operator*() noexcept {
    if constexpr (kInPlace) {
      return kept_;
    } else {
      return *kept_;
    }
  }
  const T& operator*() const noexcept { return *const_cast<StoredItem&>(*this); }

 private:
  using Kept = std::conditional_t<kInPlace, T, std::unique_ptr<T>>;
  static Kept keep(T&& item) noexcept(kInPlace) {
    if constexpr (kInPlace) {
      return Kept(std::move(item));
    } else {
      return std::make_unique<T>(std::move(item));
    }
  }

  Kept kept_;
};

}  // namespace weft
