// A task's waits, their ends and cancel() under every interleaving: each wait ends once, a cancel is delivered exactly once or
// answers that it came too late, and nobody looks at a waiter that is gone.
//
// The task here waits twice and ends. It parks, wakes and is cancelled by the steps that tasks take; ParkWord is the one that
// ships. Who ends a wait runs the next step itself.

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "model/harness.h"
#include "weft/runtime/task/park_word.h"

namespace weft::model {
namespace {

// forwarding: a wait for a future; a cancel goes to the future. cut_short: a sleep; the canceller takes the timer away.
enum class Wait { forwarding, cut_short };

// Steps that a test may leave out or turn round, to see that they are needed.
struct Protocol {
  bool canceller_holds = true;      // else: looks at the waiter without keeping the frame in place
  bool request_comes_first = true;  // else: a request found when parking is delivered after the wait was linked
  bool end_takes_request = true;    // else: a request that no step has seen is not looked for at the end
  bool cut_ends_wait = true;        // else: whoever cuts a wait short lets go of the task first, and wakes it then
};

class Task {
 public:
  explicit Task(Wait wait, Protocol protocol = {}, bool messages = true)
      : wait_(wait), protocol_(protocol), messages_(messages) {}

  void start() { wait_for(0); }

  // Ends the wait, or lets one that has not begun find it ended.
  void complete(std::size_t index) { static_cast<void>(end_wait(index, kDone)); }

  void cancel() {
    message_.set(7);
    if (deliver(true)) ++accepted_;
  }
  // On the thread of a loop in order asyncio: a timer that it cannot take away has fired there, so that the wait can be cut short all the same.
  void cancel_on_loop() { static_cast<void>(deliver(true, true)); }
  // Where there are two cancellers, whose messages need a lock.
  void cancel_silently() { static_cast<void>(deliver(true)); }

  void check_end_once() { check(ends_ == 1, "the task ends once"); }
  void check_end() {
    check(ends_ == 1, "the task ends once");
    check(delivered_ == accepted_, "an accepted cancel is delivered once, a refused one never");
  }

 private:
  enum : std::uint32_t { kPending, kLinked, kDone, kCancelled, kRemoved };

  void wait_for(std::size_t index) {
    for (; index < waits_.size(); ++index) {
      waiter_.set(index);
      number_.set(number_.get() + 1);
      const bool sleeps = wait_ == Wait::cut_short;
      const bool pending = sleeps ? park_.park_held() : park_.park();
      // Nobody else can end a wait that is not linked yet, so the request cannot get lost between its taking and its delivery.
      if (pending && protocol_.request_comes_first && sleeps) {
        park_.unpark_held();
        return run(index, false);
      }
      if (pending && protocol_.request_comes_first && park_.take_request()) {
        if (!end_wait(index, kCancelled) && park_.hold(false) == Hold::held) park_.release(Afterwards::remember);
      }
      std::uint32_t seen = kPending;
      const bool linked = waits_[index].compare_exchange_strong(seen, kLinked, Order::acq_rel, Order::acquire);
      if (sleeps) park_.release(Afterwards::nothing);
      if (linked) {
        if (pending && !protocol_.request_comes_first && park_.take_request()) static_cast<void>(deliver(false));
        return;
      }
      park_.unpark();
      if (seen == kCancelled) return end(true);
    }
    end(false);
  }

  // A step after the wait: what TaskCell::run does.
  void run(std::size_t index, bool wait_was_cancelled) {
    check(ends_ == 0, "no step runs after the end");
    if (park_.take_request()) {
      if (messages_) check(message_.get() == 7, "who throws sees the message");
      return end(true);
    }
    if (wait_was_cancelled) return end(true);
    wait_for(index + 1);
  }

  void end(bool thrown) {
    ++ends_;
    const bool request = park_.end() && protocol_.end_takes_request;
    if (thrown || request) ++delivered_;
  }

  bool end_wait(std::size_t index, std::uint32_t how) {
    std::uint32_t seen = waits_[index].load(Order::acquire);
    do {
      if (seen != kPending && seen != kLinked) return false;
    } while (!waits_[index].compare_exchange_strong(seen, how, Order::acq_rel, Order::acquire));
    if (seen == kLinked) {
      park_.wake();
      run(index, how == kCancelled);
    }
    return true;
  }

