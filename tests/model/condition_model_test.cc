// Conditions, and barriers over them, under every interleaving: no notification is lost, also not to a cancel, and nobody is left waiting.
//
// A task takes the steps of Condition::wait and Barrier::wait; ConditionState, LockState, BarrierState and WaitQueue are the ones that ship. Who
// was woken goes on in its own thread.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "model/harness.h"
#include "model/line.h"
#include "weft/primitives/barrier_state.h"
#include "weft/primitives/condition_state.h"
#include "weft/primitives/lock_state.h"

namespace weft::model {
namespace {

// Steps that a test may leave out or turn round, to see that they are needed.
struct Protocol {
  bool queues_before_release = true;  // else: who waits lets go of the lock before it is in the line
  bool passes_on = true;              // else: a wait that is cancelled notifies nobody
  bool tells_those_outside = true;    // else: the last one that leaves a barrier notifies nobody
};

// A condition with its lock. A place is in one line at a time: the condition's, or the lock's.
class Condition {
 public:
  explicit Condition(Protocol protocol) : protocol_(protocol) {}

  void acquire(Place& place) {
    if (lock_.try_acquire() || lock_.acquire_or_queue(place)) return;
    sleep_until_told(place);
    place.told.store(0, Order::relaxed);
    tell(lock_.leave(place, false));
  }
  void release() {
    Place* next = nullptr;
    check(lock_.release(next) == Lock::Released::done, "who holds a lock can release it");
    tell(next);
  }
  // False: cancelled. `own`: the place for the lock.
  bool wait(Place& place, Place& own) {
    if (protocol_.queues_before_release) state_.queue(place);
    release();
    if (!protocol_.queues_before_release) state_.queue(place);
    const bool thrown = sleep_until_told(place);
    place.told.store(0, Order::relaxed);
    acquire(own);
    if (thrown && protocol_.passes_on) notify(1);
    return !thrown;
  }
  void notify(std::size_t most) {
    Line<Place> woken;
    state_.notify(most, woken);
    tell_all(woken);
  }
  // True: it will be thrown if it waits once more, or has not gone on yet.
  bool cancel(Place& place) { return cancel_place(state_, place); }
  void check_end() {
    check(!lock_.locked() && lock_.waiting() == 0, "the lock is free in the end");
    check(state_.waiting() == 0, "nobody is left waiting");
  }

 private:
  using Lock = LockState<Place, Line<Place>, Atomics>;
  const Protocol protocol_;
  Lock lock_;
  ConditionState<Place, Line<Place>, Atomics> state_;
};

class Store {
 public:
  explicit Store(Protocol protocol) : condition(protocol) {}

  void put(Place& own, int count, bool all = false) {
    condition.acquire(own);
    items.set(items.get() + count);
    condition.notify(all ? 3 : 1);
    condition.release();
  }
  // False: cancelled.
  bool take(Place& place, Place& own) {
    condition.acquire(own);
    bool waits = true;
    while (waits && items.get() == 0) waits = condition.wait(place, own);
    if (waits) items.set(items.get() - 1);
    condition.release();
    return waits;
  }
  void check_end(int expected) {
    check(items.get() == expected, "every item is there, or was taken once");
    condition.check_end();
  }

