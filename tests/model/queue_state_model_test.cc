// Who waits at a queue, under every interleaving: no getter sleeps beside an item, no putter beside room, no joiner when all is done; what one that
// is cancelled was woken for goes to the next one; no item is lost or doubled.
//
// A task takes the steps of Queue's awaiters; QueueState and FifoItems are the ones that ship. Who was woken goes on in its own thread.

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/harness.h"
#include "model/line.h"
#include "weft/primitives/fifo_items.h"
#include "weft/primitives/queue_state.h"

namespace weft::model {
namespace {

// Steps that a test may leave out, to see that they are needed.
struct Protocol {
  bool says_so = true;      // else: whoever waits does not say it in the items' word
  bool passes_on = true;    // else: one that was woken and is cancelled leaves without waking the next one
  bool looks_again = true;  // else: a getter that was woken takes it for granted that there is an item
};

struct Number {
  explicit Number(int number) : value(number) {}
  Number(Number&& other) noexcept : value(other.value.get()) { other.value.set(0); }
  Plain<int> value;
};

class Items : public FifoItems<Number, Atomics, 4> {
 public:
  Items(std::uint64_t most, Protocol protocol) : FifoItems(most), protocol_(protocol) {}
  bool getter_waits() noexcept {
    if (protocol_.says_so) return FifoItems::getter_waits();
    return size() == 0 && !is_shut_down();
  }

 private:
  const Protocol protocol_;
};

class Users {
 public:
  explicit Users(std::uint64_t most, Protocol protocol = {}) : protocol_(protocol), state_(most, protocol) {}

  void put(Place& place, int number) {
    Number item(number);
    for (;;) {
      Place* woken = nullptr;
      const Turnout turnout = state_.put(&item, woken);
      if (woken != nullptr) tell(*woken, kWoken);
      if (turnout != Turnout::blocked) return refused(turnout, number);
      if (!state_.queue_putter(place)) continue;
      if (sleep_until_told(place)) {
        if (Place* next = protocol_.passes_on ? state_.putter_gives_up(place) : nullptr; next != nullptr)
          tell(*next, kWoken);
        return refused(Turnout::blocked, number);
      }
      begin_again(place);
    }
  }
  // What it got; 0 when it was cancelled, or the queue shut down.
  int get(Place& place) {
    for (;;) {
      int number = 0;
      Place* woken = nullptr;
      const Turnout turnout =
          state_.get([&number](Number&& item) { number = Number(std::move(item)).value.get(); }, woken);
      if (woken != nullptr) tell(*woken, kWoken);
      if (turnout != Turnout::blocked) {
        got_ += number;
        return number;
      }
      if (!state_.queue_getter(place)) continue;
      if (sleep_until_told(place)) {
        if (Place* next = protocol_.passes_on ? state_.getter_gives_up(place) : nullptr; next != nullptr)
          tell(*next, kWoken);
        return 0;
      }
      if (!protocol_.looks_again) {
        check(state_.size() != 0, "one that was woken finds an item");
      }
      begin_again(place);
    }
  }
  // What it got is put again, so that another one has it.
  void get_and_give_back(Place& place) {
    const int number = get(place);
    got_ -= number;
    if (number != 0) put(place, number);
  }
  void works(Place& place) {
    get(place);
    Line<Place> woken;
    check(state_.task_done(1, woken), "what was got can be done");
    while (Place* next = woken.pop_front()) tell(*next, kWoken);
  }
  void join(Place& place) {
    if (state_.unfinished() == 0 || !state_.queue_joiner(place)) return;
    sleep_until_told(place);
    state_.joiner_gives_up(place);
  }
  void shut_down(bool drop) {
    Line<Place> woken;
    state_.shut_down(drop, woken);
    while (Place* next = woken.pop_front()) tell(*next, kWoken);
  }
  void cancel_getter(Place& place) { cancel_place(state_.cancel_getter(place), place); }
  void cancel_putter(Place& place) { cancel_place(state_.cancel_putter(place), place); }

  // `sum` of what was to be put; some of it is left when somebody is cancelled.
  void check_end(int sum, bool dropped = false) {
    int left = 0;
    for (Place* woken = nullptr;
         state_.get([&left](Number&& item) { left += item.value.get(); }, woken) <= Turnout::done_and_seen;) {
    }
    check(dropped || got_ + refused_ + left == sum, "no item is lost or doubled");
    check(state_.getters() + state_.putters() == 0, "nobody is left waiting");
  }

 private:
  void refused(Turnout turnout, int number) {
    if (turnout == Turnout::shut_down || turnout == Turnout::blocked) refused_ += number;
  }
  void begin_again(Place& place) { place.told.fetch_and(~kWoken, Order::relaxed); }

