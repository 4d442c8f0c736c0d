#pragma once
// channel: items from any number of senders to any number of receivers, each item to one of them, and an end that both sides hear of.
//
//   asyncio   none; as a Queue that is shut down when the last of its producers, or of its consumers, has gone.
//             `auto [sender, receiver] = channel<int>(8);`  `async for item in receiver:` is `while (auto item = co_await receiver.next())`.
//   forms     this one only: with one sender or one receiver it is the same, and costs no more than the compare-exchange that nobody disputes.
//   end       close(), or the last sender or receiver goes: nothing more is sent, and the receivers get what is there. When the last receiver
//             goes, what is there is destroyed.
//   order     of those that wait: first come, first served. One that was woken looks again: one that came without waiting may be faster, and
//             then it goes to the end of the line.
//   cancel    of one who waits: nothing was sent or received. send() owns its item, which goes with it; send_from() and send_many() leave with
//             the caller what was not sent.
//   errors    ValueError: a capacity below 0 or above 2^60 - 1. QueueFull, QueueEmpty: the nowait forms. ChannelClosed: everything that sends
//             after the end, and what receives when the last item has gone, but for next(). RuntimeError: a wait to send, or to receive, where tasks
//             of another loop have waited to do the same; the two sides may be of two loops.
//   threads   every member from any thread, the awaited ones from any task of the loop; one half may be copied and used by several at once, and
//             is moved, assigned to or destroyed while nobody uses it.
//   memory    what was done before an item is sent is seen behind its receive; what was done with the other senders before the end too.
//   cost      one allocation for all halves, and those of a Queue for its items. Sending and receiving cost what they do there; a copy of a half
//             is one read-modify-write.
//   life      a half outlives those that wait at it. A half that was moved from can be assigned to or destroyed.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weft/primitives/channel_sides.h"
#include "weft/primitives/channel_texts.h"
#include "weft/primitives/fifo_items.h"
#include "weft/primitives/name.h"
#include "weft/primitives/queue_core.h"
#include "weft/runtime/base/counted.h"

namespace weft {

enum class ChannelSide : std::uint8_t { sender, receiver };

// What the halves share. Each side, all halves of it together, owns one reference.
template <class T>
class ChannelRoom final : public Counted, public QueueCore<T, FifoItems<StoredItem<T>>, ChannelTexts, ChannelRoom<T>> {
  using Items = FifoItems<StoredItem<T>>;
  using Core = QueueCore<T, Items, ChannelTexts, ChannelRoom<T>>;

 public:
  ChannelRoom(std::int64_t capacity, Name name)
      : Core(ChannelTexts::checked_capacity(capacity, Items::kMost)),
        capacity_(static_cast<std::uint64_t>(capacity)),
        name_(std::move(name)) {}

  using Core::end;
  using Core::next;
  bool is_closed() const { return this->state().is_shut_down(); }
  std::uint64_t capacity() const noexcept { return capacity_; }
  std::string describe() const {
    return ChannelTexts::describe(name_.opening("Channel"),
                                  {.capacity = capacity_,
                                   .size = this->state().size(),
                                   .senders = sides_.senders(),
                                   .receivers = sides_.receivers(),
                                   .waiting = this->state().getters() + this->state().putters(),
                                   .closed = is_closed()});
  }

  void add(ChannelSide side) noexcept { side == ChannelSide::sender ? sides_.add_sender() : sides_.add_receiver(); }
  // It may be gone afterwards.
  void drop(ChannelSide side) noexcept {
    IntrusiveList<WaitingTask> woken;
    const bool last = side == ChannelSide::sender ? sides_.drop_sender(this->state(), woken)
                                                  : sides_.drop_receiver(this->state(), woken);
    WaitingTask::wake_all(woken);
    if (last) this->release();
  }

 private:
  ChannelSides<> sides_;
  const std::uint64_t capacity_;
  const Name name_;
};

// What a sender and a receiver have in common: it is counted.
template <class T, ChannelSide kSide>
class ChannelHalf {
 public:
  ChannelHalf(const ChannelHalf& other) noexcept : room_(other.room_) {
    if (room_ != nullptr) room_->add(kSide);
  }
  ChannelHalf(ChannelHalf&& other) noexcept : room_(std::exchange(other.room_, nullptr)) {}
  ChannelHalf& operator=(ChannelHalf other) noexcept {
    std::swap(room_, other.room_);
    return *this;
  }
  ~ChannelHalf() {
    if (room_ != nullptr) room_->drop(kSide);
  }

