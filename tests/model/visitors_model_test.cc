// A thread outside that gives a scheduler its last work, under every interleaving: the scheduler ends behind the thread's call, not in it.
//
// Visitors and BasicInjectQueue are the ones that ship, with a SpinLock of the model for the mutex; the rest of inject() is a value that it
// writes when the work is out already.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/harness.h"
#include "weft/runtime/base/spin_lock.h"
#include "weft/runtime/sched/inject_queue.h"
#include "weft/runtime/sched/visitors.h"

namespace weft::model {
namespace {

// Steps that a test may leave out, to see that they are needed.
struct Protocol {
  bool visits = true;                // else: the thread outside does not say that it is inside
  bool enters_before_giving = true;  // else: it does so when the work is out
  bool waits = true;                 // else: the scheduler ends at once
};

class Loop {
 public:
  explicit Loop(Protocol protocol) : protocol_(protocol) { std::construct_at(&scheduler_); }
  ~Loop() {
    if (!gone_) std::destroy_at(&scheduler_);
  }

  // Scheduler::inject(), outside. A work is the number of its thread.
  void inject(int& work) {
    if (!protocol_.visits) {
      scheduler_.give_and_wake(work);
    } else if (!protocol_.enters_before_giving) {
      scheduler_.queue.push(&work);
      const Visitors::Visit visit(scheduler_.visitors);
      scheduler_.wake(work);
    } else {
      const Visitors::Visit visit(scheduler_.visitors);
      scheduler_.give_and_wake(work);
    }
  }

  // Runs so many works, and ends.
  void run(std::size_t works) {
    std::vector<int*> taken;
    BasicSpinWait<Atomics> wait;
    while (taken.size() != works) {
      if (scheduler_.queue.empty()) {
        wait.once();
      } else {
        scheduler_.queue.take_all(taken);
      }
    }
    if (protocol_.waits) scheduler_.visitors.wait_until_gone();
    for (std::size_t work = 0; work < works; ++work) {
      check(scheduler_.woken[work].get() == 1, "what a visitor did comes before the end");
    }
    gone_ = true;
    std::destroy_at(&scheduler_);
  }

 private:
  using Lock = BasicSpinLock<Atomics>;
  using Visitors = BasicVisitors<Atomics>;
  struct Scheduler {
    void give_and_wake(int& work) {
      queue.push(&work);
      wake(work);
    }
    void wake(int work) { woken[work].set(1); }
    BasicInjectQueue<int, Atomics, Lock> queue;
    Visitors visitors;
    Plain<int> woken[2] = {0, 0};  // one for each thread outside
  };

  const Protocol protocol_;
  union {
    Scheduler scheduler_;
  };
  bool gone_ = false;
};

Body one_visitor(Protocol protocol) {
  return [=](Execution& e) {
    Loop loop(protocol);
    int work = 0;
    e.thread("outside", [&] { loop.inject(work); });
    e.thread("loop", [&] { loop.run(1); });
    e.finally();
  };
}

Body two_visitors(Protocol protocol) {
  return [=](Execution& e) {
    Loop loop(protocol);
    int one = 0, two = 1;
    e.thread("one", [&] { loop.inject(one); });
    e.thread("two", [&] { loop.inject(two); });
    e.thread("loop", [&] { loop.run(2); });
    e.finally();
  };
}

std::vector<Scenario> scenarios(Protocol protocol = {}) {
  return {{"one visitor", one_visitor(protocol), {.stale_reads = 1}},
          {"two visitors", two_visitors(protocol), {.preemption_bound = 2, .stale_reads = 1}}};
}

TEST(VisitorsModel, the_scheduler_ends_behind_the_call_that_led_to_its_end) { explore_all(scenarios()); }

TEST(VisitorsModel, each_step_that_is_left_out_or_turned_round_is_noticed) {
  const std::pair<const char*, bool Protocol::*> steps[] = {
      {"the visit", &Protocol::visits},
      {"the entry before the work is out", &Protocol::enters_before_giving},
      {"the wait", &Protocol::waits},
  };
  expect_each_noticed(steps, scenarios);
}

TEST(VisitorsModel, a_weaker_order_is_noticed) { expect_weaker_orders_noticed(survey(scenarios(), "visitors.h")); }

}  // namespace
}  // namespace weft::model
