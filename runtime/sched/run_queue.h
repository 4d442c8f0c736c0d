#pragma once
// run_queue: spawned and woken work, first in first out, for its owner and for thieves alike.
//
//   threads   owner: push, pop, pop_alone, size. Anyone: steal_half (into the caller's own queue), empty.
//   order     FIFO over all takers: the head moves by CAS, so each entry is taken once, in order.
//   memory    a ring that doubles; old rings stay until the queue dies (thieves may read them): at most twice the largest.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "weft/runtime/base/atomics.h"

namespace weft {

template <class Item, class Atomics = StdAtomics>
class RunQueue {
 public:
  explicit RunQueue(std::size_t capacity = 256) {
    rings_.push_back(std::make_unique<Ring>(capacity));
    ring_.store(rings_.back().get(), std::memory_order_relaxed);
  }

  // Owner.
  void push(Item* item) {
    const std::uint64_t t = tail_.load(std::memory_order_relaxed);
    Ring* ring = ring_.load(std::memory_order_relaxed);
    if (t - known_head_ >= ring->capacity()) [[unlikely]]
      ring = make_room(t, ring);
    ring->put(t, item);
    tail_.store(t + 1, std::memory_order_release);  // publishes the slot and the ring to steal_half()
  }

  // Owner.
  Item* pop() noexcept {
    std::uint64_t h = head_.load(std::memory_order_relaxed);
    const std::uint64_t t = tail_.load(std::memory_order_relaxed);
    Ring* ring = ring_.load(std::memory_order_relaxed);
    while (h != t) {
      Item* item = ring->get(h);
      if (head_.compare_exchange_weak(h, h + 1, std::memory_order_relaxed, std::memory_order_relaxed)) return item;
    }
    return nullptr;
  }

  // As pop(), for an owner whose queue nobody steals from: no read-modify-write.
  Item* pop_alone() noexcept {
    const std::uint64_t h = head_.load(std::memory_order_relaxed);
    if (h == tail_.load(std::memory_order_relaxed)) return nullptr;
    head_.store(h + 1, std::memory_order_relaxed);
    return ring_.load(std::memory_order_relaxed)->get(h);
  }

  // Owner: exact. Others: a snapshot.
  std::size_t size() const noexcept {
    const std::uint64_t h = head_.load(std::memory_order_acquire);
    const std::uint64_t t = tail_.load(std::memory_order_acquire);
    return t > h ? static_cast<std::size_t>(t - h) : 0;
  }
  bool empty() const noexcept { return size() == 0; }
  // Anyone. How many entries were pushed and how many were taken, ever, summed up; a measure of what its owner gets done.
  std::uint64_t traffic() const noexcept {
    return head_.load(std::memory_order_relaxed) + tail_.load(std::memory_order_relaxed);
  }

  // The owner of `into` takes the older half of this queue, at most `most` entries. Returns the oldest of them, which it does
  // not push; null when there was nothing to take or somebody was faster.
  Item* steal_half(RunQueue& into, std::size_t most = 128) {
    std::uint64_t h = head_.load(std::memory_order_acquire);
    const std::uint64_t t = tail_.load(std::memory_order_acquire);  // pairs with push: slots below t are filled
    if (t <= h) return nullptr;
    std::uint64_t n = (t - h + 1) / 2;
    if (n > most) n = most;
    Ring* ring = ring_.load(std::memory_order_acquire);
    Item* first = ring->get(h);
    const std::uint64_t place = into.tail_.load(std::memory_order_relaxed);
    for (std::uint64_t i = 1; i < n; ++i) into.stage(place + i - 1, ring->get(h + i));
    if (!head_.compare_exchange_strong(h, h + n, std::memory_order_acq_rel, std::memory_order_relaxed)) return nullptr;
    into.tail_.store(place + n - 1, std::memory_order_release);
    return first;
  }

 private:
  class Ring {
   public:
    explicit Ring(std::size_t capacity) : mask_(capacity - 1), slots_(new Slot[capacity]) {}
    std::uint64_t capacity() const noexcept { return mask_ + 1; }
    Item* get(std::uint64_t i) const noexcept { return slots_[i & mask_].load(std::memory_order_relaxed); }
    void put(std::uint64_t i, Item* item) noexcept { slots_[i & mask_].store(item, std::memory_order_relaxed); }

   private:
    // written by  the owner; thieves may read a slot that is being reused: their CAS on head_ then fails. relaxed: tail_ orders.
    using Slot = typename Atomics::template Atomic<Item*>;
    std::uint64_t mask_;
    std::unique_ptr<Slot[]> slots_;
  };

  [[gnu::noinline]] Ring* make_room(std::uint64_t t, Ring* ring) {
    // acquire: a thief that has raised the head has read its slots; only then may they be reused.
    known_head_ = head_.load(std::memory_order_acquire);
    if (t - known_head_ < ring->capacity()) return ring;
    auto larger = std::make_unique<Ring>(ring->capacity() * 2);
    for (std::uint64_t i = known_head_; i != t; ++i) larger->put(i, ring->get(i));
    Ring* result = larger.get();
    rings_.push_back(std::move(larger));
    ring_.store(result, std::memory_order_release);
    return result;
  }

  // Owner: fills a slot beyond the tail without publishing it.
  void stage(std::uint64_t index, Item* item) {
    Ring* ring = ring_.load(std::memory_order_relaxed);
    if (index - known_head_ >= ring->capacity()) [[unlikely]]
      ring = make_room(index, ring);
    ring->put(index, item);
  }

  // head_: the oldest entry. Written by all takers, by CAS; by pop_alone, the only taker then, as it is. acq_rel in steal_half: the owner's acquire in make_room must
  //   see that the slots were read; relaxed in pop: the owner knows its own slots.
  alignas(kCacheLine) typename Atomics::template Atomic<std::uint64_t> head_{0};
  // tail_: one past the newest. Written by the owner, release -> acquire in steal_half.
  alignas(kCacheLine) typename Atomics::template Atomic<std::uint64_t> tail_{0};
  // ring_: written by the owner when it grows; release -> acquire in steal_half: the copied slots are visible.
  typename Atomics::template Atomic<Ring*> ring_{nullptr};
  std::uint64_t known_head_ = 0;  // owner only; never above head_
  std::vector<std::unique_ptr<Ring>> rings_;
};

}  // namespace weft
