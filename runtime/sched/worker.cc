#include "weft/runtime/sched/worker.h"

#include <algorithm>
#include <vector>

#include "weft/runtime/sched/scheduler.h"

namespace weft {

__thread Worker* current_worker = nullptr;

namespace {

// How long a hungry thief waits for an owner to answer before it forces the split.
constexpr std::int64_t kPatience = 50'000;
// Searching ends after this many rounds over all workers, each some hundred nanoseconds.
constexpr unsigned kSearchRounds = 40;
constexpr unsigned kPausesPerRound = 20;

std::int64_t real_now() noexcept { return MonotonicClock::instance().now(); }

}  // namespace

Worker::Worker(Scheduler& scheduler, unsigned index, std::uint64_t seed)
    : scheduler_(scheduler),
      idle_(scheduler.idle_),
      index_(index),
      alone_(scheduler.worker_count() == 1),
      asyncio_order_(scheduler.asyncio_order()),
      random_(seed + index) {}

void Worker::wake_for_entry() noexcept {
  if (idle_.waking_pays() && !serving_) scheduler_.wake_one();
}

void Worker::answer_request() {
  const bool sleepers = idle_.somebody_sleeps();
  // With more workers than cores somebody sleeps most of the time: what is shared already is enough for whoever wakes up.
  if (!sleepers || !fork_.has_shared()) fork_.share(sleepers);
  if (sleepers && idle_.waking_pays()) scheduler_.wake_one();
}

// Due timers, injected work and, on worker 0, signals. True when there was something.
bool Worker::serve_events() {
  bool served = false;
  serving_ = true;
  if (index_ == 0 && scheduler_.interrupted_.load(std::memory_order_relaxed) &&
      scheduler_.interrupted_.exchange(false, std::memory_order_acq_rel)) {
    scheduler_.on_interrupt_();
    served = true;
  }
  if (!scheduler_.injected_.empty()) {
    std::vector<Work*> works;
    scheduler_.injected_.take_all(works);
    for (Work* work : works) schedule(work);
    served = served || !works.empty();
  }
  if (timers_.next() != TimerQueue::kNever) {
    const std::int64_t now = scheduler_.now();
    // Those that are there now: a timer that comes back at once waits for the next round.
    for (std::size_t left = timers_.size(); left > 0 && timers_.next() <= now; --left) {
      Timer* timer = timers_.take_due(now);
      if (timer == nullptr) break;
      fire(timer);
      ++timers_fired_;
      served = true;
    }
  }
  serving_ = false;
  if (!served) return false;
  const std::int64_t next = timers_.next();
  if (next != TimerQueue::kNever) scheduler_.ensure_watched(next);
  // The first entry runs here and now; more are worth waking somebody. Of many timers the entries are most likely short, and whoever
  // watches them comes soon enough if they are not.
  const bool watched = timers_fired_ >= kManyTimers && next != TimerQueue::kNever;
  if (run_.size() > 1 && !watched && idle_.waking_pays()) scheduler_.wake_one();
  return true;
}

// Where timers come thick and fast, each sleep collects some: falling asleep and waking up cost more than many of them.
std::int64_t Worker::next_timer() const noexcept {
  const std::int64_t next = timers_.next();
  if (timers_fired_ < kManyTimers || next == TimerQueue::kNever || scheduler_.clock_->is_virtual()) return next;
  return std::max(next, scheduler_.now() + kCollectTimers);
}

// A due timer is an entry of the ready queue in order asyncio, as in CPython; otherwise it acts at once, while it can still be told
// apart from a cancelled one.
void Worker::fire(Timer* timer) {
  if (scheduler_.asyncio_order()) {
    run_.push(timer);
  } else {
    timer->run();
  }
}

// Gives the place among the searchers back. Whoever found something and was the last one wakes the next (I1).
void Worker::end_search(bool found) noexcept {
  if (!searching_) return;
  searching_ = false;
  if (idle_.end_search() && found) scheduler_.wake_one();
}

bool Worker::run_batch() {
  std::uint32_t run = 0;
  while (run < kBudget) {
    Work* work = next_entry();
    if (work == nullptr) break;
    ++run;
    refill();
    work->run();
    if (scheduler_.leave_.load(std::memory_order_relaxed)) [[unlikely]]
      break;
  }
  entries_run_ += run;
  return run != 0;
}

void Worker::drop_queued() noexcept {
  while (fork_.pop() != nullptr) {
  }
  while (Work* work = next_entry()) work->drop();
  while (Timer* timer = timers_.take_due(INT64_MAX)) timer->drop();
}

bool Worker::run_fork() {
  ForkItem* item = fork_.pop();
  if (item == nullptr) return false;
  refill();
  scheduler_.options_.run_fork(item, *this);
  return true;
}

void Worker::loop_depth_first() {
  do {
    bool busy = serve_events();
    if (searching_ && (busy || has_work())) end_search(true);
    busy = run_batch() || busy;
    busy = run_fork() || busy;
    if (!busy && !scheduler_.stopping() && !find_work()) wait_for_work();
  } while (!scheduler_.stopping());
  end_search(false);
}

void Worker::loop_asyncio() {
  const bool watched = static_cast<bool>(scheduler_.between_entries_);
  do {
    bool busy = serve_events();
    const std::size_t ready = run_.size();
    end_search(false);
    if (!busy && ready == 0 && !scheduler_.stopping()) {
      if (watched) scheduler_.between_entries_(true);
      wait_for_work();
      continue;
    }
    for (std::size_t i = 0; i < ready && !scheduler_.leave_.load(std::memory_order_relaxed); ++i) {
      if (watched) [[unlikely]]
        scheduler_.between_entries_(false);
      Work* work = next_entry();
      refill();
      work->run();
    }
  } while (!scheduler_.stopping());
}

bool Worker::steal_from(Worker& victim, bool entries) {
  ForkItem* item = nullptr;
  StealResult result = victim.fork_.steal(item);
  if (result == StealResult::contended) result = victim.fork_.steal(item);
  if (result == StealResult::stolen) {
    end_search(true);
    refill();
    scheduler_.options_.run_fork(item, *this);
    return true;
  }
  return entries && (steal_entries(victim) || steal_timers(victim));
}

bool Worker::steal_entries(Worker& victim) {
  Work* work = victim.run_.steal_half(run_, pace_.batch());
  if (work == nullptr) return false;
  end_search(true);
  last_victim_ = &victim;
  pace_.took({real_now(), entries_run_, victim.run_.traffic()});
  refill();
  ++entries_run_;
  work->run();
  return true;
}

// Those that a worker which computes has let pass.
bool Worker::steal_timers(Worker& victim) {
  if (victim.timers_.next() == TimerQueue::kNever) return false;
  const std::int64_t due = scheduler_.now() - scheduler_.timer_grace_;
  if (victim.timers_.next() > due) return false;
  std::size_t left = victim.timers_.size();
  Timer* timer = victim.timers_.take_due(due);
  if (timer == nullptr) return false;
  do {
    timer->run();
  } while (left-- > 1 && (timer = victim.timers_.take_due(due)) != nullptr);
  end_search(true);
  return true;
}

void Worker::judge_last_batch() noexcept {
  if (pace_.has_batch()) pace_.used_up({real_now(), entries_run_, last_victim_->run_.traffic()});
}

// Searches the other workers; true when something was run or queued here.
bool Worker::find_work() {
  const auto workers = scheduler_.worker_count();
  if (workers == 1) {
    // Whoever was claimed for a work that it had taken before would else sleep as a searcher, and no producer would wake it again.
    end_search(false);
    return false;
  }
  searching_ = searching_ || idle_.begin_search();
  if (!searching_) return false;
  judge_last_batch();
  bool entries = !pace_.tired() || scheduler_.clock_->is_virtual();
  Worker* stubborn = nullptr;
  std::uint32_t stubborn_mark = 0;
  std::int64_t patience_ends = 0;
  bool beaten = false;
  for (unsigned round = pace_.pays() || !entries ? 0 : kSearchRounds - 1; round < kSearchRounds; ++round) {
    bool hidden = false;
    beaten = false;
    const unsigned start = random_.below(workers);
    for (unsigned i = 0; i < workers; ++i) {
      Worker& victim = *scheduler_.workers_[(start + i) % workers];
      if (&victim == this) continue;
      if (steal_from(victim, entries)) return true;
      beaten = beaten || (entries && !victim.run_.empty());
      std::uint32_t mark = 0;
      if (victim.fork_.hidden(&mark) == 0) continue;
      hidden = true;
      victim.fork_.request();
      if (stubborn == &victim && stubborn_mark == mark) {
        if (real_now() >= patience_ends) {
          victim.fork_.force();
          round = 0;
        }
      } else if (stubborn == nullptr || stubborn == &victim) {
        stubborn = &victim;
        stubborn_mark = mark;
        patience_ends = real_now() + kPatience;
      }
    }
    if (!hidden) stubborn = nullptr;
    if (!hidden && !entries) {
      // The place among the searchers is kept: nobody is woken to learn the same.
      scheduler_.rest(index_, real_now() + pace_.rest());
      entries = true;
      round = kSearchRounds - 2;  // one round more, that sees entries
    }
    if (!scheduler_.injected_.empty() || scheduler_.stopping()) break;
    if (hidden && stubborn != nullptr) round = 0;
    for (unsigned i = 0; i < kPausesPerRound; ++i) StdAtomics::pause();
  }
  const bool found = !scheduler_.injected_.empty();
  if (beaten && !found && !scheduler_.stopping()) {
    // Others take those entries faster than this worker can copy them. To sleep would be to see them and to wake up at once.
    pace_.beaten();
    return true;
  }
  end_search(found);  // without a find, the last look in wait_for_work keeps I1
  return found;
}

void Worker::wait_for_work() {
  Scheduler& s = scheduler_;
  if (next_timer() <= s.now()) return;
  if (s.worker_count() > 1) {
    for (auto& other : s.workers_) {
      if (other.get() != this) other->request_fork();
    }
  }
  const unsigned asleep = idle_.announce(index_);  // sleeper 1
  const int post = s.watch_.take(index_);
  const bool watching = post != TimerWatch::kNoPost;
  const std::int64_t first_look = s.wake_time(*this, watching);
  if (watching) s.watch_.sleep_until(post, first_look);
  const bool covered = idle_.somebody_searches();  // sleeper 2
  // Worker 0 looks at its timers in any case: other threads add some there.
  if (!covered || watching || index_ == 0) StdAtomics::heavy_barrier();  // sleeper 3
  // Not later than announced: whoever saw that did not wake us.
  const std::int64_t deadline = std::min(first_look, s.wake_time(*this, watching));
  if (watching) s.watch_.sleep_until(post, deadline);
  bool stay = deadline > s.now() && !s.has_event() && (covered || !s.has_queued_work());  // sleeper 4
  if (stay && s.clock_->is_virtual() && asleep == s.worker_count()) stay = !s.move_virtual_time();
  if (stay) timers_fired_ = 0;
  if (stay) s.sleep_until(index_, s.clock_->is_virtual() ? TimerQueue::kNever : deadline);  // sleeper 5
  if (watching) s.watch_.leave(post);
  // Whoever was claimed counts as a searcher already.
  if (idle_.retract(index_) == Woken::by_producer) searching_ = true;
}

}  // namespace weft