  // For all halves: nothing more is sent; what is there can still be received.
  void close() noexcept { room_->end(false); }
  // So, or because the last sender or receiver has gone?
  bool is_closed() const { return room_->is_closed(); }
  // How many items are there; a snapshot.
  std::uint64_t qsize() const { return room_->qsize(); }
  // 0: no bound.
  std::uint64_t capacity() const noexcept { return room_->capacity(); }
  // "<Channel 'jobs' capacity=8 size=3 senders=2 receivers=1 waiting=1 closed>"
  std::string describe() const { return room_->describe(); }

 protected:
  // Takes over one that is counted already.
  explicit ChannelHalf(ChannelRoom<T>& room) noexcept : room_(&room) {}
  ChannelRoom<T>& room() const noexcept { return *room_; }

 private:
  ChannelRoom<T>* room_;
};

template <class T>
struct Channel;

template <class T>
class ChannelSender : public ChannelHalf<T, ChannelSide::sender> {
  using Room = ChannelRoom<T>;

 public:
  static constexpr bool kMovesInPlace = Room::kMovesInPlace;

  // Awaited: the item is in the channel.
  typename Room::Put send(T item) { return this->room().put(std::move(item)); }
  // The same for the caller's object, which is moved from only when it is sent: after a cancel or an error it is as before.
  typename Room::PutFrom send_from(T& item) noexcept requires(kMovesInPlace) { return this->room().put_from(item); }
  // Awaited: all are in the channel, in their order, and `items` is empty; after a cancel or an error it has those that were not sent.
  typename Room::PutMany send_many(std::vector<T>& items) noexcept requires(kMovesInPlace) {
    return this->room().put_many(items);
  }
  // A refused item stays the caller's.
  void send_nowait(T&& item) { this->room().put_nowait(std::move(item)); }
  void send_nowait(const T& item) { this->room().put_nowait(item); }
  // False: it is full, and the item stays the caller's.
  bool try_send(T&& item) { return this->room().try_put(std::move(item)); }

 private:
  template <class U>
  friend Channel<U> channel(std::int64_t capacity, Name name);
  explicit ChannelSender(Room& room) noexcept : ChannelHalf<T, ChannelSide::sender>(room) {}
};

template <class T>
class ChannelReceiver : public ChannelHalf<T, ChannelSide::receiver> {
  using Room = ChannelRoom<T>;

 public:
  static constexpr bool kMovesInPlace = Room::kMovesInPlace;

  // Awaited: an item.
  typename Room::Get receive() noexcept { return this->room().get(); }
  // The same, and empty at the end.
  typename Room::Next next() noexcept { return this->room().next(); }
  // Awaited: at least one item, and up to `most` of those that are there.
  typename Room::GetMany receive_many(std::size_t most) noexcept requires(kMovesInPlace) {
    return this->room().get_many(most);
  }
  T receive_nowait() { return this->room().get_nowait(); }
  // None: it is empty.
  std::optional<T> try_receive() { return this->room().try_get(); }

 private:
  template <class U>
  friend Channel<U> channel(std::int64_t capacity, Name name);
  explicit ChannelReceiver(Room& room) noexcept : ChannelHalf<T, ChannelSide::receiver>(room) {}
};

// Of one; copies of them make more.
template <class T>
struct Channel {
  ChannelSender<T> sender;
  ChannelReceiver<T> receiver;
};

// T: anything that can be moved. Not more than `capacity` items are in it; 0: no bound. The name is for describe() and call graphs.
template <class T>
Channel<T> channel(std::int64_t capacity, Name name = {}) {
  ChannelRoom<T>& room = *make_counted<ChannelRoom<T>>(capacity, std::move(name)).release();  // to the senders
  room.retain();                                                                              // for the receivers
  return {ChannelSender<T>(room), ChannelReceiver<T>(room)};
}

}  // namespace weft
