#pragma once
// queue_state: the items of a queue, who waits for one or for room, and how many items are still being worked on.
//
//   rules     asyncio's: each put wakes the getter that waits longest, each get the putter; who was woken looks again, and goes to the end of the
//             line when somebody else was faster. One that was woken and is cancelled wakes the next one.
//   waits     whoever waits says so in the word of the items whose change ends its wait, under the guard; whoever finds that said looks into the
//             line, under the guard. So nobody needs the guard while nobody waits.
//   threads   every member from any thread. What is under the guard takes a few instructions and calls out to nothing but the items' own words.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include "weft/primitives/turnout.h"
#include "weft/primitives/wait_queue.h"
#include "weft/runtime/base/line_gap.h"
#include "weft/runtime/base/spin_lock.h"

namespace weft {

// Items: FifoItems or LockedItems.
template <class Items, class Place, class List = IntrusiveList<Place>, class Atomics = StdAtomics>
class QueueState {
 public:
  using Item = typename Items::Item;

  template <class... Args>
  explicit QueueState(Args&&... args) : items_(std::forward<Args>(args)...) {}

  // `woken`, here and below: whom to tell, afterwards; null for nobody.
  template <class Source>
  Turnout put(Source* item, Place*& woken) {
    const Moved moved = items_.push(item, 1);
    if (moved.turnout == Turnout::done_and_seen) [[unlikely]]
      woken = next_getter();
    return moved.turnout;
  }
  // As many of `count` items as there is room for at once. shut_down only when that came before the first one.
  template <class Source>
  Moved put_many(Source* items, std::size_t count, List& woken) {
    Moved all{Turnout::done, 0};
    while (all.count < count) {
      const Moved moved = items_.push(items + all.count, count - all.count);
      if (moved.count == 0) {
        if (moved.turnout == Turnout::blocked || all.count == 0) all.turnout = moved.turnout;
        break;
      }
      if (moved.turnout == Turnout::done_and_seen) next_getters(moved.count, woken);
      all.count += moved.count;
    }
    return all;
  }
  // done: take(Item&&) was called once.
  template <class Take>
  Turnout get(Take take, Place*& woken) {
    const Moved moved = items_.pop(1, take);
    if (moved.turnout == Turnout::done_and_seen) [[unlikely]]
      woken = next_putter();
    return moved.turnout;
  }
  template <class Take>
  Moved get_many(std::size_t most, Take take, List& woken) {
    Moved all{Turnout::done, 0};
    while (all.count < most) {
      const Moved moved = items_.pop(most - all.count, take);
      if (moved.count == 0) {
        if (all.count == 0) all.turnout = moved.turnout;
        break;
      }
      if (moved.turnout == Turnout::done_and_seen) next_putters(moved.count, woken);
      all.count += moved.count;
    }
    return all;
  }

  // True: the place is in the line. False: look again.
  bool queue_getter(Place& place) {
    const std::lock_guard guard(guard_);
    if (!items_.getter_waits()) return false;
    getters_.push(place);
    return true;
  }
  bool queue_putter(Place& place) {
    const std::lock_guard guard(guard_);
    if (!items_.putter_waits()) return false;
    putters_.push(place);
    return true;
  }
  // False: there is nothing to wait for.
  bool queue_joiner(Place& place) {
    const std::lock_guard guard(guard_);
    // acq_rel: what was done before a task_done() is seen; whoever ends the last one from now on sees that somebody waits.
    if (done_.fetch_or(kJoiners, std::memory_order_acq_rel) / kOne == items_.put_count()) return false;
    joiners_.push(place);
    return true;
  }

  // For a canceller. False: it was woken before.
  bool cancel_getter(Place& place) noexcept { return cancel(getters_, place); }
  bool cancel_putter(Place& place) noexcept { return cancel(putters_, place); }
  bool cancel_joiner(Place& place) noexcept { return cancel(joiners_, place); }
  // Its task runs again without having got, or put, anything; or it is destroyed while it waits.
  Place* getter_gives_up(Place& place) {
    if (!was_woken(getters_, place) || items_.size() == 0) return nullptr;
    return next_getter();
  }
  Place* putter_gives_up(Place& place) {
    if (!was_woken(putters_, place) || items_.size() >= items_.most()) return nullptr;
    return next_putter();
  }
  void joiner_gives_up(Place& place) { static_cast<void>(was_woken(joiners_, place)); }

