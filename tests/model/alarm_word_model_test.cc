// A task in a timeout's block under every interleaving of the future that it waits for, its alarm and a cancel from outside: each
// wait ends once; the block gives its result, a TimeoutError or a CancelledError as the requests say; the alarm is freed once, by
// whoever uses it last.
//
// The task, its wait, cancel() and the timeout take the steps that FutureWait, TaskCell and Timeout take; AlarmWord, ParkWord and
// InterruptionState are the ones that ship. A task that is woken goes on in its own thread, as on another worker.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/harness.h"
#include "weft/runtime/flow/alarm_word.h"
#include "weft/runtime/task/interruption.h"
#include "weft/runtime/task/park_word.h"

namespace weft::model {
namespace {

// Steps that a test may leave out or turn round, to see that they are needed.
struct Protocol {
  bool fires_before_it_says_so = true;  // else: the alarm is FIRED before the task is cancelled
  bool owner_takes_the_entry = true;    // else: the queue's reference stays with an alarm that was disarmed in time
  bool queue_lets_go = true;            // else: an alarm that is run gives up no reference
  bool owner_lets_go_last = true;       // else: the owner gives up its reference before it disarms
  bool request_is_taken_back = true;    // else: the block leaves the timeout's request behind
  bool foreign_cancel_is_seen = true;   // else: a CancelledError is the timeout's, whoever cancelled besides
  bool undelivered_are_foreign = true;  // else: what was requested before the block counts as delivered
  bool error_takes_request = true;  // else: a CancelledError leaves the block, and the request that made it one stays
};

enum class Ends { result, timeout, cancelled };

class Task {
 public:
  explicit Task(Protocol protocol) : protocol_(protocol) {
    std::construct_at(&alarm_);
    std::construct_at(&interruption_);
  }
  ~Task() {
    if (frees_ == 0) std::destroy_at(&alarm_);
    if (in_block_) std::destroy_at(&interruption_);
  }

  void run() {
    const std::uint32_t before = protocol_.undelivered_are_foreign ? park_.delivered_requests() : park_.requests();
    entry_.store(kQueued, Order::release);
    Atomics::unpark(entry_);
    const bool thrown = wait_for(0);
    expired_ = !disarm();
    check(interrupted_.get() == expired_,
          "the interruption is complete when the owner hears of it, or it never happens");
    bool converts = false;
    decided_in_flight_ = expired_ && in_flight_;
    if (expired_ && protocol_.request_is_taken_back) {
      converts = park_.uncancel() <= before || !protocol_.foreign_cancel_is_seen;
    }
    in_block_ = false;
    std::destroy_at(&interruption_);
    block_ = !thrown ? Ends::result : converts ? Ends::timeout : Ends::cancelled;
    if (block_ == Ends::cancelled) {
      ++thrown_;
      if (protocol_.error_takes_request) static_cast<void>(park_.take_request());
    } else if (wait_for(1)) {
      ++thrown_;
    }
    if (park_.end()) ++thrown_;
    ended_ = true;
  }

  // Ends a wait, or lets one that has not begun find it ended.
  void complete(std::size_t index) { static_cast<void>(end_wait(index, kDone)); }

  void cancel() {
    accepted_ = deliver(Asked::cancel);
    in_flight_ = false;
  }

  // The timer queue's, when the deadline has passed.
  void ring() {
    while (entry_.load(Order::relaxed) == kUnset) Atomics::park(entry_, kUnset);
    if (entry_.exchange(kTaken, Order::acq_rel) != kQueued) return;
    if (alarm_.begin_firing()) {
      if (!protocol_.fires_before_it_says_so) alarm_.end_firing();
      static_cast<void>(deliver(Asked::interruption));
      interrupted_.set(true);
      if (protocol_.fires_before_it_says_so) alarm_.end_firing();
    }
    if (protocol_.queue_lets_go) let_go();
  }

