#include "weft/runtime/sched/timer_queue.h"

#include <mutex>

namespace weft {
namespace {

constexpr std::uint64_t kNoTick = UINT64_MAX;

}  // namespace

bool TimerQueue::insert(Timer& timer, std::int64_t when) {
  const std::lock_guard guard(lock_);
  timer.when_ = when;
  timer.order_ = ++created_ << 3;
  timer.queue_ = this;
  place(timer);
  size_.store(size_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  const std::int64_t before = next_.load(std::memory_order_relaxed);
  if (when >= before) return false;
  publish_next();
  return true;
}

bool TimerQueue::remove(Timer& timer) noexcept {
  TimerQueue& queue = *timer.queue_;
  const std::lock_guard guard(queue.lock_);
  if (timer.place() == Timer::Place::nowhere) return false;
  queue.unlink(timer);
  const std::size_t left = queue.size_.load(std::memory_order_relaxed) - 1;
  queue.size_.store(left, std::memory_order_relaxed);
  if (left == 0) queue.next_.store(kNever, std::memory_order_release);
  return true;
}

Timer* TimerQueue::take_due(std::int64_t now) {
  const std::lock_guard guard(lock_);
  advance(tick_of(now));
  Timer* due = nullptr;
  if (!heap_.empty() && heap_[0]->when_ <= now) {
    due = heap_[0];
    unlink(*due);
    size_.store(size_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
  }
  publish_next();
  return due;
}

// The slot for a tick after tick_: the level is that of the highest digit in which they differ.
std::vector<Timer*>& TimerQueue::slot_of(std::uint64_t tick, unsigned& level, std::size_t& slot) noexcept {
  level = static_cast<unsigned>(std::bit_width(tick ^ tick_) - 1) / kLevelBits;
  slot = (tick >> (level * kLevelBits)) & (kSlots - 1);
  return levels_[level].slots[slot];
}

void TimerQueue::place(Timer& timer) {
  const std::uint64_t tick = tick_of(timer.when_);
  if (tick <= tick_) {
    heap_.push_back(&timer);
    timer.set_place(Timer::Place::heap);
    timer.index_ = heap_.size() - 1;
    heap_up(timer.index_);
    return;
  }
  unsigned level = 0;
  std::size_t slot = 0;
  std::vector<Timer*>& timers = slot_of(tick, level, slot);
  timers.push_back(&timer);
  timer.index_ = timers.size() - 1;
  timer.set_place(Timer::Place::wheel);
  levels_[level].occupied[slot / 64] |= std::uint64_t{1} << (slot % 64);
}

void TimerQueue::unlink(Timer& timer) noexcept {
  if (timer.place() == Timer::Place::heap) {
    heap_remove(timer.index_);
  } else {
    unsigned level = 0;
    std::size_t slot = 0;
    std::vector<Timer*>& timers = slot_of(tick_of(timer.when_), level, slot);
    timers[timer.index_] = timers.back();
    timers[timer.index_]->index_ = timer.index_;
    timers.pop_back();
    if (timers.empty()) levels_[level].occupied[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
  }
  timer.set_place(Timer::Place::nowhere);
}

// Its timers move to lower levels and to the heap.
void TimerQueue::empty_slot(unsigned level, std::size_t slot) {
  std::vector<Timer*>& timers = levels_[level].slots[slot];
  levels_[level].occupied[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
  for (std::size_t i = 0; i < timers.size(); ++i) {
    if (i + kAhead < timers.size()) __builtin_prefetch(timers[i + kAhead], 1);
    place(*timers[i]);
    if (timers[i]->place() == Timer::Place::heap) __builtin_prefetch(timers[i]->subject(), 1);
  }
  timers.clear();
  if (timers.capacity() > kKept) timers.shrink_to_fit();
}

// The tick at which the earliest occupied slot of the wheel begins. A lower level holds earlier timers.
std::uint64_t TimerQueue::next_occupied() const noexcept {
  for (unsigned level = 0; level < kLevels; ++level) {
    const unsigned shift = level * kLevelBits;
    const std::size_t from = ((tick_ >> shift) & (kSlots - 1)) + 1;
    for (std::size_t word = from / 64; word < kSlots / 64; ++word) {
      std::uint64_t bits = levels_[level].occupied[word];
      if (word == from / 64) bits &= ~std::uint64_t{0} << (from % 64);
      if (bits == 0) continue;
      const std::uint64_t slot = word * 64 + static_cast<std::uint64_t>(std::countr_zero(bits));
      const std::uint64_t above =
          shift + kLevelBits >= 64 ? 0 : (tick_ >> (shift + kLevelBits)) << (shift + kLevelBits);
      return above | (slot << shift);
    }
  }
  return kNoTick;
}

void TimerQueue::advance(std::uint64_t tick) {
  while (tick_ < tick) {
    const std::uint64_t start = next_occupied();
    if (start >
        tick) {  // no timer between: every timer's level stays right, since no higher digit of its tick is passed
      tick_ = tick;
      return;
    }
    unsigned level = 0;
    std::size_t slot = 0;
    slot_of(start, level, slot);
    tick_ = start;
    empty_slot(level, slot);
  }
}

void TimerQueue::publish_next() noexcept {
  std::int64_t next = kNever;
  if (!heap_.empty()) {
    next = heap_[0]->when_;
  } else if (const std::uint64_t start = next_occupied(); start != kNoTick) {
    next = static_cast<std::int64_t>(start << kTickBits);
  }
  next_.store(next, std::memory_order_release);
}

void TimerQueue::heap_up(std::size_t index) noexcept {
  Timer* timer = heap_[index];
  while (index > 0) {
    const std::size_t parent = (index - 1) / 2;
    if (!earlier(timer, heap_[parent])) break;
    heap_put(index, heap_[parent]);
    index = parent;
  }
  heap_put(index, timer);
}

void TimerQueue::heap_down(std::size_t index) noexcept {
  Timer* timer = heap_[index];
  for (;;) {
    std::size_t child = 2 * index + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && earlier(heap_[child + 1], heap_[child])) ++child;
    if (!earlier(heap_[child], timer)) break;
    heap_put(index, heap_[child]);
    index = child;
  }
  heap_put(index, timer);
}

void TimerQueue::heap_remove(std::size_t index) noexcept {
  Timer* last = heap_.back();
  heap_.pop_back();
  if (index == heap_.size()) return;
  heap_put(index, last);
  heap_up(index);
  heap_down(last->index_);
}

}  // namespace weft
