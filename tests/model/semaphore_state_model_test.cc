// Semaphores under every interleaving: never more inside than there are permits, nobody is left waiting, no permit is lost or made.
//
// A task takes the steps of Semaphore::Acquire; SemaphoreState and WaitQueue are the ones that ship. Who was woken goes on in its own thread.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "model/harness.h"
#include "model/line.h"
#include "weft/primitives/semaphore_state.h"

namespace weft::model {
namespace {

// Steps that a test may leave out, to see that they are needed.
struct Protocol {
  bool gives_back = true;          // else: one that was woken and is cancelled keeps its permit
  bool abandon_gives_back = true;  // else: what one that is destroyed leaves behind wakes nobody
  bool knows_bound = true;         // else: who releases looks at the bound before it does so, not in one step
};

template <class Policy = Atomics>
class Users {
 public:
  using State = SemaphoreState<Place, Line<Place>, Policy>;
  Users(std::uint64_t permits, Protocol protocol, std::uint64_t bound = State::kMost)
      : protocol_(protocol), bound_(bound), state_(permits) {}

  // True: it has a permit.
  bool take(Place& place) { return state_.try_acquire() || state_.acquire_or_queue(place) || go_on(place); }
  bool go_on(Place& place) {
    const bool thrown = sleep_until_told(place);
    Line<Place> woken;
    state_.leave(place, thrown && protocol_.gives_back, woken);
    tell_all(woken);
    return !thrown;
  }
  // Takes a permit and gives it back, not more than `most` at once.
  void use(Place& place, int most) {
    if (!take(place)) return;
    check(inside_.fetch_add(1, Order::relaxed) < most, "not more tasks than permits");
    inside_.fetch_sub(1, Order::relaxed);
    check(release(), "a permit can be released");
  }
  bool release() {
    Place* next = nullptr;
    if (!protocol_.knows_bound && state_.permits() >= bound_) return false;
    const bool released = state_.release(next, protocol_.knows_bound ? bound_ : State::kMost) == State::Released::done;
    tell(next);
    return released;
  }
  void queue(Place& place) { check(!state_.acquire_or_queue(place), "it waits"); }
  void cancel(Place& place) { cancel_place(state_, place); }
  // Its frame is destroyed, and nobody goes on there.
  void destroy(Place& place) {
    Line<Place> woken;
    state_.abandon(place, woken);
    if (protocol_.abandon_gives_back) tell_all(woken);
  }
  void check_end(std::uint64_t permits) {
    check(state_.permits() == permits, "all permits are there in the end");
    check(state_.waiting() == 0, "nobody is left waiting");
    check(!state_.locked() == (permits != 0), "who comes now need not wait");
  }