  // What TaskCell::deliver_cancel does.
  bool deliver(bool count, bool on_loop = false) {
    bool tried = false;
    int tried_number = 0;
    for (;;) {
      const Hold hold = park_.hold(count);
      if (hold != Hold::held) return hold == Hold::not_parked;
      count = false;
      if (!protocol_.canceller_holds) park_.release(Afterwards::nothing);
      const int number = number_.get();
      const std::size_t index = waiter_.get();
      if (tried && tried_number == number) {
        park_.release(Afterwards::remember);
        return true;
      }
      tried = true;
      tried_number = number;
      if (wait_ == Wait::cut_short) {
        std::uint32_t seen = kLinked;
        const bool removed = waits_[index].compare_exchange_strong(seen, kRemoved, Order::acq_rel, Order::acquire);
        if (!removed && !(on_loop && seen == kRemoved)) {
          park_.release(Afterwards::remember);
          return true;
        }
        if (protocol_.cut_ends_wait) {
          park_.release_to_throw();
        } else {
          park_.release(Afterwards::remember);
          park_.wake();
        }
        run(index, false);
        return true;
      }
      park_.release(Afterwards::nothing);
      if (end_wait(index, kCancelled)) return true;
    }
  }

  const Wait wait_;
  const Protocol protocol_;
  const bool messages_;
  ParkWord<Atomics> park_;
  std::array<Atomic<std::uint32_t>, 2> waits_;
  Plain<std::size_t> waiter_;
  Plain<int> number_;
  Plain<int> message_;
  int ends_ = 0;
  int accepted_ = 0;
  int delivered_ = 0;
};

Body one_canceller(Wait wait, Protocol protocol = {}) {
  return [wait, protocol](Execution& e) {
    Task task(wait, protocol);
    e.thread("task", [&] { task.start(); });
    e.thread("completer", [&] {
      task.complete(0);
      task.complete(1);
    });
    e.thread("canceller", [&] { task.cancel(); });
    e.finally([&] { task.check_end(); });
  };
}

// The two waits are ended by two threads, the second perhaps before the task gets there.
Body two_completers(Wait wait, Protocol protocol = {}) {
  return [wait, protocol](Execution& e) {
    Task task(wait, protocol);
    e.thread("task", [&] { task.start(); });
    e.thread("first", [&] { task.complete(0); });
    e.thread("second", [&] { task.complete(1); });
    e.thread("canceller", [&] { task.cancel(); });
    e.finally([&] { task.check_end(); });
  };
}

// One step may answer both.
Body two_cancellers(Protocol protocol = {}) {
  return [protocol](Execution& e) {
    Task task(Wait::cut_short, protocol, false);
    e.thread("task", [&] { task.start(); });
    e.thread("canceller", [&] { task.cancel_silently(); });
    e.thread("loop", [&] { task.cancel_on_loop(); });
    e.finally([&] { task.check_end_once(); });
  };
}

std::vector<Scenario> scenarios(Protocol protocol = {}) {
  return {
      {"a sleep, cancelled", one_canceller(Wait::cut_short, protocol), {.preemption_bound = 2, .stale_reads = 1}},
      {"a future, cancelled", one_canceller(Wait::forwarding, protocol), {.preemption_bound = 2, .stale_reads = 1}},
      {"two sleeps, cancelled", two_completers(Wait::cut_short, protocol), {.preemption_bound = 1, .stale_reads = 1}},
      {"two futures, cancelled", two_completers(Wait::forwarding, protocol), {.preemption_bound = 1, .stale_reads = 1}},
      {"a sleep, cancelled twice", two_cancellers(protocol), {.preemption_bound = 2, .stale_reads = 1}}};
}

TEST(ParkWordModel, a_wait_ends_once_and_a_cancel_is_delivered_once_or_refused) { explore_all(scenarios()); }

TEST(ParkWordModel, each_step_that_is_left_out_or_turned_round_is_noticed) {
  const std::pair<const char*, bool Protocol::*> steps[] = {
      {"the canceller's hold", &Protocol::canceller_holds},
      {"the delivery before the link", &Protocol::request_comes_first},
      {"the look at the end", &Protocol::end_takes_request},
      {"the end of the wait with its cut", &Protocol::cut_ends_wait},
  };
  expect_each_noticed(steps, scenarios);
}

// Orders that no scenario needs, with the reason.
const std::vector<std::string> unneeded_orders = {
    // release() publishes the waiter of a task that holds itself; who throws acquires the message in take_request().
    "park_held: fetch_or acq_rel -> acquire",
    "park_held: fetch_or acq_rel -> release",
    "park: fetch_or acq_rel -> release",
    // The next park() publishes what the steps in between wrote.
    "wake: compare_exchange acq_rel/relaxed -> acquire/relaxed",
    "take_request: fetch_and acq_rel -> acquire",
    // A canceller publishes nothing by holding, and looks at nothing of a task that is not parked.
    "hold: compare_exchange acq_rel/relaxed -> acquire/relaxed",
    "hold: compare_exchange acq_rel/relaxed -> release/relaxed",
    // What the end leaves is published by the future's own state.
    "end: compare_exchange acq_rel/relaxed -> acquire/relaxed",
    "end: compare_exchange acq_rel/relaxed -> release/relaxed",
};

TEST(ParkWordModel, a_weaker_order_is_noticed) {
  expect_weaker_orders_noticed(survey(scenarios(), "park_word.h"), unneeded_orders);
}

}  // namespace
}  // namespace weft::model
