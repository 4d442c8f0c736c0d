#pragma once
// fork_deque: children of joins, newest first for their owner, oldest first for thieves. A split deque after Lace
// (van Dijk and van de Pol 2014), with a way for thieves to move the split of an owner that computes.
//
//      top            split                bottom
//       |   shared      |     private        |
//   ----+---------------+--------------------+----> index
//       thieves: CAS    owner alone: no read-modify-write, no fence
//
//   threads   owner: push, pop_if, share. Anyone: steal, request, force, hidden, has_shared, has_items.
//   rules     (1) the item at `top` is consumed only by raising `top`; `split` is never lowered to it. So while a thief's CAS on
//                 (top, split) can succeed, the slot at `top` cannot have been reused.
//             (2) limit_ >= split. The owner takes an item without asking only at an index >= limit_, after it has lowered
//                 bottom_. A thief that forces raises limit_ first, then (heavy barrier) looks whether bottom_ is still
//                 above it. One of the two sees the other.

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "weft/runtime/base/atomics.h"

namespace weft {

enum class StealResult { stolen, empty, contended };

template <class Item, class Atomics = StdAtomics>
class ForkDeque {
 public:
  // `capacity` must be a power of two; the deque grows beyond it.
  explicit ForkDeque(std::uint32_t capacity = 1024) {
    rings_.push_back(std::make_unique<Ring>(capacity));
    own_ = *rings_.back();
    ring_.store(rings_.back().get(), std::memory_order_relaxed);
  }

  // Owner. True when a thief has asked for work: call share().
  [[nodiscard]] bool push(Item* item) {
    if (!has_room()) [[unlikely]]
      make_room(bottom_.load(std::memory_order_relaxed));
    return push_into_room(item);
  }

  // Owner. Is there room for one more item without growing?
  bool has_room() const noexcept { return bottom_.load(std::memory_order_relaxed) - known_top_ < own_.capacity(); }
  // Owner. push() when has_room() said yes: no call, no allocation.
  [[nodiscard]] bool push_into_room(Item* item) noexcept {
    const std::uint32_t b = bottom_.load(std::memory_order_relaxed);
    own_.put(b, item);
    bottom_.store(b + 1, std::memory_order_release);  // publishes slot b to force() and hidden()
    Atomics::light_barrier();  // with a sleeper's heavy barrier: it sees the item, or we see its request
    return request_.load(std::memory_order_relaxed) != 0;
  }

  // Owner. The newest item if it is private and `mine(item)` holds, else null: pop_if() then finds a shared one. An item is looked at only
  // when it is the owner's: a thief may run and free it otherwise.
  template <class Mine>
  Item* pop_private_if(Mine mine) noexcept {
    const std::uint32_t b = bottom_.load(std::memory_order_relaxed) - 1;
    bottom_.store(b, std::memory_order_release);
    Atomics::light_barrier();  // with force()'s heavy barrier: it sees the lower bottom, or we see the raised limit
    if (!below(b, limit_.load(std::memory_order_relaxed))) [[likely]] {
      Item* item = own_.get(b);
      if (mine(item)) [[likely]]
        return item;
    }
    bottom_.store(b + 1, std::memory_order_release);  // as a push: whoever sleeps may have missed it, see asked()
    return nullptr;
  }

  // Owner. Has a thief asked since the last share()? For after a pop that gave an item back.
  bool asked() const noexcept {
    Atomics::light_barrier();
    return request_.load(std::memory_order_relaxed) != 0;
  }

  // Owner. The newest item if `mine(item)` holds, else null.
  template <class Mine>
  Item* pop_if(Mine mine) {
    Item* item = pop_private_if(mine);
    return item != nullptr ? item : pop_shared_if(mine);
  }

  Item* pop() {
    return pop_if([](Item*) { return true; });
  }

  // Owner. Answers a request: half of the private items, the older ones, become stealable. Keeps the request when `keep`.
  void share(bool keep_request = false) {
    if (!keep_request) request_.store(0, std::memory_order_relaxed);
    lock();
    const std::uint32_t b = bottom_.load(std::memory_order_relaxed);
    const std::uint32_t s = split_of(word_.load(std::memory_order_relaxed));
    if (below(s, b)) move_split(s + (b - s + 1) / 2);
    unlock();
  }