  void check_end() {
    check(ended_, "the task ends");
    check(frees_ == 1, "the alarm is freed once");
    check(block_ != Ends::timeout || expired_, "a TimeoutError comes of a timeout that has expired");
    check(!accepted_ || thrown_ > 0, "a cancel that was accepted is not taken for the timeout's");
    // A cancel that is counted and on its way to the future while the block decides may have been refused, or be told again.
    if (!decided_in_flight_) {
      check(accepted_ || thrown_ == 0, "a cancel that was refused is not delivered, and a timeout is no cancel");
      check(thrown_ <= 1, "a cancel is delivered once");
    }
    // One that came too late may have been counted.
    check(!accepted_ || park_.requests() == 1, "the timeout takes back its own request, and no other");
  }

 private:
  enum : std::uint32_t { kPending, kLinked, kDone, kCancelled };
  enum : std::uint32_t { kUnset, kQueued, kTaken };

  // True: a CancelledError is thrown. What FutureWait::suspend(), TaskCell::run() and FutureWait::check_slowly() do.
  bool wait_for(std::size_t index) {
    bool delivered = false;
    bool refused = false;
    while (park(index) && !refused) {
      park_.unpark();
      if (end_wait(index, kCancelled)) {
        delivered = take_request() || delivered;
      } else {
        refused = true;
      }
    }
    std::uint32_t seen = kPending;
    if (waits_[index].compare_exchange_strong(seen, kLinked, Order::acq_rel, Order::acquire)) {
      const auto before = static_cast<std::uint32_t>(index);
      while (woken_.load(Order::acquire) == before) Atomics::park(woken_, before);
    } else {
      park_.unpark();
      woken_.fetch_add(1, Order::relaxed);
      if (!delivered) return seen == kCancelled;
    }
    return take_request() || waits_[index].load(Order::acquire) == kCancelled;
  }

  // What TaskCell::park() does.
  bool park(std::size_t index) {
    waiter_.set(index);
    if (!park_.park()) return false;
    if (park_.take_reminder() && tell_interruption()) park_.remember();
    return park_.remembers();
  }
  bool take_request() {
    const bool requested = park_.take_request();
    return (park_.take_reminder() && tell_interruption()) || requested;
  }
  bool tell_interruption() { return in_block_ && interruption_.tell(); }

  bool end_wait(std::size_t index, std::uint32_t how) {
    std::uint32_t seen = waits_[index].load(Order::acquire);
    do {
      if (seen != kPending && seen != kLinked) return false;
    } while (!waits_[index].compare_exchange_strong(seen, how, Order::acq_rel, Order::acquire));
    if (seen == kLinked) {
      park_.wake();
      check(woken_.fetch_add(1, Order::release) == index, "a wait ends once");
      Atomics::unpark(woken_);
    }
    return true;
  }

  // What CancelRequest does with TaskCell::try_cancel() and the future that the task waits for.
  bool deliver(Asked asked) {
    const bool interrupts = asked == Asked::interruption;
    if (interrupts) park_.count_request();
    bool again = false;
    std::size_t before = 0;
    for (;;) {
      if (interrupts) interruption_.owe();
      const Hold hold = park_.hold(!interrupts && !again, asked);
      if (hold != Hold::held) return hold == Hold::not_parked;
      if (interrupts && !interruption_.tell()) {
        park_.release(Afterwards::nothing);
        return true;
      }
      const std::size_t index = waiter_.get();
      if (again && index == before) {
        if (interrupts) interruption_.owe();
        park_.release(interrupts ? Afterwards::remind : Afterwards::remember);
        return true;
      }
      in_flight_ = in_flight_ || !interrupts;
      park_.release(Afterwards::nothing);
      if (end_wait(index, kCancelled)) return true;
      again = true;
      before = index;
    }
  }

  // What Timeout::exit() does with its alarm.
  bool disarm() {
    if (!protocol_.owner_lets_go_last) let_go();
    const bool disarmed = alarm_.disarm();
    if (disarmed && entry_.exchange(kTaken, Order::acq_rel) == kQueued && protocol_.owner_takes_the_entry) let_go();
    if (protocol_.owner_lets_go_last) let_go();
    return disarmed;
  }
  void let_go() {
    if (!alarm_.let_go()) return;
    ++frees_;
    std::destroy_at(&alarm_);
  }