 private:
  const Protocol protocol_;
  const std::uint64_t bound_;
  State state_;
  Atomic<int> inside_{0};
};

template <class Policy>
Body users(std::size_t count, std::uint64_t permits, Protocol protocol) {
  return [=](Execution& e) {
    Users<Policy> users(permits, protocol);
    std::array<Place, 3> places;
    for (std::size_t i = 0; i < count; ++i)
      e.thread("user", [&, i] { users.use(places[i], static_cast<int>(permits)); });
    e.finally([&] { users.check_end(permits); });
  };
}
template <class Policy>
Body users_and_a_cancel(std::size_t count, Protocol protocol) {
  return [=](Execution& e) {
    Users<Policy> users(1, protocol);
    std::array<Place, 3> places;
    for (std::size_t i = 0; i < count; ++i) e.thread("user", [&, i] { users.use(places[i], 1); });
    e.thread("canceller", [&] { users.cancel(places[count - 2]); });
    e.finally([&] { users.check_end(1); });
  };
}
// Two wait, and two releases at once wake both.
template <class Policy>
Body several_releases(Protocol protocol) {
  return [=](Execution& e) {
    Users<Policy> users(0, protocol);
    std::array<Place, 2> places;
    Plain<int> first, second;
    e.thread("first", [&] {
      first.set(1);
      check(users.release(), "there is no bound");
    });
    e.thread("second", [&] {
      second.set(1);
      check(users.release(), "there is no bound");
    });
    e.thread("user", [&] {
      check(users.take(places[0]) && users.take(places[1]), "nobody cancels");
      check(first.get() + second.get() == 2, "who has all permits sees what was done before each was released");
    });
    e.finally([&] { users.check_end(0); });
  };
}
// The first is woken, and cancelled then or before: its permit is there, or the other one's.
template <class Policy>
Body a_cancel_and_two_releases(Protocol protocol) {
  return [=](Execution& e) {
    Users<Policy> users(0, protocol);
    std::array<Place, 2> places;
    for (Place& place : places) users.queue(place);
    int taken = 0;
    e.thread("first", [&] { taken = users.go_on(places[0]) ? 1 : 0; });
    e.thread("second", [&] { check(users.go_on(places[1]), "nobody cancels it"); });
    e.thread("releaser", [&] { check(users.release() && users.release(), "there is no bound"); });
    e.thread("canceller", [&] { users.cancel(places[0]); });
    e.finally([&] { users.check_end(static_cast<std::uint64_t>(1 - taken)); });
  };
}
// The first in the line is destroyed, woken or not; the second must get its permit.
template <class Policy>
Body one_that_is_destroyed(Protocol protocol) {
  return [=](Execution& e) {
    Users<Policy> users(0, protocol);
    std::array<Place, 2> places;
    users.queue(places[0]);
    e.thread("releaser", [&] { check(users.release(), "there is no bound"); });
    e.thread("user", [&] { check(users.take(places[1]), "nobody cancels it"); });
    e.thread("destroyer", [&] { users.destroy(places[0]); });
    e.finally([&] { users.check_end(0); });
  };
}
// Of two releases that would go over the bound, one is refused.
template <class Policy>
Body bounded_releases(Protocol protocol) {
  return [=](Execution& e) {
    Users<Policy> users(1, protocol, 2);
    Atomic<int> released{0};
    for (const char* name : {"first", "second"}) {
      e.thread(name, [&] {
        if (users.release()) released.fetch_add(1, Order::relaxed);
      });
    }
    e.finally([&] {
      check(released.load(Order::relaxed) == 1, "one of the releases is refused");
      users.check_end(2);
    });
  };
}
// The same while a permit is taken: as many releases are done as there is room for.
template <class Policy>
Body a_bounded_release_and_a_user(Protocol protocol) {
  return [=](Execution& e) {
    Users<Policy> users(1, protocol, 1);
    std::array<Place, 1> places;
    int released = 0;
    e.thread("user", [&] { check(users.take(places[0]), "nobody cancels"); });
    e.thread("releaser", [&] { released = users.release() ? 1 : 0; });
    e.finally([&] { users.check_end(static_cast<std::uint64_t>(released)); });
  };
}

template <class Policy = Atomics>
std::vector<Scenario> quick_scenarios(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 3, .stale_reads = 1};
  const Options wide{.preemption_bound = 2, .stale_reads = 0};
  return {{"a semaphore of 1, two users", users<Policy>(2, 1, protocol), deep},
          {"a semaphore of 2, two releases over its bound", bounded_releases<Policy>(protocol), deep},
          {"a semaphore of 1, a release and a user", a_bounded_release_and_a_user<Policy>(protocol), deep},
          {"a semaphore of 0, several releases", several_releases<Policy>(protocol), deep},
          {"a semaphore of 0, a cancel and two releases", a_cancel_and_two_releases<Policy>(protocol), wide},
          {"a semaphore of 0, one that is destroyed", one_that_is_destroyed<Policy>(protocol), deep}};
}
std::vector<Scenario> scenarios(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 3, .stale_reads = 1};
  const Options wide{.preemption_bound = 2, .stale_reads = 1};
  const Options widest{.preemption_bound = 1, .stale_reads = 0};
  std::vector<Scenario> all = quick_scenarios(protocol);
  all.push_back({"a semaphore of 1, two users and a cancel", users_and_a_cancel<Atomics>(2, protocol), deep});
  all.push_back({"a semaphore of 1, three users", users<Atomics>(3, 1, protocol), wide});
  all.push_back({"a semaphore of 2, three users", users<Atomics>(3, 2, protocol), wide});
  all.push_back({"a semaphore of 1, three users and a cancel", users_and_a_cancel<Atomics>(3, protocol), widest});
  return all;
}

TEST(SemaphoreStateModel, nobody_is_left_waiting_and_no_permit_is_lost) { explore_all(scenarios()); }

TEST(SemaphoreStateModel, each_step_that_is_left_out_is_noticed) {
  expect_noticed("the permit that a cancelled one gives back", scenarios({.gives_back = false}));
  expect_noticed("the permit that a destroyed one gives back", scenarios({.abandon_gives_back = false}));
  expect_noticed("one step of look and release", scenarios({.knows_bound = false}));
}

TEST(SemaphoreStateModel, a_weaker_order_is_noticed) {
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
