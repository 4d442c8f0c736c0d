// The steps: what each operation does to the memory, and what the trace keeps of it.

#include "model/execution.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace weft::model {
namespace {

Execution* current_execution = nullptr;

}  // namespace

Execution::Execution(Options options) : options_(std::move(options)) {
  if (options_.preemption_bound >= 0) options_.reduce = false;  // sleep sets would hide schedules within the bound
  current_execution = this;
}

Execution::~Execution() { current_execution = nullptr; }

Execution& Execution::current() {
  if (current_execution == nullptr) {
    std::fprintf(stderr, "model::Atomics: used outside of model::explore(); construct and use them inside its body\n");
    std::abort();
  }
  return *current_execution;
}

LocationId Execution::create(std::uint64_t value) { return memory_.create(running_, value); }

void Execution::destroy(LocationId location) {
  if (over_) return;
  if (!memory_.alive(location)) fail(location_name(location) + " is destroyed twice");
  if (memory_.destroy(running_, location) != AccessHistory::Conflict::none)
    fail("data race: " + location_name(location) + " is destroyed without order to another thread's use of it");
}

void Execution::touch(const Operation& operation) {
  if (over_ || operation.location == kNoLocation) return;
  if (!memory_.alive(operation.location)) {
    fail("use after destruction: " + thread_name(running_) + ", " + to_string(operation.kind) + " of " +
         location_name(operation.location) + " at " + to_string(operation.where));
  } else if (!memory_.touch(running_, operation.location)) {
    fail("data race: " + thread_name(running_) + " uses " + location_name(operation.location) + " at " +
         to_string(operation.where) + " without order to its construction");
  }
}

std::uint64_t Execution::load(LocationId location, Order order, Where where) {
  Operation operation{Kind::load, location, order, Order::relaxed, where};
  announce(operation);
  if (operation.full_barrier) memory_.before_full_barrier(running_);
  std::size_t pick = 0;
  if (running_ != 0) {
    pick = blind(operation) ? memory_.pick_of_last_use(running_, location)
                            : choose(memory_.readable(running_, location, operation.order));
  }
  const std::uint64_t value = memory_.value(location, pick);
  memory_.read(running_, location, pick, operation.order);
  finish_step({running_, operation, Outcome::none, value, 0, pick});
  return value;
}

void Execution::store(LocationId location, std::uint64_t value, Order order, Where where) {
  Operation operation{Kind::store, location, order, Order::relaxed, where};
  announce(operation);
  if (operation.full_barrier) memory_.before_full_barrier(running_);
  memory_.append(running_, location, value, operation.order, false);
  lonely_turns_ = 0;
  finish_step({running_, operation, Outcome::none, 0, value});
}

std::uint64_t Execution::update(Kind kind, LocationId location, std::uint64_t operand, Apply apply, Order order,
                                Where where) {
  Operation operation{kind, location, order, Order::relaxed, where};
  announce(operation);
  if (operation.full_barrier) memory_.before_full_barrier(running_);
  const std::uint64_t value = memory_.newest(location);
  const std::uint64_t written = apply(value, operand);
  memory_.read(running_, location, 0, operation.order);
  memory_.append(running_, location, written, operation.order, true);
  if (written != value) lonely_turns_ = 0;
  finish_step({running_, operation, Outcome::none, value, written});
  return value;
}

bool Execution::compare_exchange(LocationId location, std::uint64_t& expected, std::uint64_t desired, Order order,
                                 Order failure_order, bool weak, Where where) {
  Operation operation{Kind::compare_exchange, location, order, failure_order, where};
  announce(operation);
  if (operation.full_barrier) memory_.before_full_barrier(running_);

  // Alternative 0 sees the newest message; then come the older ones that differ from expected; last a spurious failure.
  const bool matches = memory_.newest(location) == expected;
  const std::size_t readable =
      running_ == 0 || operation.full_barrier ? 1 : memory_.readable(running_, location, operation.failure_order);
  std::array<std::size_t, 64> older{};
  std::size_t older_count = 0;
  for (std::size_t pick = 1; pick < readable && older_count < older.size(); ++pick)
    if (memory_.value(location, pick) != expected) older[older_count++] = pick;
  const bool may_fail =
      weak && matches && running_ != 0 && threads_[running_].spurious_failures < options_.spurious_failures;
  const std::size_t taken = choose(1 + older_count + (may_fail ? 1 : 0));

  if (taken > older_count) {
    ++threads_[running_].spurious_failures;
    memory_.read(running_, location, 0, operation.failure_order);
    finish_step({running_, operation, Outcome::spurious, expected});
    return false;
  }
  const std::size_t pick = taken == 0 ? 0 : older[taken - 1];
  const std::uint64_t value = memory_.value(location, pick);
  if (taken == 0 && matches) {
    memory_.read(running_, location, 0, operation.order);
    memory_.append(running_, location, desired, operation.order, true);
    if (desired != value) lonely_turns_ = 0;
    finish_step({running_, operation, Outcome::exchanged, value, desired});
    return true;
  }
  memory_.read(running_, location, pick, operation.failure_order);
  finish_step({running_, operation, Outcome::different, value, 0, pick});
  expected = value;
  return false;
}

