#include "weft/runtime/sched/scheduler.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "weft/runtime/base/errors.h"
#include "weft/runtime/sched/cpu_count.h"
#include "weft/runtime/sched/futex.h"

namespace weft {
namespace {

std::string what_of_current_exception() {
  try {
    throw;
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

// Pins the calling thread to the index-th core of its mask; puts the mask back when it goes.
class PinnedThread {
 public:
  PinnedThread(bool wanted, unsigned index) {
    if (!wanted || sched_getaffinity(0, sizeof before_, &before_) != 0) return;
    const int cores = CPU_COUNT(&before_);
    int wanted_core = static_cast<int>(index) % std::max(1, cores);
    for (int core = 0; core < CPU_SETSIZE; ++core) {
      if (!CPU_ISSET(core, &before_) || wanted_core-- != 0) continue;
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(core, &one);
      pinned_ = sched_setaffinity(0, sizeof one, &one) == 0;
      return;
    }
  }
  ~PinnedThread() {
    if (pinned_) sched_setaffinity(0, sizeof before_, &before_);
  }
  PinnedThread(const PinnedThread&) = delete;
  PinnedThread& operator=(const PinnedThread&) = delete;

 private:
  cpu_set_t before_{};
  bool pinned_ = false;
};

void call_stop_hook(const std::function<void(int)>& hook, unsigned index) noexcept {
  if (!hook) return;
  try {
    hook(static_cast<int>(index));
  } catch (...) {
    std::fprintf(stderr, "weft: RunOptions.on_thread_stop threw in worker %u: %s; the worker ends all the same\n",
                 index, what_of_current_exception().c_str());
  }
}

}  // namespace

struct Scheduler::Crew {
  enum class Phase { paused, running, ending };

  std::mutex mutex;  // all that follows but `threads`, which belongs to the thread that calls run()
  std::condition_variable changed;
  Phase phase = Phase::paused;
  std::uint64_t round = 0;
  unsigned paused = 0;
  std::string start_error;
  std::vector<std::thread> threads;
};

Scheduler::Scheduler(SchedulerOptions options)
    : options_(std::move(options)),
      clock_(options_.clock != nullptr ? options_.clock : &MonotonicClock::instance()),
      idle_(options_.workers, std::max(1U, std::min(options_.workers, usable_cpus()) / 2)),
      timer_grace_(clock_->is_virtual() ? 0 : kTimerGrace),
      crew_(std::make_unique<Crew>()) {
  StdAtomics::enable_asymmetric_barriers();
  for (unsigned i = 0; i < options_.workers; ++i) workers_.push_back(std::make_unique<Worker>(*this, i, options_.seed));
}

Scheduler::~Scheduler() {
  visitors_.wait_until_gone();
  end_threads();
}

void Scheduler::run() {
  if (this_worker() != nullptr) {
    throw RuntimeError("Scheduler::run: this thread already runs an event loop; await instead of running another one");
  }
  if (running_.exchange(true, std::memory_order_acq_rel)) {
    throw RuntimeError("Scheduler::run: this event loop is already running in another thread");
  }
  struct Reset {
    Scheduler& self;
    ~Reset() {
      self.stopping_.store(false, std::memory_order_release);
      self.leave_.store(false, std::memory_order_release);
      self.running_.store(false, std::memory_order_release);
    }
  } reset{*this};
  could_not_start_ = true;
  start_threads();
  const PinnedThread pinned(options_.pin_threads, 0);
  if (options_.on_thread_start) {
    try {
      options_.on_thread_start(0);
    } catch (...) {
      throw RuntimeError("RunOptions.on_thread_start threw in worker 0: " + what_of_current_exception());
    }
  }
  could_not_start_ = false;
  {
    const std::lock_guard lock(crew_->mutex);
    crew_->phase = Crew::Phase::running;
    ++crew_->round;
    crew_->paused = 0;
  }
  crew_->changed.notify_all();
  current_worker = workers_[0].get();
  if (options_.asyncio_order) {
    workers_[0]->loop_asyncio();
  } else {
    workers_[0]->loop_depth_first();
  }
  current_worker = nullptr;
  {
    std::unique_lock lock(crew_->mutex);
    crew_->changed.wait(lock, [this] { return crew_->paused == crew_->threads.size(); });
    crew_->phase = Crew::Phase::paused;
  }
  call_stop_hook(options_.on_thread_stop, 0);
}

void Scheduler::start_threads() {
  if (crew_->threads.size() + 1 == options_.workers) return;
  // Signals go to the threads of the program; a worker that handles them would be interrupted for nothing.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  {
    const std::lock_guard lock(crew_->mutex);
    crew_->paused = 0;
    crew_->start_error.clear();
  }
  std::string error;
  try {
    while (crew_->threads.size() + 1 < options_.workers) {
      const auto index = static_cast<unsigned>(crew_->threads.size() + 1);
      crew_->threads.emplace_back([this, index] { thread_main(index); });
    }
  } catch (const std::exception& failure) {
    error = "weft started " + std::to_string(crew_->threads.size()) + " of " + std::to_string(options_.workers - 1) +
            " worker threads, then the system refused: " + failure.what() +
            "; ask for fewer by RunOptions.workers or WEFT_WORKERS";
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  {
    std::unique_lock lock(crew_->mutex);
    crew_->changed.wait(lock, [this] { return crew_->paused == crew_->threads.size(); });
    if (error.empty()) error = crew_->start_error;
  }
  if (error.empty()) return;
  end_threads();
  throw RuntimeError(error);
}

void Scheduler::thread_main(unsigned index) {
  pthread_setname_np(pthread_self(), (options_.thread_name.substr(0, 10) + "-" + std::to_string(index)).c_str());
  const PinnedThread pinned(options_.pin_threads, index);
  bool started = true;
  if (options_.on_thread_start) {
    try {
      options_.on_thread_start(static_cast<int>(index));
    } catch (...) {
      started = false;
      const std::lock_guard lock(crew_->mutex);
      crew_->start_error =
          "RunOptions.on_thread_start threw in worker " + std::to_string(index) + ": " + what_of_current_exception();
    }
  }
  current_worker = workers_[index].get();
  std::unique_lock lock(crew_->mutex);
  std::uint64_t seen = crew_->round;
  ++crew_->paused;
  crew_->changed.notify_all();
  for (;;) {
    crew_->changed.wait(lock, [&] { return crew_->phase == Crew::Phase::ending || crew_->round != seen; });
    if (crew_->phase == Crew::Phase::ending) break;
    seen = crew_->round;
    lock.unlock();
    workers_[index]->loop_depth_first();
    lock.lock();
    ++crew_->paused;
    crew_->changed.notify_all();
  }
  lock.unlock();
  current_worker = nullptr;
  if (started) call_stop_hook(options_.on_thread_stop, index);
}

void Scheduler::end_threads() noexcept {
  {
    const std::lock_guard lock(crew_->mutex);
    crew_->phase = Crew::Phase::ending;
  }
  crew_->changed.notify_all();
  for (std::thread& thread : crew_->threads) thread.join();
  crew_->threads.clear();
  crew_->phase = Crew::Phase::paused;
}

void Scheduler::stop() noexcept {
  const Visitors::Visit visit(visitors_);
  stopping_.store(true, std::memory_order_release);
  StdAtomics::light_barrier();  // producer 2
  wake_all();
}

void Scheduler::stop_at_once() noexcept {
  leave_.store(true, std::memory_order_release);
  stop();
}

void Scheduler::inject(Work* work) {
  const Visitors::Visit visit(visitors_);
  injected_.push(work);
  StdAtomics::light_barrier();  // producer 2
  if (idle_.waking_pays()) wake_one();
}

void Scheduler::add_timer(Timer& timer, std::int64_t when) {
  Worker* worker = own_worker();
  if (worker == nullptr) {
    const Visitors::Visit visit(visitors_);
    if (!workers_[0]->timers_.insert(timer, when)) return;
    StdAtomics::light_barrier();  // with worker 0's heavy barrier: it sees the timer, or we see that it sleeps
    wake(0);
    return;
  }
  if (!worker->timers_.insert(timer, when)) return;
  StdAtomics::light_barrier();  // with the watcher's heavy barrier: it sees the timer, or we see until when it sleeps
  ensure_watched(when);
}

// By a worker that goes on with other things: somebody who sleeps will look at its timer `when` unless it has done so itself by then.
void Scheduler::ensure_watched(std::int64_t when) noexcept {
  std::uint32_t watcher = 0;
  switch (watch_.coverage(let_pass(when), watcher)) {
    case TimerWatch::Coverage::covered:
      return;
    case TimerWatch::Coverage::too_late:
      wake(watcher);
      return;
    case TimerWatch::Coverage::nobody:
      if (idle_.waking_pays()) wake_one();
  }
}

void Scheduler::interrupt() noexcept {
  interrupted_.store(true, std::memory_order_release);
  StdAtomics::light_barrier();  // producer 2
  wake(0);
}

void Scheduler::drop_queued() noexcept {
  for (auto& worker : workers_) worker->drop_queued();
  std::vector<Work*> works;
  injected_.take_all(works);
  for (Work* work : works) work->drop();
}

void Scheduler::wake_one() noexcept {
  const int worker = idle_.wake_one(watch_.somebody());
  if (worker >= 0) unpark(static_cast<unsigned>(worker));
}

void Scheduler::wake_all() noexcept {
  for (unsigned i = 0; i < options_.workers; ++i) wake(i);
}

void Scheduler::wake(unsigned worker) noexcept {
  if (idle_.claim_for_search(worker)) {
    unpark(worker);
  } else {
    wake_one();
  }
}

void Scheduler::unpark(unsigned worker) noexcept { futex_wake_one(idle_.word(worker)); }

bool Scheduler::has_event() const noexcept {
  return stopping() || !injected_.empty() || interrupted_.load(std::memory_order_relaxed);
}

bool Scheduler::has_queued_work() const noexcept {
  return std::any_of(workers_.begin(), workers_.end(), [](const auto& worker) { return worker->has_work(); });
}

bool Scheduler::has_something_ready() const noexcept {
  return has_queued_work() || !injected_.empty() || earliest_timer() <= now();
}

std::int64_t Scheduler::earliest_timer() const noexcept {
  std::int64_t earliest = TimerQueue::kNever;
  for (const auto& worker : workers_) earliest = std::min(earliest, worker->timers().next());
  return earliest;
}

std::size_t Scheduler::timers_waiting() const noexcept {
  std::size_t count = 0;
  for (const auto& worker : workers_) count += worker->timers().size();
  return count;
}

// A sleeper wakes for its own timers, and the one that watches also for those that another worker, which computes, lets pass.
std::int64_t Scheduler::wake_time(const Worker& sleeper, bool watching) const noexcept {
  std::int64_t earliest = sleeper.next_timer();
  for (const auto& worker : workers_) {
    if (!watching || worker.get() == &sleeper) continue;
    earliest = std::min(earliest, let_pass(worker->timers().next()));
  }
  return earliest;
}

void Scheduler::rest(unsigned worker, std::int64_t until) noexcept {
  futex_wait(idle_.word(worker), IdleSet<>::kAwake, until);
}

// By a worker that announced itself as the last sleeper. True when a timer is due now. Another worker may have been woken since, so
// the count is read again, and after the timers: who sees that a timer was taken sees that its taker sleeps no more.
bool Scheduler::move_virtual_time() noexcept {
  const std::lock_guard lock(time_lock_);
  const std::int64_t earliest = earliest_timer();
  if (earliest == TimerQueue::kNever) return false;
  if (earliest <= now()) return true;
  if (!idle_.everybody_sleeps()) return false;
  clock_->advance_to(earliest);
  return true;
}

void Scheduler::sleep_until(unsigned worker, std::int64_t deadline) noexcept {
  while (idle_.word(worker).load(std::memory_order_relaxed) == IdleSet<>::kAsleep &&
         (deadline == TimerQueue::kNever || now() < deadline)) {
    futex_wait(idle_.word(worker), IdleSet<>::kAsleep, deadline);
  }
}

}  // namespace weft
