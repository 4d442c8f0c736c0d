#pragma once
// worker: one thread's share of a scheduler, and the narrow door between the scheduler and what it runs.
//
//   threads   the members above the line are the owner's alone; below it, every member says who may call.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "weft/runtime/base/random.h"
#include "weft/runtime/sched/fork_deque.h"
#include "weft/runtime/sched/idle_set.h"
#include "weft/runtime/sched/run_queue.h"
#include "weft/runtime/sched/steal_pace.h"
#include "weft/runtime/sched/timer_queue.h"
#include "weft/runtime/sched/work.h"

namespace weft {

class Scheduler;

// A child of a join. Opaque here: the scheduler hands it to the function that SchedulerOptions names.
struct ForkItem;

class alignas(kCacheLine) Worker {
 public:
  // Steps that may follow each other without returning to the loop, where timers, injected work and requests are served.
  static constexpr std::uint32_t kBudget = 64;

  Worker(Scheduler& scheduler, unsigned index, std::uint64_t seed);

  // The identity of the task that runs; the task layer's own encoding, 0 for none.
  std::uintptr_t current() const noexcept { return current_; }
  void set_current(std::uintptr_t identity) noexcept { current_ = identity; }

  // False when the budget is used up: go back to the loop. Each true costs one step.
  bool spend() noexcept {
    if (!__builtin_sub_overflow(budget_, 1U, &budget_)) [[likely]]
      return true;
    budget_ = 0;
    return false;
  }
  // When this many timers fired since a worker slept, it may let the next ones be this late, in nanoseconds.
  static constexpr unsigned kManyTimers = 8;
  static constexpr std::int64_t kCollectTimers = 400'000;
  void refill() noexcept { budget_ = kBudget - 1; }

  // What the resume loop does when the coroutine it resumed gives control back; the task layer's own encoding, 0 for nothing.
  void set_sequel(std::uintptr_t sequel) noexcept { sequel_ = sequel; }
  std::uintptr_t take_sequel() noexcept { return std::exchange(sequel_, 0); }

  // Makes a child available: to this worker first, to thieves within a millisecond of one being idle.
  void push_fork(ForkItem* item) {
    if (fork_.push(item)) [[unlikely]]
      answer_request();
  }
  // The same in two steps, for callers that handle the rare cases elsewhere: push_fork_into_room() needs has_fork_room(), and when it says
  // true, answer_request() is owed.
  bool has_fork_room() const noexcept { return fork_.has_room(); }
  [[nodiscard]] bool push_fork_into_room(ForkItem* item) noexcept { return fork_.push_into_room(item); }
  void answer_request();
  void answer_if_asked() {
    if (fork_.asked()) [[unlikely]]
      answer_request();
  }
  // Null: there may still be a shared one, for pop_fork_if.
  template <class Mine>
  ForkItem* pop_private_fork_if(Mine mine) noexcept {
    return fork_.pop_private_if(mine);
  }
  template <class Mine>
  ForkItem* pop_fork_if(Mine mine) {
    return fork_.pop_if(mine);
  }

  // Puts work at the tail of this worker's run queue and wakes a sleeper if there is one.
  void schedule(Work* work) {
    run_.push(work);
    StdAtomics::light_barrier();  // producer 2
    if (idle_.somebody_sleeps()) [[unlikely]]
      wake_for_entry();
  }

  // Numbers from a block that this worker took from `source`; `block` at a time.
  std::uint64_t take_number(std::atomic<std::uint64_t>& source, std::uint64_t block) noexcept {
    if (number_ == numbers_end_) {
      number_ = source.fetch_add(block, std::memory_order_relaxed);
      numbers_end_ = number_ + block;
    }
    return ++number_;
  }

  // Owner, or anybody while the scheduler is paused. Calls visit(item) for every child that waits here, newest first.
  template <class Visit>
  void for_each_fork(Visit visit) {
    std::vector<ForkItem*> items;
    while (ForkItem* item = fork_.pop()) items.push_back(item);
    for (ForkItem* item : items) visit(item);
    for (std::size_t i = items.size(); i-- > 0;) push_fork(items[i]);
  }
  // While the scheduler is paused: forgets everything that is queued here; works and timers are dropped, children are not ours.
  void drop_queued() noexcept;

  Scheduler& scheduler() const noexcept { return scheduler_; }
  unsigned index() const noexcept { return index_; }
  bool asyncio_order() const noexcept { return asyncio_order_; }

  // --- for the scheduler ------------------------------------------------------------------------------------------
  // Owner, on the thread that is this worker.
  void loop_depth_first();
  void loop_asyncio();
  // Any thread. Is there something that a thief or the owner could run?
  bool has_work() const noexcept { return !run_.empty() || fork_.has_items(); }
  TimerQueue& timers() noexcept { return timers_; }
  // Owner. When it wakes up for its timers.
  std::int64_t next_timer() const noexcept;
  const TimerQueue& timers() const noexcept { return timers_; }
  void request_fork() noexcept { fork_.request(); }

 private:
  friend class Scheduler;
  void wake_for_entry() noexcept;
  bool serve_events();
  void fire(Timer* timer);
  void end_search(bool found) noexcept;
  Work* next_entry() noexcept { return alone_ ? run_.pop_alone() : run_.pop(); }
  bool run_batch();
  bool run_fork();
  bool find_work();
  bool steal_from(Worker& victim, bool entries);
  bool steal_entries(Worker& victim);
  bool steal_timers(Worker& victim);
  void judge_last_batch() noexcept;
  void wait_for_work();

  std::uintptr_t current_ = 0;
  std::uint32_t budget_ = kBudget - 1;  // steps that may still follow
  std::uintptr_t sequel_ = 0;
  bool searching_ = false;
  bool serving_ = false;       // what is pushed now is run next by this worker
  unsigned timers_fired_ = 0;  // since it slept
  std::uint64_t entries_run_ = 0;
  StealPace pace_;
  Worker* last_victim_ = nullptr;
  std::uint64_t number_ = 0;
  std::uint64_t numbers_end_ = 0;
  Scheduler& scheduler_;
  IdleSet<>& idle_;
  const unsigned index_;
  const bool alone_;  // the scheduler has no other worker
  const bool asyncio_order_;
  Random random_;
  ForkDeque<ForkItem> fork_;
  RunQueue<Work> run_;
  TimerQueue timers_;
};

// The worker that this thread is; null elsewhere. A POD of one translation unit: no initialisation wrapper. The address of a
// thread-local must not be kept over a suspension, so call this_worker() again after each.
extern __thread Worker* current_worker __attribute__((tls_model("initial-exec")));
inline Worker* this_worker() noexcept { return current_worker; }

}  // namespace weft