  // Thief. The oldest shared item. `contended`: somebody else was faster, there may be more.
  StealResult steal(Item*& item) {
    std::uint64_t w = word_.load(std::memory_order_acquire);
    const std::uint32_t t = top_of(w);
    if (!below(t, split_of(w))) return StealResult::empty;
    item = ring_.load(std::memory_order_acquire)->get(t);
    // acq_rel: the next thief that reads our top must also see what we saw.
    if (word_.compare_exchange_strong(w, pack(t + 1, split_of(w)), std::memory_order_acq_rel,
                                      std::memory_order_relaxed)) {
      return StealResult::stolen;
    }
    return StealResult::contended;
  }

  // Thief. How many items the owner keeps private; a snapshot. `mark` names the state: the same mark twice means that the owner has
  // most likely neither pushed nor popped in between.
  std::uint32_t hidden(std::uint32_t* mark = nullptr) const noexcept {
    const std::uint32_t b = bottom_.load(std::memory_order_acquire);
    const std::uint32_t s = split_of(word_.load(std::memory_order_acquire));
    if (mark != nullptr) *mark = b;
    return below(s, b) ? b - s : 0;
  }

  // Anyone. Is there an item that steal() would take?
  bool has_shared() const noexcept {
    const std::uint64_t w = word_.load(std::memory_order_acquire);
    return below(top_of(w), split_of(w));
  }

  bool has_items() const noexcept {
    const std::uint64_t w = word_.load(std::memory_order_acquire);
    return below(top_of(w), bottom_.load(std::memory_order_acquire));
  }

  // Thief. Asks the owner to share at its next push.
  void request() noexcept {
    if (request_.load(std::memory_order_relaxed) == 0) request_.store(1, std::memory_order_relaxed);
  }

  // Thief. Makes the private items of an owner that neither pushes nor pops stealable. False: the owner moved, ask again.
  bool force() {
    if (!try_lock()) return false;
    const std::uint32_t b = bottom_.load(std::memory_order_acquire);
    const std::uint32_t s = split_of(word_.load(std::memory_order_relaxed));
    bool forced = false;
    if (below(s, b)) {
      limit_.store(b, std::memory_order_relaxed);
      Atomics::heavy_barrier();  // rule (2)
      forced = !below(bottom_.load(std::memory_order_acquire), b);
      if (forced) {
        move_split(b);
      } else {
        limit_.store(s, std::memory_order_relaxed);
      }
    }
    unlock();
    return forced;
  }

 private:
  // written by  the owner; read by the owner and by thieves, who may read a slot that is being reused: their CAS then fails.
  //             relaxed: word_ and bottom_ order the contents.
  using Slot = typename Atomics::template Atomic<Item*>;
  class RingView {
   public:
    RingView() = default;
    RingView(std::uint32_t capacity, Slot* slots) noexcept : mask_(capacity - 1), slots_(slots) {}
    std::uint32_t capacity() const noexcept { return mask_ + 1; }
    Item* get(std::uint32_t i) const noexcept { return slots_[i & mask_].load(std::memory_order_relaxed); }
    void put(std::uint32_t i, Item* item) noexcept { slots_[i & mask_].store(item, std::memory_order_relaxed); }

   private:
    std::uint32_t mask_ = 0;
    Slot* slots_ = nullptr;
  };
  class Ring : public RingView {
   public:
    explicit Ring(std::uint32_t capacity) : Ring(capacity, std::make_unique<Slot[]>(capacity)) {}

   private:
    Ring(std::uint32_t capacity, std::unique_ptr<Slot[]> slots)
        : RingView(capacity, slots.get()), owned_(std::move(slots)) {}
    std::unique_ptr<Slot[]> owned_;
  };

  // Indices wrap; a deque holds fewer than 2^31 items.
  static bool below(std::uint32_t a, std::uint32_t b) noexcept { return static_cast<std::int32_t>(a - b) < 0; }
  static std::uint32_t top_of(std::uint64_t w) noexcept { return static_cast<std::uint32_t>(w >> 32); }
  static std::uint32_t split_of(std::uint64_t w) noexcept { return static_cast<std::uint32_t>(w); }
  static std::uint64_t pack(std::uint32_t top, std::uint32_t split) noexcept {
    return (static_cast<std::uint64_t>(top) << 32) | split;
  }

