#pragma once
// timer_queue: the timers of one worker. A hierarchical wheel (Varghese and Lauck 1987) in front of a small heap: insert and cancel
// cost O(1) for a timer that is not due within 65 microseconds, and timers fire in exact order of (deadline, creation).
//
//   threads   every member from any thread; a spin lock per queue. next() is one load.
//   memory    a pointer per timer: a slot is an array and not a list, so that its timers, which lie all over the memory, are fetched
//             side by side when their time comes. The Timer must stay in place until it fired or was removed.
//   idle      a worker that waits for a timer k wheel levels away wakes at most k+1 times before it is due.

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "weft/runtime/base/spin_lock.h"
#include "weft/runtime/sched/work.h"

namespace weft {

class TimerQueue;

// What happens at a deadline: run(), which must be short: it wakes or schedules. Derive from it.
class Timer : public Work {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  std::int64_t when() const noexcept { return when_; }

 protected:
  ~Timer() = default;
  // Room for a derived class's own use of the deadline before the timer is inserted.
  void set_when(std::int64_t when) noexcept { when_ = when; }
  // One bit for a derived class; insert() clears it. Written by whoever may touch the timer when it is in no queue.
  bool marked() const noexcept { return (order_ & kMark) != 0; }
  void mark() noexcept { order_ |= kMark; }
  // What run() touches besides the timer; fetched when the deadline is near. Set before the timer is inserted.
  void* subject() const noexcept { return subject_; }
  void set_subject(void* subject) noexcept { subject_ = subject; }
  // Exact for whoever may touch the timer alone.
  bool in_queue() const noexcept { return place() != Place::nowhere; }

 private:
  friend class TimerQueue;
  enum class Place : std::uint64_t { nowhere, wheel, heap };
  Place place() const noexcept { return static_cast<Place>(order_ & 3); }
  void set_place(Place p) noexcept { order_ = (order_ & ~std::uint64_t{3}) | static_cast<std::uint64_t>(p); }

  std::size_t index_ = 0;  // in its slot or in the heap
  std::int64_t when_ = 0;
  static constexpr std::uint64_t kMark = 4;
  std::uint64_t order_ = 0;  // creation number * 8 + mark + place
  TimerQueue* queue_ = nullptr;
  void* subject_ = nullptr;
};

class TimerQueue {
 public:
  static constexpr std::int64_t kNever = INT64_MAX;

  // `timer` is in no queue. True when next() became earlier.
  bool insert(Timer& timer, std::int64_t when);
  // True when the timer was still waiting: it will not fire. False: it has fired or is firing. `timer` was inserted into some queue.
  static bool remove(Timer& timer) noexcept;
  // Takes the earliest timer with a deadline <= now, or null.
  Timer* take_due(std::int64_t now);
  // Not later than the earliest deadline; kNever when there is none. While there is one, a removed timer may count until the next take_due().
  std::int64_t next() const noexcept { return next_.load(std::memory_order_acquire); }
  std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

 private:
  static constexpr unsigned kTickBits = 16;  // 65.5 microseconds
  static constexpr unsigned kLevelBits = 8;
  static constexpr unsigned kLevels = 6;  // 16 + 6 * 8 = 64 bits
  static constexpr std::size_t kSlots = std::size_t{1} << kLevelBits;
  struct Level {
    std::array<std::vector<Timer*>, kSlots> slots;  // in no order: (deadline, creation) decides in the heap
    std::array<std::uint64_t, kSlots / 64> occupied{};
  };
  static std::uint64_t tick_of(std::int64_t when) noexcept {
    return when <= 0 ? 0 : static_cast<std::uint64_t>(when) >> kTickBits;
  }

  static constexpr std::size_t kAhead = 8;  // timers that are fetched before they are looked at
  static constexpr std::size_t kKept = 64;  // a slot that had room for more gives it back when it is emptied

  std::vector<Timer*>& slot_of(std::uint64_t tick, unsigned& level, std::size_t& slot) noexcept;
  void place(Timer& timer);
  void empty_slot(unsigned level, std::size_t slot);
  void advance(std::uint64_t tick);
  std::uint64_t next_occupied() const noexcept;
  void unlink(Timer& timer) noexcept;
  void publish_next() noexcept;
  static bool earlier(const Timer* a, const Timer* b) noexcept {
    return a->when_ != b->when_ ? a->when_ < b->when_ : a->order_ < b->order_;
  }
  void heap_put(std::size_t index, Timer* timer) noexcept {
    heap_[index] = timer;
    timer->index_ = index;
  }
  void heap_up(std::size_t index) noexcept;
  void heap_down(std::size_t index) noexcept;
  void heap_remove(std::size_t index) noexcept;

  SpinLock lock_;
  std::uint64_t tick_ = 0;  // timers of this tick and before it are in the heap
  std::uint64_t created_ = 0;
  std::vector<Timer*> heap_;
  std::array<Level, kLevels> levels_;
  // written by  members, under lock_; read by any worker that looks for due timers or for how long to sleep. release/acquire is
  //             enough: a sleeper's last look is ordered by the barrier pair of the idle protocol.
  std::atomic<std::int64_t> next_{kNever};
  // written by members under lock_; read by tests and tools. relaxed: a statistic.
  std::atomic<std::size_t> size_{0};
};

}  // namespace weft
