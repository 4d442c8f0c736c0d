#pragma once
// fifo_items: the items of a queue, the oldest first; no lock. Blocks of slots in a chain.
//
//        head_block ----------------> next ----------------> tail_block
//       [ x x x x x o ] ------------> [ o o o o o o ] -----> [ o o . . . . ]       x read, o holds an item
//                 ^ head                                           ^ tail
//
//   position    of an item, ever growing: tail_ is the next one to be put, head_ the next one to be got. Who moves either by compare-exchange has
//               that slot. The last position of a block has no slot: there whoever took the last slot brings the next block in, and all others
//               wait for it. An item that was claimed but is not yet written is waited for: a few instructions, and the move of an item.
//   blocks      a block goes when every slot of it was read. Its last reader finds those that are still being read and leaves the rest to the
//               slowest of them. One is kept for the next need.
//   flags       in tail_: getters wait; shut down. In head_: putters wait. Who waits sets its flag in the very word whose change ends the wait,
//               so that one of both sees the other. A flag may be left set when nobody waits any more.
//   threads     every member from any thread, but for the destructor.
//   memory      a put is seen by the get of its item; a get by the put that takes its room.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "weft/primitives/turnout.h"
#include "weft/runtime/base/line_gap.h"
#include "weft/runtime/base/spin_wait.h"

namespace weft {

template <class T, class Atomics = StdAtomics, std::size_t kLap = 64>
class FifoItems {
 public:
  using Item = T;
  static constexpr std::uint64_t kMost = (std::uint64_t{1} << 60) - 1;

  // Not more than `most` items, which is at most kMost.
  explicit FifoItems(std::uint64_t most) : most_(most) {
    Block* first = new Block;
    tail_block_.store(first, std::memory_order_relaxed);
    head_block_.store(first, std::memory_order_relaxed);
  }
  FifoItems(const FifoItems&) = delete;
  FifoItems& operator=(const FifoItems&) = delete;
  ~FifoItems() {
    drop_all();
    delete head_block_.load(std::memory_order_relaxed);
    delete spare_.load(std::memory_order_relaxed);
  }

  // Some of `count` items, from the first on: as many as there is room for, though not more than a block takes.
  // A T is made of each without throwing.
  template <class Source>
  Moved push(Source* items, std::size_t count) {
    Next next(*this);
    std::uint64_t seen = tail_.load(std::memory_order_acquire);
    for (BasicSpinWait<Atomics> spin;;) {
      const std::uint64_t position = seen / kPosition;
      const std::size_t offset = position % kLap;
      if ((seen & kShut) != 0) return {Turnout::shut_down, 0};
      if (offset == kSlots) {
        spin.once();
        seen = tail_.load(std::memory_order_acquire);
        continue;
      }
      const std::uint64_t room = room_at(number(position));
      if (room == 0) return {Turnout::blocked, 0};
      const std::size_t claimed = std::min<std::uint64_t>({count, kSlots - offset, room});
      const bool fills = offset + claimed == kSlots;
      if (fills) next.provide();
      Block* const block = tail_block_.load(std::memory_order_acquire);
      if (!tail_.compare_exchange_weak(seen, seen + claimed * kPosition, std::memory_order_acq_rel,
                                       std::memory_order_acquire)) {
        continue;
      }
      if (fills) bring_in(*block, next.take());
      for (std::size_t i = 0; i < claimed; ++i) block->slots[offset + i].write(std::move(items[i]));
      return {(seen & kGetters) != 0 ? Turnout::done_and_seen : Turnout::done, claimed};
    }
  }

  // Gives up to `count` items to take(T&&), which does not throw: as many as there are, though not more than a block has.
  template <class Take>
  Moved pop(std::size_t count, Take take) noexcept {
    std::uint64_t seen = head_.load(std::memory_order_acquire);
    for (BasicSpinWait<Atomics> spin;;) {
      const std::uint64_t position = seen / kPosition;
      const std::size_t offset = position % kLap;
      if (offset == kSlots) {
        spin.once();
        seen = head_.load(std::memory_order_acquire);
        continue;
      }
      bool shut = false;
      const std::uint64_t there = there_at(number(position), shut);
      if (there == 0) {
        // An older head is of no meaning beside a newer tail.
        const std::uint64_t again = head_.load(std::memory_order_acquire);
        if (again / kPosition == position) return {shut ? Turnout::shut_down : Turnout::blocked, 0};
        seen = again;
        continue;
      }
      const std::size_t claimed = std::min<std::uint64_t>({count, kSlots - offset, there});
      Block* const block = head_block_.load(std::memory_order_acquire);
      if (!head_.compare_exchange_weak(seen, seen + claimed * kPosition, std::memory_order_acq_rel,
                                       std::memory_order_acquire)) {
        continue;
      }
      if (offset + claimed == kSlots) go_on_behind(*block);
      for (std::size_t i = offset; i < offset + claimed; ++i) {
        take(block->slots[i].read());
        leave(*block, i);
      }
      return {(seen & kPutters) != 0 ? Turnout::done_and_seen : Turnout::done, claimed};
    }
  }

