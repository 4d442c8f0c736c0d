// Events under every interleaving: whom a set() wakes is decided at once, each of them goes on once, and sees what was done before it.
//
// A task takes the steps of Event::Wait; EventState and WaitQueue are the ones that ship. Who was woken goes on in its own thread.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "model/harness.h"
#include "model/line.h"
#include "weft/primitives/event_state.h"

namespace weft::model {
namespace {

// As EventState, but who queues does not look under the guard whether the event was set meanwhile.
class HastyState {
 public:
  bool is_set() const { return (line_.load(Order::acquire) & kSet) != 0; }
  std::size_t waiting() { return line_.waiting(); }
  void set(Line<Place>& woken) {
    line_.enter();
    line_.queue().take_all(woken);
    line_.leave(kSet);
  }
  void clear() {
    line_.enter();
    line_.leave(0);
  }
  bool queue(Place& place) {
    const std::uint64_t seen = line_.enter();
    line_.queue().push(place);
    line_.leave(seen);
    return true;
  }
  bool cancel(Place& place) {
    const std::uint64_t seen = line_.enter();
    const bool cancelled = line_.queue().cancel(place);
    line_.leave(seen);
    return cancelled;
  }

 private:
  using Queue = GuardedQueue<Place, Line<Place>, Atomics>;
  static constexpr std::uint64_t kSet = Queue::kUnit;
  Queue line_;
};

template <class State>
class Users {
 public:
  // True: not cancelled.
  bool wait(Place& place) { return state_.is_set() || !state_.queue(place) || !sleep_until_told(place); }
  bool queue(Place& place) { return state_.queue(place); }
  void set() {
    Line<Place> woken;
    state_.set(woken);
    tell_all(woken);
  }
  void clear() { state_.clear(); }
  bool is_set() { return state_.is_set(); }
  // True: the wait is cut short.
  bool cancel(Place& place) {
    if (!state_.cancel(place)) return false;
    tell(place, kCancelled);
    return true;
  }
  std::size_t waiting() { return state_.waiting(); }

 private:
  State state_;
};

template <class State>
Body waits_and_a_set() {
  return [=](Execution& e) {
    Users<State> users;
    std::array<Place, 2> places;
    Plain<int> written;
    for (Place& place : places) {
      e.thread("waits", [&] {
        check(users.wait(place), "nobody cancels");
        check(written.get() == 1, "who goes on sees what was done before the event was set");
      });
    }
    e.thread("sets", [&] {
      written.set(1);
      users.set();
    });
    e.finally([&] { check(users.waiting() == 0 && users.is_set(), "it stays set, and nobody waits"); });
  };
}
// Who comes while it is clear waits for the next set().
template <class State>
Body a_set_and_a_clear() {
  return [=](Execution& e) {
    Users<State> users;
    std::array<Place, 2> places;
    e.thread("waits", [&] { check(users.wait(places[0]), "nobody cancels"); });
    e.thread("sets", [&] {
      users.set();
      users.clear();
      check(users.queue(places[1]), "a clear event is waited for");
      check(places[1].told.load(Order::relaxed) == 0, "who comes after set() is not among those that it wakes");
      users.set();
      check(!sleep_until_told(places[1]), "nobody cancels");
    });
    e.finally([&] { check(users.waiting() == 0 && users.is_set(), "it stays set, and nobody waits"); });
  };
}
// clear() right behind set() takes nothing back: all that wait already go on, one that comes may have to wait.
template <class State>
Body a_clear_takes_nothing_back() {
  return [=](Execution& e) {
    Users<State> users;
    std::array<Place, 2> places;
    check(users.queue(places[0]), "a new event is waited for");
    e.thread("waits", [&] { check(!sleep_until_told(places[0]), "it is woken"); });
    e.thread("sets", [&] { users.set(); });
    e.thread("clears", [&] { users.clear(); });
    e.finally([&] { check(users.waiting() == 0, "nobody waits"); });
  };
}
template <class State>
Body waits_and_a_cancel() {
  return [=](Execution& e) {
    Users<State> users;
    std::array<Place, 2> places;
    bool cut_short = false;
    bool went_on = false;
    check(users.queue(places[0]), "a new event is waited for");
    e.thread("waits", [&] { went_on = users.wait(places[1]); });
    e.thread("cancels", [&] { cut_short = users.cancel(places[1]); });
    e.thread("sets", [&] { users.set(); });
    e.finally([&] {
      check(went_on != cut_short, "a wait ends once: as woken or as cancelled");
      check(places[0].told.load(Order::relaxed) == kWoken, "the other one is woken");
      check(users.waiting() == 0, "nobody waits");
    });
  };
}
// As one who clears it before it looks for work, and one who sets it when there is some: it is found, or the event is set.
template <class State>
Body a_set_of_what_is_set_and_a_clear() {
  return [=](Execution& e) {
    Users<State> users;
    Atomic<int> work{0};
    int found = 0;
    users.set();
    e.thread("clears", [&] {
      users.clear();
      found = work.load(Order::relaxed);
    });
    e.thread("sets", [&] {
      work.store(1, Order::relaxed);
      users.set();
    });
    e.finally(
        [&] { check(found == 1 || users.is_set(), "what was done before set() is seen behind a later clear()"); });
  };
}
// Who finds it set sees what was done before; it does not wait.
template <class State>
Body a_set_and_a_look() {
  return [=](Execution& e) {
    Users<State> users;
    Plain<int> written;
    e.thread("looks", [&] {
      if (users.is_set()) check(written.get() == 1, "what was done before set() is seen");
    });
    e.thread("sets", [&] {
      written.set(1);
      users.set();
    });
    e.finally([&] { check(users.is_set(), "it stays set"); });
  };
}

template <class State = EventState<Place, Line<Place>, Atomics>>
std::vector<Scenario> scenarios() {
  const Options deep{.preemption_bound = 3, .stale_reads = 1};
  return {{"two wait, and a set", waits_and_a_set<State>(), deep},
          {"a set, a clear, and one that comes behind them", a_set_and_a_clear<State>(), deep},
          {"a clear takes nothing back", a_clear_takes_nothing_back<State>(), deep},
          {"two wait, a cancel and a set", waits_and_a_cancel<State>(), deep},
          {"a set of what is set, and a clear", a_set_of_what_is_set_and_a_clear<State>(), deep},
          {"a set and a look", a_set_and_a_look<State>(), deep}};
}

TEST(EventStateModel, each_of_those_that_wait_goes_on_once_and_sees_what_was_done_before) { explore_all(scenarios()); }

TEST(EventStateModel, a_look_under_the_guard_that_is_left_out_is_noticed) {
  expect_noticed("the look under the guard", scenarios<HastyState>());
}

template <Order kFrom, Order kTo>
std::vector<Scenario> with_weaker_exchange() {
  return scenarios<EventState<Place, Line<Place>, WeakerExchange<kFrom, kTo>>>();
}
TEST(EventStateModel, a_weaker_order_is_noticed) {
  using Effect = Mutation::Effect;
  const Survey found = survey(scenarios(), "guarded_queue.h");
  std::printf("%s", found.table().c_str());
  EXPECT_TRUE(found.unchanged_passed());
  EXPECT_THAT(found.survivors(Effect::order), testing::IsEmpty());
  // One place for set() and clear().
  expect_noticed("what a set() releases", with_weaker_exchange<Order::acq_rel, Order::acquire>());
  expect_noticed("what a clear() acquires", with_weaker_exchange<Order::acq_rel, Order::release>());
}

}  // namespace
}  // namespace weft::model