  const Protocol protocol_;
  QueueState<Items, Place, Line<Place>, Atomics> state_;
  // Sums of who runs alone at that step; a model thread is not preempted inside.
  int got_ = 0;
  int refused_ = 0;
};

Body passing(Protocol protocol) {
  return [=](Execution& e) {
    Users users(1, protocol);
    std::array<Place, 2> places;
    e.thread("putter", [&] {
      users.put(places[0], 1);
      users.put(places[0], 2);
    });
    e.thread("getter", [&] {
      users.get(places[1]);
      users.get(places[1]);
    });
    e.finally([&] { users.check_end(3); });
  };
}
// Whoever waits longest is woken; the other one may be faster.
Body two_getters(Protocol protocol, bool cancels) {
  return [=](Execution& e) {
    Users users(2, protocol);
    std::array<Place, 3> places;
    for (std::size_t i = 0; i < 2; ++i) e.thread("getter", [&, i] { users.get(places[i]); });
    e.thread("putter", [&] {
      users.put(places[2], 1);
      users.put(places[2], 2);
    });
    if (cancels) e.thread("canceller", [&] { users.cancel_getter(places[0]); });
    e.finally([&] { users.check_end(3); });
  };
}
// Both have the only item, one after the other, but for the one that is cancelled.
Body one_of_two_getters(Protocol protocol) {
  return [=](Execution& e) {
    Users users(2, protocol);
    std::array<Place, 3> places;
    e.thread("getter", [&] { users.get_and_give_back(places[0]); });
    e.thread("another", [&] { users.get_and_give_back(places[1]); });
    e.thread("putter", [&] { users.put(places[2], 1); });
    e.thread("canceller", [&] { users.cancel_getter(places[0]); });
    e.finally([&] { users.check_end(1); });
  };
}
Body two_putters(Protocol protocol, bool cancels) {
  return [=](Execution& e) {
    Users users(1, protocol);
    std::array<Place, 3> places;
    users.put(places[2], 1);
    e.thread("first", [&] { users.put(places[0], 2); });
    e.thread("second", [&] { users.put(places[1], 4); });
    e.thread("getter", [&] {
      users.get(places[2]);
      users.get(places[2]);
    });
    if (cancels) e.thread("canceller", [&] { users.cancel_putter(places[0]); });
    e.finally([&] { users.check_end(7); });
  };
}
Body shutting_down(Protocol protocol, bool drop) {
  return [=](Execution& e) {
    Users users(1, protocol);
    std::array<Place, 2> places;
    e.thread("putter", [&] {
      users.put(places[0], 1);
      users.put(places[0], 2);
    });
    e.thread("getter", [&] { users.get(places[1]); });
    e.thread("owner", [&] { users.shut_down(drop); });
    e.finally([&] { users.check_end(3, drop); });
  };
}
Body joining(Protocol protocol, std::size_t joiners) {
  return [=](Execution& e) {
    Users users(2, protocol);
    std::array<Place, 3> places;
    users.put(places[0], 1);
    e.thread("worker", [&] { users.works(places[0]); });
    for (std::size_t i = 1; i <= joiners; ++i) e.thread("joiner", [&, i] { users.join(places[i]); });
    e.finally([&] { users.check_end(1); });
  };
}

std::vector<Scenario> scenarios(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 3, .stale_reads = 0};
  const Options stale{.preemption_bound = 2, .stale_reads = 1};
  return {{"room for one, a putter and a getter", passing(protocol), deep},
          {"two getters and a putter", two_getters(protocol, false), deep},
          {"a worker and a joiner", joining(protocol, 1), deep},
          {"a queue that is shut down", shutting_down(protocol, false), deep},
          {"room for one, a putter and a getter, older values seen", passing(protocol), stale},
          {"a worker and a joiner, older values seen", joining(protocol, 1), stale}};
}
std::vector<Scenario> wide_scenarios(Protocol protocol = {}) {
  const Options wide{.preemption_bound = 2, .stale_reads = 0};
  return {{"two putters and a getter", two_putters(protocol, false), wide},
          {"a worker and two joiners", joining(protocol, 2), wide},
          {"a queue that is shut down immediately", shutting_down(protocol, true), wide},
          {"two getters, a putter and a cancel", two_getters(protocol, true), wide},
          {"an item for one of two getters", one_of_two_getters(protocol), wide}};
}
std::vector<Scenario> widest_scenarios(Protocol protocol = {}) {
  return {
      {"two putters, a getter and a cancel", two_putters(protocol, true), {.preemption_bound = 1, .stale_reads = 0}}};
}

TEST(QueueStateModel, nobody_is_left_waiting_and_nothing_is_lost) {
  explore_all(scenarios());
  explore_all(wide_scenarios());
  explore_all(widest_scenarios());
}

TEST(QueueStateModel, a_step_that_is_left_out_is_noticed) {
  expect_noticed("the word that somebody waits", scenarios({.says_so = false}));
  expect_noticed("the next getter's turn", wide_scenarios({.passes_on = false}));
  expect_noticed("the next putter's turn", widest_scenarios({.passes_on = false}));
  expect_noticed("the second look", scenarios({.looks_again = false}));
}

}  // namespace
}  // namespace weft::model
