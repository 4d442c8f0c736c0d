#include "weft/runtime/sched/timer_queue.h"

#include <mutex>
#include <utility>

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
  queue.size_.store(queue.size_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
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

void TimerQueue::place(Timer& timer) {
  const std::uint64_t tick = tick_of(timer.when_);
  if (tick <= tick_) {
    heap_.push_back(&timer);
    timer.set_place(Timer::Place::heap);
    timer.heap_index_ = heap_.size() - 1;
    heap_up(timer.heap_index_);
    return;
  }
  const auto highest_bit = static_cast<unsigned>(std::bit_width(tick ^ tick_) - 1);
  const unsigned level = highest_bit / kLevelBits;
  const std::size_t slot = (tick >> (level * kLevelBits)) & (kSlots - 1);
  Timer*& newest = levels_[level].newest[slot];
  if (newest == nullptr) {
    timer.next_ = timer.previous_ = &timer;
    levels_[level].occupied[slot / 64] |= std::uint64_t{1} << (slot % 64);
  } else {
    timer.previous_ = newest;
    timer.next_ = newest->next_;
    newest->next_->previous_ = &timer;
    newest->next_ = &timer;
  }
  newest = &timer;
  timer.set_place(Timer::Place::wheel);
}

void TimerQueue::unlink(Timer& timer) noexcept {
  if (timer.place() == Timer::Place::heap) {
    heap_remove(timer.heap_index_);
  } else {
    const std::uint64_t tick = tick_of(timer.when_);
    const unsigned level = static_cast<unsigned>(std::bit_width(tick ^ tick_) - 1) / kLevelBits;
    const std::size_t slot = (tick >> (level * kLevelBits)) & (kSlots - 1);
    Timer*& newest = levels_[level].newest[slot];
    if (timer.next_ == &timer) {
      newest = nullptr;
      levels_[level].occupied[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
    } else {
      timer.previous_->next_ = timer.next_;
      timer.next_->previous_ = timer.previous_;
      if (newest == &timer) newest = timer.previous_;
    }
  }
  timer.set_place(Timer::Place::nowhere);
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
    const auto level = static_cast<unsigned>(std::bit_width(start ^ tick_) - 1) / kLevelBits;
    const std::size_t slot = (start >> (level * kLevelBits)) & (kSlots - 1);
    tick_ = start;
    Timer* newest = std::exchange(levels_[level].newest[slot], nullptr);
    levels_[level].occupied[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
    Timer* timer = newest->next_;
    newest->next_ = nullptr;
    while (timer != nullptr) {
      Timer* following = timer->next_;
      place(*timer);
      timer = following;
    }
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
  heap_down(last->heap_index_);
}

}  // namespace weft