  // How many there were.
  std::uint64_t drop_all() noexcept {
    std::uint64_t dropped = 0;
    for (std::size_t count = 1; count != 0; dropped += count) count = pop(kSlots, [](T&&) {}).count;
    return dropped;
  }

  // True: it is empty and not shut down, and whoever puts next sees that somebody waits.
  bool getter_waits() noexcept {
    std::uint64_t seen = tail_.load(std::memory_order_acquire);
    for (;;) {
      if ((seen & kShut) != 0 || number(seen / kPosition) != number(head_.load(std::memory_order_acquire) / kPosition))
        return false;
      if ((seen & kGetters) != 0 ||
          tail_.compare_exchange_weak(seen, seen | kGetters, std::memory_order_acq_rel, std::memory_order_acquire)) {
        return true;
      }
    }
  }
  // The same for one that finds it full.
  bool putter_waits() noexcept {
    std::uint64_t seen = head_.load(std::memory_order_acquire);
    for (;;) {
      const std::uint64_t tail = tail_.load(std::memory_order_acquire);
      if ((tail & kShut) != 0 || number(tail / kPosition) - number(seen / kPosition) < most_) return false;
      if ((seen & kPutters) != 0 ||
          head_.compare_exchange_weak(seen, seen | kPutters, std::memory_order_acq_rel, std::memory_order_acquire)) {
        return true;
      }
    }
  }
  // For whoever was told that somebody waits and found nobody.
  void no_getter_waits() noexcept { tail_.fetch_and(~kGetters, std::memory_order_relaxed); }
  void no_putter_waits() noexcept { head_.fetch_and(~kPutters, std::memory_order_relaxed); }

  void shut_down() noexcept { tail_.fetch_or(kShut, std::memory_order_acq_rel); }
  bool is_shut_down() const noexcept { return (tail_.load(std::memory_order_acquire) & kShut) != 0; }
  // How many were ever put.
  std::uint64_t put_count() const noexcept { return number(tail_.load(std::memory_order_acquire) / kPosition); }
  // A snapshot, between 0 and most().
  std::uint64_t size() const noexcept {
    const std::uint64_t got = number(head_.load(std::memory_order_acquire) / kPosition);
    return std::min(put_count() - got, most_);
  }
  std::uint64_t most() const noexcept { return most_; }

 private:
  static constexpr std::size_t kSlots = kLap - 1;
  static constexpr std::uint64_t kGetters = 1;   // in tail_
  static constexpr std::uint64_t kPutters = 1;   // in head_
  static constexpr std::uint64_t kShut = 2;      // in tail_
  static constexpr std::uint64_t kPosition = 4;  // the flags are below
  static_assert((kLap & (kLap - 1)) == 0 && kLap >= 2, "positions are divided by kLap");

  template <class U>
  using Atomic = typename Atomics::template Atomic<U>;

  enum : std::uint8_t {
    kRead = 1,
    kLeft = 2
  };  // of a slot: its item was read; the rest of the block is its reader's to look after

  struct Slot {
    // written: by who put the item (release), read by who gets it (acquire).
    // left: kRead by its reader, kLeft by who goes through the block; acq_rel, so that the one that frees the block comes after all readers.
    Atomic<bool> written{false};
    Atomic<std::uint8_t> left{0};
    alignas(T) std::byte place[sizeof(T)];

    T& item() noexcept { return *std::launder(reinterpret_cast<T*>(place)); }
    template <class Source>
    void write(Source&& item) noexcept {
      std::construct_at(reinterpret_cast<T*>(place), std::move(item));
      written.store(true, std::memory_order_release);
    }
    // The item is moved from by the next statement of the caller's, before leave().
    T&& read() noexcept {
      for (BasicSpinWait<Atomics> spin; !written.load(std::memory_order_acquire);) spin.once();
      return std::move(item());
    }
  };
  struct Block {
    // next: by who brings the next block in (release), read by who goes on behind this one (acquire).
    Atomic<Block*> next{nullptr};
    Slot slots[kSlots];
  };
  // A block at hand, before anything is claimed for which it is needed: what cannot be had changes nothing.
  class Next {
   public:
    explicit Next(FifoItems& items) noexcept : items_(items) {}
    Next(const Next&) = delete;
    Next& operator=(const Next&) = delete;
    ~Next() {
      if (block_ != nullptr) items_.keep(block_);
    }
    void provide() {
      if (block_ != nullptr) return;
      block_ = items_.spare_.exchange(nullptr, std::memory_order_acquire);
      if (block_ == nullptr) block_ = new Block;
    }
    Block* take() noexcept { return std::exchange(block_, nullptr); }

