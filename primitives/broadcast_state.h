#pragma once
// broadcast_state: the newest items, how many there were, how far each receiver is, and who waits for the next one.
//
//   positions of items      0 ... oldest - 1      oldest ... next - 1      next
//                           overwritten           in the ring              to be sent
//
//   rules     a receiver's cursor is the position of the item that it takes next. One that is before the oldest has missed what lies between:
//             it is told so once, and moved to the oldest. Items that nobody could read, for lack of receivers, are not kept.
//   threads   every member from any thread. What is under the guard bit takes a few instructions and calls out to nothing: an item is
//             retained there, and let go of outside. (Who is woken by a send is taken out of the line at once, however many they are.)

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "weft/primitives/guarded_queue.h"
#include "weft/runtime/base/counted.h"

namespace weft {

// Item: has retain() and release().
template <class Item, class Place, class List = IntrusiveList<Place>, class Atomics = StdAtomics>
class BroadcastState {
 public:
  enum class Found { item, nothing, lagged, closed };
  struct Taken {
    Found found = Found::nothing;
    Ref<Item> item{};
    std::uint64_t position = 0;  // of the item
    std::uint64_t missed = 0;    // when it lagged
  };
  struct Sent {
    bool closed = false;
    std::size_t receivers = 0;
  };
  // Of a receiver; under the guard.
  using Cursor = typename Atomics::template Plain<std::uint64_t>;

  explicit BroadcastState(std::size_t capacity) : capacity_(capacity), ring_(std::make_unique<Slot[]>(capacity)) {}
  BroadcastState(const BroadcastState&) = delete;
  BroadcastState& operator=(const BroadcastState&) = delete;
  ~BroadcastState() {
    for (std::size_t i = 0; i < capacity_; ++i) Ref<Item>::taking(ring_[i].get());
  }

  std::size_t capacity() const noexcept { return capacity_; }
  bool closed() const noexcept { return (line_.load(std::memory_order_relaxed) & kClosed) != 0; }
  std::size_t waiting() noexcept { return line_.waiting(); }
  std::size_t receivers() noexcept {
    const std::uint64_t own = line_.enter();
    const std::size_t count = receivers_.get();
    line_.leave(own);
    return count;
  }
  // How many items the receiver would get; those that it missed are not among them.
  std::uint64_t size(const Cursor& cursor) noexcept {
    const std::uint64_t own = line_.enter();
    const std::uint64_t ahead = own / kItem - cursor.get();
    line_.leave(own);
    return ahead < capacity_ ? ahead : capacity_;
  }

  // The receiver sees what is sent from now on.
  void subscribe(Cursor& cursor) noexcept {
    const std::uint64_t own = line_.enter();
    cursor.set(own / kItem);
    receivers_.set(receivers_.get() + 1);
    line_.leave(own);
  }
  void unsubscribe() noexcept {
    const std::uint64_t own = line_.enter();
    receivers_.set(receivers_.get() - 1);
    line_.leave(own);
  }

  // `item` is afterwards what the caller is to let go of. To the back of `woken`: whom to tell, afterwards.
  Sent send(Ref<Item>& item, List& woken) noexcept {
    std::uint64_t own = line_.enter();
    const Sent sent{(own & kClosed) != 0, receivers_.get()};
    if (!sent.closed && sent.receivers != 0) {
      Slot& slot = ring_[own / kItem % capacity_];
      Item* overwritten = slot.get();
      slot.set(item.release());
      item = Ref<Item>::taking(overwritten);
      line_.queue().take_all(woken);
      own += kItem;
    }
    line_.leave(own);
    return sent;
  }
  void close(List& woken) noexcept {
    const std::uint64_t own = line_.enter();
    line_.queue().take_all(woken);
    line_.leave(own | kClosed);
  }

  Taken take(Cursor& cursor) noexcept {
    const std::uint64_t own = line_.enter();
    Taken taken = take(own, cursor);
    line_.leave(own);
    return taken;
  }
  // nothing: the place is in the line.
  Taken take_or_queue(Cursor& cursor, Place& place) noexcept {
    const std::uint64_t own = line_.enter();
    Taken taken = take(own, cursor);
    if (taken.found == Found::nothing) line_.queue().push(place);
    line_.leave(own);
    return taken;
  }
  // The receiver could not use the item, and takes it again; unless it has gone on meanwhile.
  void put_back(Cursor& cursor, std::uint64_t position) noexcept {
    const std::uint64_t own = line_.enter();
    if (cursor.get() == position + 1) cursor.set(position);
    line_.leave(own);
  }
  // For a canceller. False: it was woken before.
  bool cancel(Place& place) noexcept { return line_.cancel(place); }

 private:
  using Line = GuardedQueue<Place, List, Atomics>;
  using Slot = typename Atomics::template Plain<Item*>;
  static constexpr std::uint64_t kClosed = Line::kUnit;
  static constexpr std::uint64_t kItem = Line::kUnit * 2;

  Taken take(std::uint64_t own, Cursor& cursor) noexcept {
    const std::uint64_t next = own / kItem;
    const std::uint64_t position = cursor.get();
    if (position == next) return {.found = (own & kClosed) != 0 ? Found::closed : Found::nothing};
    if (next - position > capacity_) {
      cursor.set(next - capacity_);
      return {.found = Found::lagged, .missed = next - capacity_ - position};
    }
    cursor.set(position + 1);
    return {.found = Found::item, .item = Ref<Item>::sharing(ring_[position % capacity_].get()), .position = position};
  }

  // Changed under the guard only: who has it next sees the items, the cursors and the number of receivers as they were left.
  Line line_;
  const std::size_t capacity_;
  const std::unique_ptr<Slot[]> ring_;  // owns what its slots point to
  typename Atomics::template Plain<std::size_t> receivers_;
};

}  // namespace weft
