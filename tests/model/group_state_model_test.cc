// A task group under every interleaving of tasks that fail or add others, cancels from outside, and the end of its block: no
// task escapes an abort; none is added after the end; the group's task hears of the end, and the group is not used after it.
//
// Tasks and block take the steps of TaskGroup; GroupState and SpinLock are the ones that ship. The task that is added late waits
// until it is cancelled: an abort that misses it never ends.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/futures.h"
#include "model/harness.h"
#include "weft/runtime/flow/group_state.h"

namespace weft::model {
namespace {

// Steps that a test may turn round, to see that their order is needed.
struct Protocol {
  bool failure_before_removal = true;  // else: a task that has failed leaves the group before it aborts it
  bool cancel_ends_last = true;        // else: a cancel lets go of the group before it interrupts the block
  bool cancels_late_ones = true;       // else: a task that comes to a group that is aborted is added and left alone
};

struct Link : Listener {
  Atomic<std::uint32_t> asked{0};  // kAdded, kRefused, kCancelled
};

template <class L>
class Links : public Listeners<L> {
 public:
  bool empty() const { return this->size() == 0; }
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < this->size(); ++i) visit(*this->at(i));
  }
};

// Under the lock: those that are to be cancelled without it.
auto collect(std::array<Link*, 3>& found) {
  return [&found, count = std::size_t{0}](Link& link) mutable { found[count++] = &link; };
}

class Group {
 public:
  explicit Group(Protocol protocol) : protocol_(protocol) { std::construct_at(&state_); }
  ~Group() {
    if (!gone_) std::destroy_at(&state_);
  }

  // Before the threads run.
  void add(Link& link) {
    static_cast<void>(state_.add(link));
    link.asked.store(kAdded, Order::relaxed);
  }

  // The group's task. until_interrupted: its block waits for nothing else.
  void block(bool until_interrupted, bool fails) {
    bool interrupted = until_interrupted && (news() & kInterrupt) != 0;
    std::array<Link*, 3> found{};
    state_.block_ended(
        fails || interrupted, [] {}, collect(found));
    cancel_all(found);
    std::uint32_t waits = 0;
    while (state_.wait(++waits)) {
      check(!told_, "who was told that nothing is left has nothing to wait for");
      const std::uint32_t heard = news();
      told_ = (heard & kTold) != 0;
      if ((heard & kInterrupt) == 0) continue;
      found = {};
      state_.wait_cancelled([] {}, collect(found));
      cancel_all(found);
    }
    check(interrupts_ == (state_.parent_cancelled() ? 1 : 0), "an interruption is over before the group ends");
    ended_ = true;
    gone_ = true;
    std::destroy_at(&state_);
  }

  // A task ends.
  void done(Link& link, bool failed) {
    if (!protocol_.failure_before_removal) tell(state_.remove(link));
    if (failed) {
      std::array<Link*, 3> found{};
      const bool first = state_.child_failed([] {}, collect(found));
      cancel_all(found);
      if (first) interrupt();
    }
    if (protocol_.failure_before_removal) tell(state_.remove(link));
  }

  // By a task of the group. `late`: as in order depth first.
  void create(Link& link, bool late) {
    const auto takes = [late](Openness now) { return now == Openness::open || (late && now == Openness::aborting); };
    Openness openness = state_.openness();
    if (takes(openness)) openness = state_.add(link, late);
    const bool cancels = takes(openness) && openness != Openness::open && protocol_.cancels_late_ones;
    link.asked.fetch_or(!takes(openness) ? kRefused : cancels ? kAdded | kCancelled : kAdded, Order::acq_rel);
    Atomics::unpark(link.asked);
  }

  // A task that was added, or that create() has made.
  void wait_for_cancel(Link& link) {
    std::uint32_t seen = link.asked.load(Order::acquire);
    while ((seen & kRefused) == 0 && seen != (kAdded | kCancelled)) {
      Atomics::park(link.asked, seen);
      seen = link.asked.load(Order::acquire);
    }
    if ((seen & kRefused) != 0) return;
    check(!ended_, "no task is left when the group ends");
    done(link, false);
  }

  void cancel() {
    std::array<Link*, 3> found{};
    const State::Cancel cancel = state_.begin_cancel(collect(found));
    if (cancel == State::Cancel::too_late) return;
    cancel_all(found);
    if (!protocol_.cancel_ends_last) tell(state_.end_cancel());
    if (cancel == State::Cancel::of_tasks_and_parent) interrupt();
    if (protocol_.cancel_ends_last) tell(state_.end_cancel());
  }

  void check_end() { check(ended_, "the group ends"); }

 private:
  using State = GroupState<Link, std::uint32_t, Links<Link>, Atomics>;
  enum : std::uint32_t { kAdded = 1, kRefused = 2, kCancelled = 4 };
  enum : std::uint32_t { kTold = 1, kInterrupt = 2 };

  static void cancel_all(const std::array<Link*, 3>& found) {
    for (Link* link : found) {
      if (link == nullptr) continue;
      link->asked.fetch_or(kCancelled, Order::acq_rel);
      Atomics::unpark(link->asked);
    }
  }

  // What the group's task hears lies in the task, which outlives the group.
  std::uint32_t news() {
    std::uint32_t heard = 0;
    while ((heard = news_.exchange(0, Order::acquire)) == 0) Atomics::park(news_, 0);
    return heard;
  }
  void tell(std::uint32_t wait) {
    if (wait == 0) return;
    check(++tells_[wait] == 1, "each wait is told once");
    news_.fetch_or(kTold, Order::release);
    Atomics::unpark(news_);
  }
  void interrupt() {
    news_.fetch_or(kInterrupt, Order::release);
    check(!ended_, "a group that has ended interrupts nobody");
    ++interrupts_;
    Atomics::unpark(news_);
  }