  Condition condition;
  Plain<int> items;
};

struct Task {
  Place waits;
  Place own;
};

Body one_takes(Protocol protocol) {
  return [=](Execution& e) {
    Store store(protocol);
    std::array<Task, 2> tasks;
    e.thread("takes", [&] { check(store.take(tasks[0].waits, tasks[0].own), "nobody cancels"); });
    e.thread("puts", [&] { store.put(tasks[1].own, 1); });
    e.finally([&] { store.check_end(0); });
  };
}
Body two_take(bool all, Protocol protocol) {
  return [=](Execution& e) {
    Store store(protocol);
    std::array<Task, 3> tasks;
    for (std::size_t i = 0; i < 2; ++i) {
      e.thread("takes", [&, i] { check(store.take(tasks[i].waits, tasks[i].own), "nobody cancels"); });
    }
    e.thread("puts", [&, all] {
      if (all) return store.put(tasks[2].own, 2, true);
      store.put(tasks[2].own, 1);
      store.put(tasks[2].own, 1);
    });
    e.finally([&] { store.check_end(0); });
  };
}
// Two wait for one item; who takes it puts another, so that both go on unless one is cancelled.
Body two_take_and_a_cancel(Protocol protocol) {
  return [=](Execution& e) {
    Store store(protocol);
    std::array<Task, 3> tasks;
    const auto takes = [&](Task& task) {
      const bool taken = store.take(task.waits, task.own);
      if (taken) store.put(task.own, 1);
      return taken;
    };
    e.thread("first", [&] { takes(tasks[0]); });
    e.thread("second", [&] { check(takes(tasks[1]), "nobody cancels it"); });
    e.thread("puts", [&] {
      store.put(tasks[2].own, 1);
      store.condition.cancel(tasks[0].waits);
    });
    e.finally([&] { store.check_end(1); });
  };
}
// One is notified, and it is tried to cancel it at any time: it takes the item, or the next one does.
Body a_cancel_beside_the_notification(Protocol protocol) {
  return [=](Execution& e) {
    Store store(protocol);
    std::array<Task, 2> tasks;
    bool cancelled = false;
    bool taken = false;
    e.thread("takes", [&] { taken = store.take(tasks[0].waits, tasks[0].own); });
    e.thread("puts", [&] { store.put(tasks[1].own, 1); });
    e.thread("cancels", [&] { cancelled = store.condition.cancel(tasks[0].waits); });
    e.finally([&] {
      check(taken || cancelled, "it takes the item unless it is cancelled");
      store.check_end(taken ? 0 : 1);
    });
  };
}

class Barrier {
 public:
  using State = BarrierState<Atomics>;
  using Phase = State::Phase;
  Barrier(int parties, Protocol protocol) : protocol_(protocol), condition_(protocol), state_(parties) {}

  enum class End { gone_on, failed, cancelled };
  End wait(Task& task) {
    condition_.acquire(task.own);
    const End end = come(task);
    condition_.release();
    return end;
  }
  void reset(Task& task) {
    change(task, [this] { state_.reset(); });
  }
  void abort(Task& task) {
    change(task, [this] { state_.abort(); });
  }
  bool cancel(Task& task) { return condition_.cancel(task.waits); }
  void check_end() {
    state_.reset();
    check(state_.phase() == Phase::filling, "nobody is inside in the end");
    condition_.check_end();
  }

 private:
  template <class Change>
  void change(Task& task, Change change) {
    condition_.acquire(task.own);
    change();
    condition_.notify(3);
    condition_.release();
  }
  End come(Task& task) {
    while (state_.closed()) {
      if (!condition_.wait(task.waits, task.own)) return End::cancelled;
    }
    if (state_.phase() == Phase::broken) return End::failed;
    const End end = take_part(task);
    if (state_.leave() && protocol_.tells_those_outside) condition_.notify(3);
    return end;
  }
  End take_part(Task& task) {
    state_.come();
    if (state_.phase() == Phase::draining) condition_.notify(3);
    while (state_.phase() == Phase::filling) {
      if (!condition_.wait(task.waits, task.own)) return End::cancelled;
    }
    return state_.failed() ? End::failed : End::gone_on;
  }

