// The scheduler: which thread makes the next step, which schedules are left out as repetitions, and how a run ends.

#include <exception>
#include <utility>

#include "model/execution.h"

namespace weft::model {
namespace {

constexpr int kLonelyTurns = 16;

}  // namespace

void Execution::reset() {
  trail_.rewind();
  memory_.reset(options_);
  for (std::size_t i = 1; i < thread_count_; ++i) {
    threads_[i].state = State::unused;
    threads_[i].paused = false;
    threads_[i].spurious_failures = 0;
    threads_[i].spurious_wakes = 0;
  }
  thread_count_ = 1;
  when_all_sleep_ = {};
  trace_.clear();
  notes_.clear();
  running_ = last_ = woken_ = 0;
  asleep_ = 0;
  preemptions_ = lonely_turns_ = 0;
  steps_ = 0;
  pruned_ = cut_ = ran_ = over_ = false;
}

void Execution::thread(std::string name, std::function<void()> body) {
  if (ran_ || thread_count_ == kMaxThreads) {
    fail("Execution::thread(\"" + name + "\"): " +
         (ran_ ? std::string("the threads have run already; add them before finally()")
               : "at most " + std::to_string(kMaxThreads - 1) + " threads"));
    return;
  }
  Thread& thread = threads_[thread_count_++];
  thread.name = std::move(name);
  thread.body = std::move(body);
  thread.state = State::ready;
}

void Execution::finally(const std::function<void()>& check) {
  if (ran_) {
    fail("Execution::finally(): called twice in one execution");
    return;
  }
  ran_ = true;
  for (ThreadId id = 1; id < thread_count_; ++id) memory_.start_thread(id, 0);
  run_threads();
  running_ = 0;
  if (failed_ || pruned_ || cut_) {
    over_ = true;
    return;
  }
  bool all_finished = true;
  for (ThreadId id = 1; id < thread_count_; ++id) {
    memory_.join_thread(0, id);
    all_finished = all_finished && threads_[id].state == State::finished;
  }
  if (all_finished && check) check();
  if (!all_finished) when_all_sleep_();
  over_ = !all_finished || failed_;
}

void Execution::enter(void* argument) {
  auto& execution = *static_cast<Execution*>(argument);
  Thread& self = execution.threads_[execution.running_];
  try {
    self.body();
  } catch (const std::exception& error) {
    execution.fail(self.name + " ends with an exception: " + error.what());
  } catch (...) {
    execution.fail(self.name + " ends with an exception that is no std::exception");
  }
  self.state = State::finished;
  self.fiber.leave();
}

void Execution::switch_to(ThreadId thread) {
  running_ = thread;
  threads_[thread].fiber.resume();
  running_ = 0;
}

void Execution::run_threads() {
  for (ThreadId id = 1; id < thread_count_ && !failed_; ++id) {
    threads_[id].fiber.start(&Execution::enter, this);
    switch_to(id);
  }
  while (!failed_ && decide()) {
    threads_[last_].paused = false;
    switch_to(last_);
    if (woken_ != 0 && !failed_) switch_to(std::exchange(woken_, ThreadId{0}));
  }
}

ThreadMask Execution::enabled() {
  ThreadMask result = 0;
  for (ThreadId id = 1; id < thread_count_; ++id)
    if (threads_[id].state == State::ready && (!threads_[id].paused || memory_.has_news(id)))
      result = static_cast<ThreadMask>(result | bit(id));
  return result;
}

// Picks last_, the thread that makes the next step. False: the execution is at its end.
bool Execution::decide() {
  ThreadMask unfinished = 0;
  for (ThreadId id = 1; id < thread_count_; ++id)
    if (threads_[id].state != State::finished) unfinished = static_cast<ThreadMask>(unfinished | bit(id));
  if (unfinished == 0) return false;
  if (steps_ >= options_.max_steps) {
    cut_ = options_.cut_long_runs;
    if (cut_) return false;
    fail("no end after " + std::to_string(steps_) +
         " steps: the threads keep each other busy (livelock), or max_steps is too small");
    return false;
  }
  ThreadMask able = enabled();
  if (able == 0 && wake_a_lonely_spinner(unfinished)) able = enabled();
  if (able == 0) {
    stuck(unfinished);
    return false;
  }
  ThreadMask open = able;
  if (options_.reduce) open = static_cast<ThreadMask>(able & ~asleep_);
  const bool last_is_able = (able & bit(last_)) != 0 && last_ != 0;
  if (options_.preemption_bound >= 0 && last_is_able && preemptions_ == options_.preemption_bound) {
    bounded_ = bounded_ || able != bit(last_);
    open = bit(last_);
  }
  if (open == 0) {
    pruned_ = true;
    return false;
  }
  std::array<ThreadId, kMaxThreads> order{};
  std::size_t count = 0;
  if ((open & bit(last_)) != 0 && last_ != 0) order[count++] = last_;
  for (ThreadId id = 1; id < thread_count_; ++id)
    if ((open & bit(id)) != 0 && id != last_) order[count++] = id;
  const std::size_t taken = count == 1 ? 0 : trail_.choose(count);
  const ThreadId chosen = order[taken];

  for (std::size_t i = 0; i < taken; ++i) asleep_ = static_cast<ThreadMask>(asleep_ | bit(order[i]));
  for (ThreadId id = 1; id < thread_count_; ++id)
    if ((asleep_ & bit(id)) != 0 && dependent(threads_[id].pending, threads_[chosen].pending))
      asleep_ = static_cast<ThreadMask>(asleep_ & ~bit(id));
  if (last_is_able && chosen != last_) ++preemptions_;
  if (threads_[chosen].paused) memory_.resume_spin(chosen);
  last_ = chosen;
  ++steps_;
  return true;
}

// Bounded spins must be able to end when nobody else can move; endless ones are a livelock.
bool Execution::wake_a_lonely_spinner(ThreadMask unfinished) {
  bool any = false;
  for (ThreadId id = 1; id < thread_count_; ++id)
    any = any || ((unfinished & bit(id)) != 0 && threads_[id].state == State::ready);
  if (!any || ++lonely_turns_ > kLonelyTurns) return false;
  for (ThreadId id = 1; id < thread_count_; ++id) {
    if (threads_[id].state != State::ready) continue;
    memory_.resume_spin(id);
    threads_[id].paused = false;
  }
  return true;
}

void Execution::stuck(ThreadMask unfinished) {
  bool spins = false;
  std::string text;
  for (ThreadId id = 1; id < thread_count_; ++id) {
    if ((unfinished & bit(id)) == 0) continue;
    const Thread& thread = threads_[id];
    if (!text.empty()) text += ", ";
    if (thread.state == State::parked) {
      text += thread.name + " is parked on " + location_name(thread.parked_on);
    } else {
      text += thread.name + " spins";
      spins = true;
    }
  }
  if (!spins && when_all_sleep_) return;
  fail((spins ? "livelock: " : "deadlock: ") + text + ", and no thread is left to change that");
}

void Execution::announce(Operation& operation) {
  mutate(operation);
  if (running_ != 0) {
    threads_[running_].pending = operation;
    threads_[running_].fiber.leave();
  }
  touch(operation);
}

bool Execution::mutated(const Operation& operation) const {
  return options_.mutation && options_.mutation->site.is(operation.kind, operation.where);
}

bool Execution::blind(const Operation& operation) const {
  return mutated(operation) && options_.mutation->effect == Mutation::Effect::blind;
}

// True: the operation (a barrier) is dropped.
bool Execution::mutate(Operation& operation) {
  if (options_.collect_sites) collect(operation);
  if (mutated(operation)) {
    operation.order = options_.mutation->order;
    operation.failure_order = options_.mutation->failure_order;
    if (options_.mutation->effect == Mutation::Effect::drop) return true;
  }
  if (options_.machine == Machine::x86_64) strengthen(operation);
  return false;
}

void Execution::collect(const Operation& operation) {
  if (running_ == 0) return;
  for (const Site& site : sites_)
    if (site.is(operation.kind, operation.where)) return;
  sites_.push_back({operation.kind, operation.order, operation.failure_order, operation.where});
}

void Execution::finish_step(Step step) {
  if (step.operation.full_barrier) memory_.after_full_barrier(running_);
  memory_.tick(running_);
  trace_.push_back(step);
}

void Execution::fail(std::string sentence) {
  if (!failed_ && !over_) {
    failed_ = true;
    failure_ = std::move(sentence);
  }
  if (running_ != 0) threads_[running_].fiber.leave();
}

void Execution::note(std::string text) {
  Step step{running_, {}};
  step.note = notes_.size();
  notes_.push_back(std::move(text));
  trace_.push_back(step);
}

void Execution::set_name(LocationId location, std::string_view text) {
  if (names_.size() <= location) names_.resize(location + 1u);
  names_[location] = text;
}

}  // namespace weft::model