void Execution::light_barrier(Where where) {
  Operation operation{Kind::light_barrier, kNoLocation, Order::relaxed, Order::relaxed, where};
  if (mutate(operation)) return;
  announce(operation);
  memory_.light_barrier(running_);
  finish_step({running_, operation});
}

void Execution::heavy_barrier(Where where) {
  Operation operation{Kind::heavy_barrier, kNoLocation, Order::relaxed, Order::relaxed, where};
  if (mutate(operation)) return;
  announce(operation);
  memory_.light_barrier(running_);
  const View before = memory_.view(running_);
  View collected = before;
  std::array<ThreadId, kMaxThreads> others{};
  std::size_t count = 0;
  for (ThreadId other = 1; other < thread_count_; ++other)
    if (other != running_) others[count++] = other;
  while (count > 0) {
    std::size_t taken = count - 1;
    if (options_.heavy_barrier == HeavyBarrier::one_by_one) taken = choose(count);
    const ThreadId other = others[taken];
    others[taken] = others[--count];
    memory_.meet(before, collected, other);
    Step step{running_, operation};
    step.other = other;
    finish_step(step);
    if (count > 0 && options_.heavy_barrier == HeavyBarrier::one_by_one) announce(operation);
  }
  memory_.view(running_).join(collected);
  memory_.light_barrier(running_);
}

void Execution::park(LocationId location, std::uint64_t expected, Where where) {
  Operation operation{Kind::park, location, Order::relaxed, Order::relaxed, where};
  announce(operation);
  memory_.light_barrier(running_);
  const std::uint64_t value = memory_.newest(location);
  if (value != expected) {
    finish_step({running_, operation, Outcome::returns, value, expected});
    return;
  }
  if (running_ == 0) {
    fail("the body parks although no thread runs beside it");
    return;
  }
  Thread& self = threads_[running_];
  if (self.spurious_wakes < options_.spurious_wakes && choose(2) == 1) {
    ++self.spurious_wakes;
    finish_step({running_, operation, Outcome::spurious, value, expected});
    return;
  }
  finish_step({running_, operation, Outcome::sleeps, value, expected});
  self.state = State::parked;
  self.parked_on = location;
  self.fiber.leave();
}

void Execution::unpark(LocationId location, Where where) {
  Operation operation{Kind::unpark, location, Order::relaxed, Order::relaxed, where};
  announce(operation);
  memory_.light_barrier(running_);
  std::array<ThreadId, kMaxThreads> sleepers{};
  std::size_t count = 0;
  for (ThreadId other = 1; other < thread_count_; ++other)
    if (threads_[other].state == State::parked && threads_[other].parked_on == location) sleepers[count++] = other;
  Step step{running_, operation};
  if (count > 0) {
    woken_ = sleepers[choose(count)];
    threads_[woken_].state = State::ready;
    step.outcome = Outcome::woke;
    step.other = woken_;
    lonely_turns_ = 0;
  }
  finish_step(step);
}

void Execution::pause(Where where) {
  if (running_ == 0) return;
  finish_step({running_, {Kind::pause, kNoLocation, Order::relaxed, Order::relaxed, where}});
  memory_.pause(running_);
  threads_[running_].paused = true;
}

void Execution::start_history(AccessHistory& history) { history.start(running_, memory_.clock(running_)); }

void Execution::plain_read(AccessHistory& history, const Where& last_write, Where where) {
  if (over_) return;
  trace_.push_back({running_, {Kind::plain_read, kNoLocation, Order::relaxed, Order::relaxed, where}});
  if (history.read(running_, memory_.clock(running_)) != AccessHistory::Conflict::none)
    fail("data race: " + thread_name(running_) + " reads at " + to_string(where) + " what was written at " +
         to_string(last_write) + " without order between the two");
}

void Execution::plain_write(AccessHistory& history, const Where& last_write, Where where) {
  if (over_) return;
  trace_.push_back({running_, {Kind::plain_write, kNoLocation, Order::relaxed, Order::relaxed, where}});
  const AccessHistory::Conflict conflict = history.write(running_, memory_.clock(running_));
  if (conflict == AccessHistory::Conflict::none) return;
  fail("data race: " + thread_name(running_) + " writes at " + to_string(where) +
       (conflict == AccessHistory::Conflict::write ? " what was written at " + to_string(last_write)
                                                   : std::string(" what another thread reads")) +
       " without order between the two");
}

}  // namespace weft::model