  const Protocol protocol_;
  Condition condition_;
  State state_;
};

// Two parties and two rounds each: who comes early to the second one waits outside until the first one has drained.
Body two_rounds(Protocol protocol) {
  return [=](Execution& e) {
    Barrier barrier(2, protocol);
    std::array<Task, 2> tasks;
    std::array<Plain<int>, 2> rounds;
    for (std::size_t i = 0; i < 2; ++i) {
      e.thread("party", [&, i] {
        for (int round = 1; round <= 2; ++round) {
          if (round == 1) rounds[i].set(1);
          check(barrier.wait(tasks[i]) == Barrier::End::gone_on, "nobody breaks it");
          check(rounds[1 - i].get() == 1, "it waits for the other one, and sees what that did before");
        }
      });
    }
    e.finally([&] { barrier.check_end(); });
  };
}
// An abort: each party goes on or fails, and nobody is left.
Body an_abort(Protocol protocol) {
  return [=](Execution& e) {
    Barrier barrier(2, protocol);
    std::array<Task, 3> tasks;
    std::array<Barrier::End, 2> ends{};
    for (std::size_t i = 0; i < 2; ++i) e.thread("party", [&, i] { ends[i] = barrier.wait(tasks[i]); });
    e.thread("aborts", [&] { barrier.abort(tasks[2]); });
    e.finally([&] {
      check(ends[0] != Barrier::End::cancelled && ends[1] != Barrier::End::cancelled, "nobody cancels");
      barrier.check_end();
    });
  };
}
// A reset, then an abort for those that came later: the same.
Body a_reset_and_an_abort(Protocol protocol) {
  return [=](Execution& e) {
    Barrier barrier(2, protocol);
    std::array<Task, 3> tasks;
    for (std::size_t i = 0; i < 2; ++i) {
      e.thread("party", [&, i] { check(barrier.wait(tasks[i]) != Barrier::End::cancelled, "nobody cancels"); });
    }
    e.thread("resets", [&] {
      barrier.reset(tasks[2]);
      barrier.abort(tasks[2]);
    });
    e.finally([&] { barrier.check_end(); });
  };
}
// A party that is cancelled is not counted. The abort is for the other one, which may be alone then.
Body a_cancel_and_an_abort(Protocol protocol) {
  return [=](Execution& e) {
    Barrier barrier(2, protocol);
    std::array<Task, 3> tasks;
    bool cancelled = false;
    Barrier::End end = Barrier::End::failed;
    e.thread("first", [&] { end = barrier.wait(tasks[0]); });
    e.thread("second", [&] { check(barrier.wait(tasks[1]) != Barrier::End::cancelled, "nobody cancels it"); });
    e.thread("cancels", [&] {
      cancelled = barrier.cancel(tasks[0]);
      barrier.abort(tasks[2]);
    });
    e.finally([&] {
      check(cancelled || end != Barrier::End::cancelled, "it ends as cancelled only when it is");
      barrier.check_end();
    });
  };
}

std::vector<Scenario> of_conditions(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 3, .stale_reads = 1};
  const Options wide{.preemption_bound = 3, .stale_reads = 0};
  return {{"one takes, one puts", one_takes(protocol), deep},
          {"two take, and a cancel", two_take_and_a_cancel(protocol), wide},
          {"two take what is put one by one", two_take(false, protocol), wide},
          {"two take what is put at once", two_take(true, protocol), wide},
          {"a cancel beside the notification", a_cancel_beside_the_notification(protocol), deep}};
}
std::vector<Scenario> of_barriers(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 3, .stale_reads = 0};
  return {{"a barrier of 2, two rounds", two_rounds(protocol), deep},
          {"a barrier of 2, an abort", an_abort(protocol), deep},
          {"a barrier of 2, a reset and an abort", a_reset_and_an_abort(protocol), deep},
          {"a barrier of 2, a cancel and an abort", a_cancel_and_an_abort(protocol), deep}};
}

TEST(ConditionModel, no_notification_is_lost_and_nobody_is_left_waiting) { explore_all(of_conditions()); }
TEST(BarrierModel, every_party_goes_on_or_fails_and_nobody_is_left_waiting) { explore_all(of_barriers()); }

TEST(ConditionModel, each_step_that_is_left_out_or_turned_round_is_noticed) {
  expect_noticed("the line before the release", of_conditions({.queues_before_release = false}));
  expect_noticed("the notification that a cancelled wait passes on", of_conditions({.passes_on = false}));
}
TEST(BarrierModel, a_notification_that_is_left_out_is_noticed) {
  expect_noticed("the notification of those outside", of_barriers({.tells_those_outside = false}));
}

TEST(ConditionModel, a_weaker_order_is_noticed) {
  using Effect = Mutation::Effect;
  const Survey found = survey(of_conditions(), "spin_lock.h");
  std::printf("%s", found.table().c_str());
  EXPECT_TRUE(found.unchanged_passed());
  EXPECT_THAT(found.survivors(Effect::order), testing::IsEmpty());
  EXPECT_THAT(found.caught(Effect::order), testing::SizeIs(2));
}

}  // namespace
}  // namespace weft::model
