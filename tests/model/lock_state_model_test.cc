// Locks and semaphores under every interleaving: never more inside than there are permits, nobody is left waiting, nothing is lost to a cancel.
//
// A task takes the steps of Lock::Acquire and Semaphore::Acquire; LockState, SemaphoreState and WaitQueue are the ones that ship. Who was woken
// goes on in its own thread.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "model/harness.h"
#include "model/waiters.h"
#include "weft/primitives/lock_state.h"
#include "weft/primitives/semaphore_state.h"

namespace weft::model {
namespace {

// Steps that a test may leave out, to see that they are needed.
struct Protocol {
  bool passes_on = true;  // else: one that was woken and is cancelled leaves without waking the next one
};

class LockUsers {
 public:
  explicit LockUsers(Protocol protocol) : protocol_(protocol) {}

  void use(Place& place) {
    if (!state_.try_acquire() && !state_.acquire_or_queue(place)) {
      const bool thrown = sleep_until_told(place);
      if (thrown && !protocol_.passes_on) return;
      Place* next = state_.leave(place, thrown);
      if (next != nullptr) tell(*next, kWoken);
      if (thrown) return;
    }
    check(inside_.get() == 0, "one task holds the lock");
    inside_.set(1);
    inside_.set(0);
    Place* next = nullptr;
    check(state_.release(next) == State::Released::done, "who holds a lock can release it");
    if (next != nullptr) tell(*next, kWoken);
  }
  // As a task's cancel: a request that comes too late to cut the wait short is thrown all the same.
  void cancel(Place& place) {
    if (state_.cancel(place) || place.told.load(Order::relaxed) != 0) tell(place, kCancelled);
  }
  void check_end() {
    check(!state_.locked(), "the lock is free in the end");
    check(state_.waiting() == 0, "nobody is left waiting");
  }

 private:
  using State = LockState<Place, Line<Place>, Atomics>;
  const Protocol protocol_;
  State state_;
  Plain<int> inside_;
};

class Takers {
 public:
  Takers(std::uint64_t permits, Protocol protocol) : protocol_(protocol), permits_(permits), state_(permits) {}

  void use(Place& place) {
    if (!state_.try_acquire() && !state_.acquire_or_queue(place)) {
      const bool thrown = sleep_until_told(place);
      leave(place, thrown && protocol_.passes_on);
      if (thrown) return;
    }
    check(inside_.fetch_add(1, Order::relaxed) < permits_, "not more tasks than permits");
    inside_.fetch_sub(1, Order::relaxed);
    Place* next = nullptr;
    check(state_.release(next) == State::Released::done, "a permit can be released");
    if (next != nullptr) tell(*next, kWoken);
  }
  void cancel(Place& place) {
    if (state_.cancel(place) || place.told.load(Order::relaxed) != 0) tell(place, kCancelled);
  }
  void check_end() {
    check(state_.permits() == permits_, "all permits are there in the end");
    check(state_.waiting() == 0, "nobody is left waiting");
  }

 private:
  using State = SemaphoreState<Place, Line<Place>, Atomics>;
  void leave(Place& place, bool thrown) {
    Line<Place> woken;
    state_.leave(place, thrown, woken);
    while (Place* next = woken.pop_front()) tell(*next, kWoken);
  }
  const Protocol protocol_;
  const std::uint64_t permits_;
  State state_;
  Atomic<std::uint64_t> inside_{0};
};

template <class Users, class... Args>
Body three_users(Args... args) {
  return [=](Execution& e) {
    Users users(args...);
    std::array<Place, 3> places;
    for (Place& place : places) e.thread("user", [&] { users.use(place); });
    e.finally([&] { users.check_end(); });
  };
}
template <class Users, class... Args>
Body two_users_and_a_cancel(Args... args) {
  return [=](Execution& e) {
    Users users(args...);
    std::array<Place, 2> places;
    for (Place& place : places) e.thread("user", [&] { users.use(place); });
    e.thread("canceller", [&] { users.cancel(places[0]); });
    e.finally([&] { users.check_end(); });
  };
}
template <class Users, class... Args>
Body three_users_and_a_cancel(Args... args) {
  return [=](Execution& e) {
    Users users(args...);
    std::array<Place, 3> places;
    for (Place& place : places) e.thread("user", [&] { users.use(place); });
    e.thread("canceller", [&] { users.cancel(places[1]); });
    e.finally([&] { users.check_end(); });
  };
}

std::vector<Scenario> scenarios(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 3, .stale_reads = 1};
  const Options wide{.preemption_bound = 2, .stale_reads = 1};
  const Options widest{.preemption_bound = 1, .stale_reads = 0};
  return {
      {"a lock, two users and a cancel", two_users_and_a_cancel<LockUsers>(protocol), deep},
      {"a semaphore of 1, two users and a cancel", two_users_and_a_cancel<Takers>(std::uint64_t{1}, protocol), deep},
      {"a lock, three users", three_users<LockUsers>(protocol), wide},
      {"a semaphore of 1, three users", three_users<Takers>(std::uint64_t{1}, protocol), wide},
      {"a semaphore of 2, three users", three_users<Takers>(std::uint64_t{2}, protocol), wide},
      {"a lock, three users and a cancel", three_users_and_a_cancel<LockUsers>(protocol), widest},
      {"a semaphore of 1, three users and a cancel", three_users_and_a_cancel<Takers>(std::uint64_t{1}, protocol),
       widest}};
}

TEST(LockStateModel, nobody_is_left_waiting_and_nothing_is_lost) { explore_all(scenarios()); }

TEST(LockStateModel, a_step_that_is_left_out_is_noticed) {
  expect_noticed("the next one's turn", scenarios({.passes_on = false}));
}

}  // namespace
}  // namespace weft::model