  [[gnu::noinline]] void make_room(std::uint32_t b) {
    known_top_ = top_of(word_.load(std::memory_order_acquire));
    if (b - known_top_ < own_.capacity()) return;
    auto larger = std::make_unique<Ring>(own_.capacity() * 2);
    for (std::uint32_t i = known_top_; i != b; ++i) larger->put(i, own_.get(i));
    own_ = *larger;
    rings_.push_back(std::move(larger));  // thieves may still read the old one; all rings together are twice the newest
    ring_.store(rings_.back().get(), std::memory_order_release);
  }

  // Under the lock: raises the split to `to`, against thieves that raise the top.
  void move_split(std::uint32_t to) noexcept {
    limit_.store(to, std::memory_order_relaxed);
    std::uint64_t w = word_.load(std::memory_order_relaxed);
    // release: who steals below the new split sees the slots (a forcing thief saw them by bottom_).
    while (!word_.compare_exchange_weak(w, pack(top_of(w), to), std::memory_order_acq_rel, std::memory_order_relaxed)) {
    }
  }

  template <class Mine>
  [[gnu::noinline]] Item* pop_shared_if(Mine mine) {
    if (!has_items()) return nullptr;
    lock();
    Item* item = nullptr;
    for (;;) {
      const std::uint32_t b = bottom_.load(std::memory_order_relaxed);
      std::uint64_t w = word_.load(std::memory_order_acquire);
      const std::uint32_t t = top_of(w);
      const std::uint32_t s = split_of(w);
      known_top_ = t;
      if (b == t) break;
      Item* newest = own_.get(b - 1);
      if (below(s, b)) {  // private after all: a force gave up
        if (!mine(newest)) break;
        bottom_.store(b - 1, std::memory_order_release);
        item = newest;
        break;
      }
      const std::uint32_t kept = (s - t) / 2;  // of n shared items the owner takes back n - n/2, the newer ones
      const bool last = kept == 0;             // rule (1)
      const std::uint64_t next = last ? pack(t + 1, s) : pack(t, t + kept);
      if (!word_.compare_exchange_strong(w, next, std::memory_order_acq_rel, std::memory_order_relaxed)) continue;
      if (!last) limit_.store(t + kept, std::memory_order_relaxed);
      if (!mine(
              newest)) {  // ours, but not wanted: it stays, privately, where it was or, when it was consumed by the top, as a new item
        if (last) {
          known_top_ = t + 1;
          own_.put(b, newest);
          bottom_.store(b + 1, std::memory_order_release);
        }
        break;
      }
      if (!last) bottom_.store(b - 1, std::memory_order_release);
      item = newest;
      break;
    }
    unlock();
    return item;
  }

  bool try_lock() noexcept {
    return lock_.load(std::memory_order_relaxed) == 0 && lock_.exchange(1, std::memory_order_acquire) == 0;
  }
  void lock() noexcept {
    while (!try_lock()) Atomics::pause();
  }
  void unlock() noexcept { lock_.store(0, std::memory_order_release); }

  // bottom_: one past the newest item.
  //   written by  the owner: push and pop, release -> acquire in force() and hidden(): who sees b sees the slots below it
  //   weaker?     relaxed: a forcing thief could publish a slot that it has not seen
  alignas(kCacheLine) typename Atomics::template Atomic<std::uint32_t> bottom_{0};
  // limit_: no index below it is the owner's without asking.
  //   written by  whoever holds lock_; read by the owner without it. relaxed: ordered by the barrier pair of rule (2)
  typename Atomics::template Atomic<std::uint32_t> limit_{0};
  // request_: a thief is hungry.
  //   written by  thieves (1) and the owner (0); read by the owner. relaxed: a hint; a sleeper's is ordered by the barrier pair
  typename Atomics::template Atomic<std::uint32_t> request_{0};
  // The owner's own copies; no thief reads them.
  std::uint32_t known_top_ = 0;
  RingView own_;
  std::vector<std::unique_ptr<Ring>> rings_;

  // word_: top in the upper half, split in the lower.
  //   written by  thieves (top), the owner and a forcing thief under lock_ (split), the owner (top, last shared item): CAS only
  //   release     on every success -> acquire in steal(): a thief that sees split s sees the slots below s
  alignas(kCacheLine) typename Atomics::template Atomic<std::uint64_t> word_{0};
  // ring_: written by the owner when it grows (release); thieves acquire it: they see the copied slots.
  typename Atomics::template Atomic<Ring*> ring_{nullptr};
  // lock_: serialises moves of the split; acquire/release as a lock. Held over `mine`, which must not come back here.
  typename Atomics::template Atomic<std::uint32_t> lock_{0};
};

}  // namespace weft
