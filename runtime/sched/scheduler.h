#pragma once
// scheduler: N workers that run Work, children of joins and timers.
//
//   order     asyncio: one worker, one FIFO, CPython's ticks (poll, due timers, then exactly what was ready).
//             depth first: every worker serves in turn its events, up to 64 entries of its run queue and one child of a join
//             with up to 64 steps; idle workers steal.
//   bounds    an entry waits at most 64 entries and 64 steps of a child per entry ahead of it; a timer or injected work
//             at most one such round of a worker that is not idle. While a worker is idle, nothing that can run waits
//             longer than a millisecond behind an owner that computes.
//   idle      a worker without work searches for some tens of microseconds and then sleeps on a futex until it is woken or one of its
//             timers is due; two of the sleepers also watch the timers of workers that compute.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "weft/runtime/base/clock.h"
#include "weft/runtime/base/spin_lock.h"
#include "weft/runtime/sched/idle_set.h"
#include "weft/runtime/sched/inject_queue.h"
#include "weft/runtime/sched/timer_watch.h"
#include "weft/runtime/sched/visitors.h"
#include "weft/runtime/sched/worker.h"

namespace weft {

struct SchedulerOptions {
  unsigned workers = 1;
  bool asyncio_order = false;  // needs workers == 1
  Clock* clock = nullptr;      // null: CLOCK_MONOTONIC
  std::uint64_t seed = 0;
  std::string thread_name = "weft";
  bool pin_threads = false;
  std::function<void(int)> on_thread_start;
  std::function<void(int)> on_thread_stop;
  // Runs a child of a join that was popped or stolen.
  void (*run_fork)(ForkItem*, Worker&) noexcept = nullptr;
};

class Scheduler {
 public:
  explicit Scheduler(SchedulerOptions options);
  // Not while run() is running. What is still queued is dropped, not run.
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // The calling thread becomes worker 0 until stop(). The other workers' threads are started by the first run() and wait between runs.
  // Throws RuntimeError when a run is going on, here or in this thread; when a thread cannot be started; when a start hook throws.
  void run();
  // Any thread, also a signal handler's. The entries that are being served end, then run() returns. Before run(): it makes one round.
  void stop() noexcept;
  // As stop(), but each worker leaves after the entry it runs.
  void stop_at_once() noexcept;
  // On the thread that calls run(): the last one threw before it ran anything.
  bool could_not_start() const noexcept { return could_not_start_; }
  bool running() const noexcept { return running_.load(std::memory_order_acquire); }

  // Any thread: from a worker of this scheduler to its own queue, else through the inject queue.
  void schedule(Work* work) {
    if (Worker* worker = own_worker(); worker != nullptr) [[likely]] {
      worker->schedule(work);
    } else {
      inject(work);
    }
  }
  void inject(Work* work);

  // Any thread. The timer runs on some worker at or after `when`.
  void add_timer(Timer& timer, std::int64_t when);

  // A signal handler may call it: on_interrupt runs on worker 0 soon.
  void interrupt() noexcept;
  void set_on_interrupt(std::function<void()> handler) { on_interrupt_ = std::move(handler); }
  // Order asyncio, while paused: called on the worker before each entry it runs, and before it waits because there is none (`idle`). It may
  // schedule. For tests that look between two entries.
  void set_between_entries(std::function<void(bool idle)> look) { between_entries_ = std::move(look); }

  // While paused: every worker forgets what is queued; works and timers are dropped.
  void drop_queued() noexcept;
  // While paused. Calls visit(item) for every child that waits on any worker.
  template <class Visit>
  void for_each_fork(Visit visit) {
    for (auto& worker : workers_) worker->for_each_fork(visit);
  }
  // On a worker of this scheduler: the same for the children that wait on it. Elsewhere: nothing.
  template <class Visit>
  void for_each_own_fork(Visit visit) {
    if (Worker* worker = own_worker(); worker != nullptr) worker->for_each_fork(visit);
  }

  // Timers that have not fired and were not removed. Exact while paused.
  std::size_t timers_waiting() const noexcept;

  // Would run() find something to do at once? While it is not called.
  bool has_something_ready() const noexcept;

  std::int64_t now() const noexcept { return clock_->now(); }
  bool asyncio_order() const noexcept { return options_.asyncio_order; }
  unsigned worker_count() const noexcept { return options_.workers; }
  // The worker of this scheduler that the calling thread is, or null.
  Worker* own_worker() const noexcept {
    Worker* worker = this_worker();
    return worker != nullptr && &worker->scheduler() == this ? worker : nullptr;
  }

 private:
  friend class Worker;

  void thread_main(unsigned index);
  void start_threads();
  void end_threads() noexcept;
  void wake_one() noexcept;
  void wake_all() noexcept;
  void wake(unsigned worker) noexcept;
  void unpark(unsigned worker) noexcept;
  bool has_event() const noexcept;
  bool has_queued_work() const noexcept;
  std::int64_t earliest_timer() const noexcept;
  std::int64_t wake_time(const Worker& sleeper, bool watching) const noexcept;
  // When a timer of a worker that computes is taken from it.
  std::int64_t let_pass(std::int64_t when) const noexcept {
    return when < TimerQueue::kNever - timer_grace_ ? when + timer_grace_ : TimerQueue::kNever;
  }
  // An awake worker does nothing for a while, perhaps for less.
  void rest(unsigned worker, std::int64_t until) noexcept;
  void ensure_watched(std::int64_t when) noexcept;
  bool move_virtual_time() noexcept;
  void sleep_until(unsigned worker, std::int64_t deadline) noexcept;
  bool stopping() const noexcept { return stopping_.load(std::memory_order_acquire); }

  SchedulerOptions options_;
  Clock* const clock_;
  std::vector<std::unique_ptr<Worker>> workers_;
  IdleSet<> idle_;
  InjectQueue injected_;
  Visitors visitors_;  // in inject, add_timer and stop

  TimerWatch watch_;
  // How late a timer of a worker that computes may be before another one takes it: longer than a worker that sleeps lets it wait.
  static constexpr std::int64_t kTimerGrace = Worker::kCollectTimers + 200'000;
  const std::int64_t timer_grace_;  // none in virtual time
  SpinLock time_lock_;              // one worker at a time moves virtual time
  // stopping_: written by stop() and run(); read by every worker each round. release/acquire: who stops sees why.
  std::atomic<bool> stopping_{false};
  // running_: set and cleared by run() on the owning thread; read by anyone who asks.
  std::atomic<bool> running_{false};
  // leave_: written before stopping_, by stop_at_once(), and cleared by run(); read by workers between two entries. relaxed there: an entry
  //   more or less.
  std::atomic<bool> leave_{false};
  // interrupted_: written by interrupt() (perhaps in a signal handler), cleared by worker 0. acq_rel.
  std::atomic<bool> interrupted_{false};
  std::function<void()> on_interrupt_;
  std::function<void(bool)> between_entries_;
  bool could_not_start_ = false;

  struct Crew;  // the threads, and how they wait between runs
  std::unique_ptr<Crew> crew_;
};

}  // namespace weft