  // False, and nothing is changed: more than were put.
  bool task_done(std::uint64_t count, List& woken) {
    if (count > Items::kMost) return false;
    std::uint64_t seen = done_.load(std::memory_order_relaxed);
    do {
      const std::uint64_t done = seen / kOne;
      if (puts_seen_.load(std::memory_order_relaxed) < done + count) {
        const std::uint64_t puts = items_.put_count();
        if (puts < done + count) return false;
        puts_seen_.store(puts, std::memory_order_relaxed);
      }
    } while (
        !done_.compare_exchange_weak(seen, seen + count * kOne, std::memory_order_acq_rel, std::memory_order_relaxed));
    if ((seen & kJoiners) != 0 && seen / kOne + count == items_.put_count()) all_done(woken);
    return true;
  }
  std::uint64_t unfinished() const {
    const std::uint64_t done = done_.load(std::memory_order_acquire) / kOne;
    return items_.put_count() - done;
  }

  // Nobody puts any more. `drop`: the items that are there go, and count as done.
  void shut_down(bool drop, List& woken) {
    items_.shut_down();
    if (drop) drop_all(woken);
    const std::lock_guard guard(guard_);
    getters_.take_all(woken);
    putters_.take_all(woken);
  }

  bool is_shut_down() const { return items_.is_shut_down(); }
  std::uint64_t size() const { return items_.size(); }
  std::uint64_t most() const noexcept { return items_.most(); }
  std::size_t getters() { return count(getters_); }
  std::size_t putters() { return count(putters_); }

 private:
  using Line = WaitQueue<Place, List, Atomics>;
  static constexpr std::uint64_t kJoiners = 1;
  static constexpr std::uint64_t kOne = 2;

  Place* next_getter() {
    const std::lock_guard guard(guard_);
    Place* next = getters_.take_next();
    if (next == nullptr) items_.no_getter_waits();
    return next;
  }
  Place* next_putter() {
    const std::lock_guard guard(guard_);
    Place* next = putters_.take_next();
    if (next == nullptr) items_.no_putter_waits();
    return next;
  }
  void next_getters(std::size_t most, List& woken) {
    for (; most != 0; --most) {
      Place* next = next_getter();
      if (next == nullptr) return;
      woken.push_back(*next);
    }
  }
  void next_putters(std::size_t most, List& woken) {
    for (; most != 0; --most) {
      Place* next = next_putter();
      if (next == nullptr) return;
      woken.push_back(*next);
    }
  }
  bool cancel(Line& line, Place& place) noexcept {
    const std::lock_guard guard(guard_);
    return line.cancel(place);
  }
  // It is out of the line afterwards.
  bool was_woken(Line& line, Place& place) {
    const std::lock_guard guard(guard_);
    return !line.cancel(place) && place.mark.stage.get() != WaitStage::cancelled;
  }
  std::size_t count(Line& line) {
    const std::lock_guard guard(guard_);
    return line.count();
  }
  void all_done(List& woken) {
    const std::lock_guard guard(guard_);
    joiners_.take_all(woken);
    done_.fetch_and(~kJoiners, std::memory_order_relaxed);
  }
  void drop_all(List& woken) {
    const std::uint64_t dropped = items_.drop_all();
    std::uint64_t seen = done_.load(std::memory_order_relaxed);
    std::uint64_t done = 0;
    do {  // no more than there are: some may have been counted before they were got
      done = std::min(dropped, items_.put_count() - seen / kOne);
    } while (
        !done_.compare_exchange_weak(seen, seen + done * kOne, std::memory_order_acq_rel, std::memory_order_relaxed));
    if (unfinished() == 0) all_done(woken);
  }

  Items items_;
  // done_: how many task_done() were called, and whether somebody joins; written by those (acq_rel: a joiner sees what was done before each), and
  //   by joiners. puts_seen_: an older count of the items put, so that their word is not read each time; relaxed, it only spares a look.
  [[maybe_unused]] LineGap before_done_;
  typename Atomics::template Atomic<std::uint64_t> done_{0};
  typename Atomics::template Atomic<std::uint64_t> puts_seen_{0};
  [[maybe_unused]] LineGap behind_done_;
  BasicSpinLock<Atomics> guard_;
  Line getters_;
  Line putters_;
  Line joiners_;
};

}  // namespace weft