   private:
    FifoItems& items_;
    Block* block_ = nullptr;
  };

  // How many items were put, or got, before the position.
  static constexpr std::uint64_t number(std::uint64_t position) noexcept { return position - position / kLap; }

  // How many fit in behind so many.
  std::uint64_t room_at(std::uint64_t put) noexcept {
    std::uint64_t got = head_seen_.load(std::memory_order_acquire);
    if (put - got < most_ || put < got) [[likely]]
      return put < got ? 1 : most_ - (put - got);  // a tail that is older than the head is not there any more
    got = number(head_.load(std::memory_order_acquire) / kPosition);
    head_seen_.store(got, std::memory_order_release);
    return put < got ? 1 : put - got < most_ ? most_ - (put - got) : 0;
  }
  // How many are there behind so many.
  std::uint64_t there_at(std::uint64_t got, bool& shut) noexcept {
    std::uint64_t put = tail_seen_.load(std::memory_order_relaxed);
    if (put > got) [[likely]]
      return put - got;
    const std::uint64_t tail = tail_.load(std::memory_order_acquire);
    shut = (tail & kShut) != 0;
    put = number(tail / kPosition);
    if (put > got) tail_seen_.store(put, std::memory_order_relaxed);
    return put > got ? put - got : 0;
  }

  void bring_in(Block& last, Block* next) noexcept {
    tail_block_.store(next, std::memory_order_release);
    tail_.fetch_add(kPosition, std::memory_order_release);
    last.next.store(next, std::memory_order_release);
  }
  void go_on_behind(Block& block) noexcept {
    Block* next = nullptr;
    for (BasicSpinWait<Atomics> spin; (next = block.next.load(std::memory_order_acquire)) == nullptr;) spin.once();
    head_block_.store(next, std::memory_order_release);
    head_.fetch_add(kPosition, std::memory_order_release);
  }

  // The slot's item was read.
  void leave(Block& block, std::size_t index) noexcept {
    std::destroy_at(&block.slots[index].item());
    if (index == kSlots - 1) {
      look_after(block, 0);
    } else if ((block.slots[index].left.fetch_or(kRead, std::memory_order_acq_rel) & kLeft) != 0) {
      look_after(block, index + 1);
    }
  }
  // All slots before `index` were read, and the last one.
  void look_after(Block& block, std::size_t index) noexcept {
    for (; index != kSlots - 1; ++index) {
      Atomic<std::uint8_t>& left = block.slots[index].left;
      if ((left.load(std::memory_order_acquire) & kRead) != 0) continue;
      if ((left.fetch_or(kLeft, std::memory_order_acq_rel) & kRead) == 0) return;
    }
    for (Slot& slot : block.slots) {
      slot.written.store(false, std::memory_order_relaxed);
      slot.left.store(0, std::memory_order_relaxed);
    }
    block.next.store(nullptr, std::memory_order_relaxed);
    keep(&block);
  }
  void keep(Block* block) noexcept {
    Block* none = nullptr;
    if (!spare_.compare_exchange_strong(none, block, std::memory_order_release, std::memory_order_relaxed))
      delete block;
  }

  const std::uint64_t most_;
  // tail_, tail_block_, head_seen_: what putters write; head_, head_block_, tail_seen_: what getters write. Each group on a line of its own.
  //   tail_, head_        read-modify-writes only. acquire: the block of the position is seen, and what was done before it. release: as the header
  //                       says of memory.
  //   tail_block_, head_block_  by who has moved the word to the end of a block, before the word goes on (release, by both).
  //   head_seen_, tail_seen_    an older value of the other side's number, so that its line is not read each time. head_seen_ carries what the
  //                       reader of head_ has acquired; tail_seen_ only says how many there are: the item's own flag is acquired.
  //   spare_              given by release, taken by acquire: the block is used again by another thread.
  [[maybe_unused]] LineGap before_tail_;
  Atomic<std::uint64_t> tail_{0};
  Atomic<Block*> tail_block_{nullptr};
  Atomic<std::uint64_t> head_seen_{0};
  [[maybe_unused]] LineGap before_head_;
  Atomic<std::uint64_t> head_{0};
  Atomic<Block*> head_block_{nullptr};
  Atomic<std::uint64_t> tail_seen_{0};
  [[maybe_unused]] LineGap behind_head_;
  Atomic<Block*> spare_{nullptr};
};

}  // namespace weft
