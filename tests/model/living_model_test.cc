// Work that other threads give to a runtime that ends, under every interleaving: each piece runs once or is dropped once, on
// whichever side of the end it comes, and a runtime that is gone is not touched.
//
// The runtime runs rounds and ends as Runtime does; Living and BasicInjectQueue are the ones that ship, with a SpinLock of the model
// for their mutexes.

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/harness.h"
#include "weft/runtime/base/spin_lock.h"
#include "weft/runtime/sched/inject_queue.h"
#include "weft/runtime/task/living.h"

namespace weft::model {
namespace {

// Steps that a test may leave out or turn round, to see that they are needed.
struct Protocol {
  bool held_while_scheduling = true;  // else: who has found the runtime alive lets go before it schedules
  bool drops_after_leaving = true;    // else: the last look into the queue comes before nobody can push any more
  bool outcome_when_dropped = true;   // else: a call that is dropped says nothing to the one that waits for it
};

// A call with its ThreadPromise: whoever waits for it hears how it went.
struct Call {
  Plain<int> argument;
  Atomic<std::uint32_t> outcome{0};
  int runs = 0;
  int drops = 0;
};
enum : std::uint32_t { kNone, kResult, kCancelled };

class Process {
 public:
  explicit Process(Protocol protocol) : protocol_(protocol) {
    std::construct_at(&runtime_);
    living_.join(runtime_);
  }
  ~Process() {
    if (!gone_) std::destroy_at(&runtime_);
  }

  // What Runtime::schedule_in() does on another thread.
  void call(Call& call) {
    call.argument.set(7);
    bool alive = false;
    if (protocol_.held_while_scheduling) {
      alive = living_.if_alive(&runtime_, [&] { runtime_.push(&call); });
    } else {
      alive = living_.if_alive(&runtime_, [] {});
      if (alive) runtime_.push(&call);
    }
    if (!alive) drop(call);
  }

  // One round of the loop, and its end.
  void run_and_end() {
    if (!runtime_.empty()) {
      runtime_.take_all(taken_);
      for (Call* call : taken_) {
        check(call->argument.get() == 7, "who runs a call sees what it was given");
        ++call->runs;
        set_outcome(*call, kResult);
      }
      taken_.clear();
    }
    drop_queued();
    if (!protocol_.drops_after_leaving) drop_queued();
    living_.leave(runtime_);
    if (protocol_.drops_after_leaving) drop_queued();
    gone_ = true;
    std::destroy_at(&runtime_);
  }

  // By a thread outside: until the call has an outcome.
  static void wait(Call& call) {
    while (call.outcome.load(Order::acquire) == kNone) Atomics::park(call.outcome, kNone);
  }

  static void check_end(const Call& call) {
    check(call.runs + call.drops == 1, "a call runs once or is dropped once");
    check(call.outcome.load(Order::relaxed) == (call.runs == 1 ? kResult : kCancelled), "its outcome says which");
  }

 private:
  void drop_queued() {
    runtime_.take_all(taken_);
    for (Call* call : taken_) drop(*call);
    taken_.clear();
  }
  void drop(Call& call) {
    check(call.argument.get() == 7, "who drops a call sees what it was given");
    ++call.drops;
    if (protocol_.outcome_when_dropped) set_outcome(call, kCancelled);
  }
  static void set_outcome(Call& call, std::uint32_t outcome) {
    check(call.outcome.exchange(outcome, Order::acq_rel) == kNone, "a call has one outcome");
    Atomics::unpark(call.outcome);
  }

  using Lock = BasicSpinLock<Atomics>;
  using Runtime = BasicInjectQueue<Call, Atomics, Lock>;

  const Protocol protocol_;
  Living<Runtime, Lock> living_;
  union {
    Runtime runtime_;
  };
  std::vector<Call*> taken_;
  bool gone_ = false;
};

Body one_call(Protocol protocol) {
  return [=](Execution& e) {
    Process process(protocol);
    Call call;
    e.thread("caller", [&] {
      process.call(call);
      Process::wait(call);
    });
    e.thread("loop", [&] { process.run_and_end(); });
    e.finally([&] { Process::check_end(call); });
  };
}

Body calls_of_two_threads(Protocol protocol) {
  return [=](Execution& e) {
    Process process(protocol);
    Call one, two;
    e.thread("one", [&] {
      process.call(one);
      Process::wait(one);
    });
    e.thread("two", [&] {
      process.call(two);
      Process::wait(two);
    });
    e.thread("loop", [&] { process.run_and_end(); });
    e.finally([&] {
      Process::check_end(one);
      Process::check_end(two);
    });
  };
}

std::vector<Scenario> scenarios(Protocol protocol = {}) {
  return {{"one call", one_call(protocol), {.stale_reads = 1}},
          {"calls of two threads", calls_of_two_threads(protocol), {.preemption_bound = 2, .stale_reads = 1}}};
}

TEST(LivingModel, each_call_runs_once_or_is_dropped_once_and_says_so) { explore_all(scenarios()); }

TEST(LivingModel, each_step_that_is_left_out_or_turned_round_is_noticed) {
  const std::pair<const char*, bool Protocol::*> steps[] = {
      {"the hold while scheduling", &Protocol::held_while_scheduling},
      {"the last look after leaving", &Protocol::drops_after_leaving},
      {"the outcome of a dropped call", &Protocol::outcome_when_dropped},
  };
  expect_each_noticed(steps, scenarios);
}

TEST(LivingModel, a_weaker_order_of_the_locks_is_noticed) {
  expect_weaker_orders_noticed(survey(scenarios(), "spin_lock.h"));
}

}  // namespace
}  // namespace weft::model
