// Locks under every interleaving: never more than one inside, nobody is left waiting, nothing is lost to a cancel.
//
// A task takes the steps of Lock::Acquire; LockState and WaitQueue are the ones that ship. Who was woken goes on in its own thread.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "model/harness.h"
#include "model/line.h"
#include "weft/primitives/lock_state.h"

namespace weft::model {
namespace {

// Steps that a test may leave out, to see that they are needed.
struct Protocol {
  bool passes_on = true;          // else: one that was woken and is cancelled leaves without waking the next one
  bool abandon_passes_on = true;  // else: so does one that is destroyed
};

template <class Policy = Atomics>
class Users {
 public:
  explicit Users(Protocol protocol) : protocol_(protocol) {}

  void use(Place& place) {
    if (!state_.try_acquire() && !state_.acquire_or_queue(place)) {
      const bool thrown = sleep_until_told(place);
      if (thrown && !protocol_.passes_on) return;
      tell(state_.leave(place, thrown));
      if (thrown) return;
    }
    check(inside_.get() == 0, "one task holds the lock");
    inside_.set(1);
    inside_.set(0);
    release();
  }
  // Before the threads begin: the lock is held, and the place waits for it.
  void hold() { check(state_.try_acquire(), "a new lock is free"); }
  void queue(Place& place) { check(!state_.acquire_or_queue(place), "it waits"); }
  void release() {
    Place* next = nullptr;
    check(state_.release(next) == State::Released::done, "who holds a lock can release it");
    tell(next);
  }
  void cancel(Place& place) { cancel_place(state_, place); }
  // Its frame is destroyed, and nobody goes on there.
  void destroy(Place& place) {
    Place* next = state_.abandon(place);
    if (protocol_.abandon_passes_on) tell(next);
  }
  void check_end() {
    check(!state_.locked(), "the lock is free in the end");
    check(state_.waiting() == 0, "nobody is left waiting");
  }

 private:
  using State = LockState<Place, Line<Place>, Policy>;
  const Protocol protocol_;
  State state_;
  Plain<int> inside_;
};

template <class Policy>
Body users(std::size_t count, Protocol protocol) {
  return [=](Execution& e) {
    Users<Policy> users(protocol);
    std::array<Place, 3> places;
    for (std::size_t i = 0; i < count; ++i) e.thread("user", [&, i] { users.use(places[i]); });
    e.finally([&] { users.check_end(); });
  };
}
template <class Policy>
Body users_and_a_cancel(std::size_t count, Protocol protocol) {
  return [=](Execution& e) {
    Users<Policy> users(protocol);
    std::array<Place, 3> places;
    for (std::size_t i = 0; i < count; ++i) e.thread("user", [&, i] { users.use(places[i]); });
    e.thread("canceller", [&] { users.cancel(places[count - 2]); });
    e.finally([&] { users.check_end(); });
  };
}
// The first in the line is cancelled and the lock released, in any order; the second must get it.
template <class Policy>
Body a_cancel_and_a_release(Protocol protocol) {
  return [=](Execution& e) {
    Users<Policy> users(protocol);
    std::array<Place, 1> places;
    users.hold();
    e.thread("user", [&] { users.use(places[0]); });
    e.thread("canceller", [&] { users.cancel(places[0]); });
    e.thread("holder", [&] { users.release(); });
    e.finally([&] { users.check_end(); });
  };
}
// The first in the line is destroyed, woken or not; the second must get it.
template <class Policy>
Body one_that_is_destroyed(Protocol protocol) {
  return [=](Execution& e) {
    Users<Policy> users(protocol);
    std::array<Place, 2> places;
    users.hold();
    users.queue(places[0]);
    e.thread("holder", [&] { users.release(); });
    e.thread("user", [&] { users.use(places[1]); });
    e.thread("destroyer", [&] { users.destroy(places[0]); });
    e.finally([&] { users.check_end(); });
  };
}

template <class Policy = Atomics>
std::vector<Scenario> quick_scenarios(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 3, .stale_reads = 1};
  return {{"a lock, two users", users<Policy>(2, protocol), deep},
          {"a lock, two users and a cancel", users_and_a_cancel<Policy>(2, protocol), deep},
          {"a lock, a cancel and a release", a_cancel_and_a_release<Policy>(protocol), deep},
          {"a lock, one that is destroyed", one_that_is_destroyed<Policy>(protocol), deep}};
}
std::vector<Scenario> scenarios(Protocol protocol = {}) {
  const Options wide{.preemption_bound = 2, .stale_reads = 1};
  const Options widest{.preemption_bound = 1, .stale_reads = 0};
  std::vector<Scenario> all = quick_scenarios(protocol);
  all.push_back({"a lock, three users", users<Atomics>(3, protocol), wide});
  all.push_back({"a lock, three users and a cancel", users_and_a_cancel<Atomics>(3, protocol), widest});
  return all;
}

TEST(LockStateModel, nobody_is_left_waiting_and_nothing_is_lost) { explore_all(scenarios()); }

TEST(LockStateModel, each_step_that_is_left_out_is_noticed) {
  expect_noticed("the next one's turn", scenarios({.passes_on = false}));
  expect_noticed("the turn of who comes behind one that is destroyed", scenarios({.abandon_passes_on = false}));
}

TEST(LockStateModel, a_weaker_order_is_noticed) {
  using Effect = Mutation::Effect;
  const Survey found = survey(quick_scenarios(), "guarded_queue.h");
  std::printf("%s", found.table().c_str());
  EXPECT_TRUE(found.unchanged_passed());
  EXPECT_THAT(found.survivors(Effect::order), testing::IsEmpty());
  // One place for acquire() and release().
  expect_noticed("what a release() releases", quick_scenarios<WeakerExchange<Order::release, Order::relaxed>>());
}

}  // namespace
}  // namespace weft::model