  const Protocol protocol_;
  union {
    State state_;
  };
  Atomic<std::uint32_t> news_{0};
  std::array<int, 8> tells_{};
  int interrupts_ = 0;
  bool told_ = false;
  bool ended_ = false;
  bool gone_ = false;
};

Body a_failure_and_a_task_that_adds(Protocol protocol, bool late_ones) {
  return [=](Execution& e) {
    Group group(protocol);
    Link fails, adds, late;
    group.add(fails);
    group.add(adds);
    e.thread("block", [&] { group.block(false, false); });
    e.thread("fails", [&] { group.done(fails, true); });
    e.thread("adds", [&] {
      group.create(late, late_ones);
      group.done(adds, false);
    });
    e.thread("late", [&] { group.wait_for_cancel(late); });
    e.finally([&] { group.check_end(); });
  };
}

Body a_block_that_fails_and_a_task_that_adds(Protocol protocol, bool late_ones) {
  return [=](Execution& e) {
    Group group(protocol);
    Link adds, late;
    group.add(adds);
    e.thread("block", [&] { group.block(false, true); });
    e.thread("adds", [&] {
      group.create(late, late_ones);
      group.done(adds, false);
    });
    e.thread("late", [&] { group.wait_for_cancel(late); });
    e.finally([&] { group.check_end(); });
  };
}

Body a_cancel_and_a_task_that_adds(Protocol protocol, bool late_ones) {
  return [=](Execution& e) {
    Group group(protocol);
    Link adds, late;
    group.add(adds);
    e.thread("block", [&] { group.block(true, false); });
    e.thread("canceller", [&] { group.cancel(); });
    e.thread("adds", [&] {
      group.create(late, late_ones);
      group.done(adds, false);
    });
    e.thread("late", [&] { group.wait_for_cancel(late); });
    e.finally([&] { group.check_end(); });
  };
}

Body two_failures(Protocol protocol) {
  return [=](Execution& e) {
    Group group(protocol);
    Link one, two;
    group.add(one);
    group.add(two);
    e.thread("block", [&] { group.block(false, false); });
    e.thread("one", [&] { group.done(one, true); });
    e.thread("two", [&] { group.done(two, true); });
    e.finally([&] { group.check_end(); });
  };
}

Body a_cancel_from_outside(Protocol protocol) {
  return [=](Execution& e) {
    Group group(protocol);
    Link waits;
    group.add(waits);
    e.thread("block", [&] { group.block(false, false); });
    e.thread("waits", [&] { group.wait_for_cancel(waits); });
    e.thread("canceller", [&] { group.cancel(); });
    e.finally([&] { group.check_end(); });
  };
}

// A task cancels its own group; the block waits for that.
Body a_cancel_and_a_failure(Protocol protocol) {
  return [=](Execution& e) {
    Group group(protocol);
    Link cancels, fails;
    group.add(cancels);
    group.add(fails);
    e.thread("block", [&] { group.block(true, false); });
    e.thread("cancels", [&] {
      group.cancel();
      group.done(cancels, false);
    });
    e.thread("fails", [&] { group.done(fails, true); });
    e.finally([&] { group.check_end(); });
  };
}

std::vector<Scenario> scenarios(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 2, .stale_reads = 1};
  const Options wide{.preemption_bound = 1, .stale_reads = 1};
  std::vector<Scenario> all = {{"two failures", two_failures(protocol), deep},
                               {"a cancel from outside", a_cancel_from_outside(protocol), deep},
                               {"a cancel and a failure", a_cancel_and_a_failure(protocol), deep}};
  for (const bool late : {false, true}) {
    const std::string when = late ? ", late ones too" : "";
    all.push_back({"a block that fails and a task that adds" + when,
                   a_block_that_fails_and_a_task_that_adds(protocol, late), deep});
    all.push_back({"a cancel and a task that adds" + when, a_cancel_and_a_task_that_adds(protocol, late), wide});
    all.push_back({"a failure and a task that adds" + when, a_failure_and_a_task_that_adds(protocol, late), wide});
  }
  return all;
}

TEST(GroupStateModel, no_task_escapes_an_abort_and_the_group_ends_when_nothing_is_left) { explore_all(scenarios()); }

TEST(GroupStateModel, each_step_that_is_turned_round_is_noticed) {
  const std::pair<const char*, bool Protocol::*> steps[] = {
      {"the abort before the removal", &Protocol::failure_before_removal},
      {"the cancel's hold over the interruption", &Protocol::cancel_ends_last},
      {"the cancel of what is added late", &Protocol::cancels_late_ones},
  };
  expect_each_noticed(steps, scenarios);
}

TEST(GroupStateModel, a_weaker_order_of_the_lock_is_noticed) {
  using Effect = Mutation::Effect;
  const Survey found = survey(scenarios(), "spin_lock.h");
  std::printf("%s", found.table().c_str());
  EXPECT_TRUE(found.unchanged_passed());
  EXPECT_THAT(found.survivors(Effect::order), testing::IsEmpty());
  EXPECT_THAT(found.caught(Effect::order), testing::SizeIs(2));
}

}  // namespace
}  // namespace weft::model