  const Protocol protocol_;
  ParkWord<Atomics> park_;
  std::array<Atomic<std::uint32_t>, 2> waits_;
  Atomic<std::uint32_t> woken_{0};  // how many waits are over
  Atomic<std::uint32_t> entry_{kUnset};
  union {
    AlarmWord<Atomics> alarm_;
  };
  union {
    InterruptionState<Atomics> interruption_;
  };
  Plain<std::size_t> waiter_;
  Plain<bool> interrupted_;
  int frees_ = 0;
  int thrown_ = 0;
  Ends block_ = Ends::result;
  bool in_block_ = true;
  bool expired_ = false;
  bool in_flight_ = false;
  bool decided_in_flight_ = false;
  bool accepted_ = false;
  bool ended_ = false;
};

Body a_result(Protocol protocol) {
  return [protocol](Execution& e) {
    Task task(protocol);
    e.thread("task", [&] { task.run(); });
    e.thread("setter", [&] {
      task.complete(0);
      task.complete(1);
    });
    e.thread("alarm", [&] { task.ring(); });
    e.finally([&] { task.check_end(); });
  };
}

Body a_cancel(Protocol protocol) {
  return [protocol](Execution& e) {
    Task task(protocol);
    e.thread("task", [&] {
      task.complete(1);
      task.run();
    });
    e.thread("canceller", [&] { task.cancel(); });
    e.thread("alarm", [&] { task.ring(); });
    e.finally([&] { task.check_end(); });
  };
}

Body everything(Protocol protocol) {
  return [protocol](Execution& e) {
    Task task(protocol);
    e.thread("task", [&] { task.run(); });
    e.thread("setter", [&] {
      task.complete(0);
      task.complete(1);
    });
    e.thread("canceller", [&] { task.cancel(); });
    e.thread("alarm", [&] { task.ring(); });
    e.finally([&] { task.check_end(); });
  };
}

std::vector<Scenario> scenarios(Protocol protocol = {}) {
  return {{"a result and a deadline", a_result(protocol), {.preemption_bound = 1, .stale_reads = 1}},
          {"a cancel and a deadline", a_cancel(protocol), {.preemption_bound = 1, .stale_reads = 1}},
          {"a result, a cancel and a deadline", everything(protocol), {.preemption_bound = 0, .stale_reads = 1}}};
}

TEST(AlarmWordModel, a_block_ends_as_the_requests_say_and_its_alarm_is_freed_once) { explore_all(scenarios()); }

TEST(AlarmWordModel, each_step_that_is_left_out_or_turned_round_is_noticed) {
  const std::pair<const char*, bool Protocol::*> steps[] = {
      {"the cancel before FIRED", &Protocol::fires_before_it_says_so},
      {"the owner's taking of the entry", &Protocol::owner_takes_the_entry},
      {"the queue's reference", &Protocol::queue_lets_go},
      {"the owner's reference until it has disarmed", &Protocol::owner_lets_go_last},
      {"the taking back of the request", &Protocol::request_is_taken_back},
      {"the look for another's cancel", &Protocol::foreign_cancel_is_seen},
      {"the difference between delivered and undelivered requests", &Protocol::undelivered_are_foreign},
      {"the taking of the request by the error that it made", &Protocol::error_takes_request},
  };
  expect_each_noticed(steps, scenarios);
}

TEST(AlarmWordModel, a_weaker_order_is_noticed) {
  using Effect = Mutation::Effect;
  const Survey found = survey(scenarios(), "alarm_word.h");
  std::printf("%s", found.table().c_str());
  EXPECT_TRUE(found.unchanged_passed());
  EXPECT_THAT(found.survivors(Effect::order), testing::IsEmpty());
  EXPECT_THAT(found.caught(Effect::order), testing::SizeIs(4));
}

}  // namespace
}  // namespace weft::model
