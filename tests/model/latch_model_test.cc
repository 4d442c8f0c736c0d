// Latches under every interleaving: all that wait go on, behind all that was counted, and nothing touches a latch that may be gone.
//
// A task takes the steps of Latch::Wait; LatchState and WaitQueue are the ones that ship. Who was woken goes on in its own thread.

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/harness.h"
#include "model/waiting.h"
#include "weft/primitives/latch_state.h"

namespace weft::model {
namespace {

// Steps that a test may leave out, to see that they are needed.
struct Protocol {
  bool looks_again = true;  // else: one that finds the latch open on its way into the line sleeps all the same
  bool tells = true;        // else: those that were taken out of the line are not woken
};

class Counted {
 public:
  using State = LatchState<Waiting, WaitingLine<Waiting>, Atomics>;

  Counted(std::uint64_t count, Protocol protocol) : protocol_(protocol), state_(count) {}

  State& state() { return state_; }
  bool count_down(std::uint64_t n = 1) {
    WaitingLine<Waiting> woken;
    if (state_.count_down(n, woken) == State::Counted::too_many) return false;
    if (protocol_.tells) wake_all(woken);
    return true;
  }
  // True: it throws.
  bool wait(Waiting& place) {
    if (state_.is_open()) return false;
    if (!state_.queue(place) && protocol_.looks_again) return false;
    return sleep_in(state_, place);
  }
  void check_end(std::uint64_t pending) {
    check(state_.pending() == pending, "what was counted is counted");
    check(state_.waiting() == 0, "nobody is left waiting");
  }

 private:
  const Protocol protocol_;
  State state_;
};

// The one that waits destroys the latch.
Body counted_by_two(Protocol protocol) {
  return [=](Execution& e) {
    std::optional<Counted> latch(std::in_place, 2, protocol);
    std::array<Plain<int>, 2> written;
    Waiting place;
    for (Plain<int>& each : written) {
      e.thread("counter", [&] {
        each.set(1);
        check(latch->count_down(), "it was pending");
      });
    }
    e.thread("waiter", [&] {
      latch->wait(place);
      check(written[0].get() + written[1].get() == 2, "what was written before each count is seen");
      latch.reset();
    });
    e.finally([] {});
  };
}
Body two_that_wait(Protocol protocol) {
  return [=](Execution& e) {
    Counted latch(1, protocol);
    Plain<int> written;
    std::array<Waiting, 2> places;
    for (Waiting& place : places) {
      e.thread("waiter", [&] {
        latch.wait(place);
        check(written.get() == 1, "what was written before the count is seen");
      });
    }
    e.thread("counter", [&] {
      written.set(1);
      check(latch.count_down(), "it was pending");
    });
    e.finally([&] { latch.check_end(0); });
  };
}
Body a_cancel(Protocol protocol) {
  return [=](Execution& e) {
    Counted latch(1, protocol);
    Waiting place;
    e.thread("waiter", [&] { latch.wait(place); });
    e.thread("counter", [&] { check(latch.count_down(), "it was pending"); });
    e.thread("canceller", [&] { cancel(latch.state(), place); });
    e.finally([&] { latch.check_end(0); });
  };
}
Body a_meeting(Protocol protocol) {
  return [=](Execution& e) {
    Counted latch(2, protocol);
    std::array<Plain<int>, 2> written;
    std::array<Waiting, 2> places;
    for (std::size_t i = 0; i < 2; ++i) {
      e.thread("party", [&, i] {
        written[i].set(1);
        check(latch.count_down(), "it was pending");
        latch.wait(places[i]);
        check(written[0].get() + written[1].get() == 2, "what all wrote before they came is seen");
      });
    }
    e.finally([&] { latch.check_end(0); });
  };
}
Body more_than_is_pending(Protocol protocol) {
  return [=](Execution& e) {
    Counted latch(3, protocol);
    Waiting place;
    std::array<bool, 2> done{};
    for (bool& each : done) e.thread("counter", [&] { each = latch.count_down(2); });
    e.thread("waiter", [&] {
      latch.count_down(0);
      latch.wait(place);
    });
    e.thread("canceller", [&] { cancel(latch.state(), place); });
    e.finally([&] {
      check(done[0] != done[1], "one of the two was more than was pending");
      latch.check_end(1);
    });
  };
}

std::vector<Scenario> scenarios(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 3, .stale_reads = 1};
  const Options widest{.preemption_bound = 1, .stale_reads = 0};
  return {{"two that meet", a_meeting(protocol), deep},
          {"a latch that goes behind two counts", counted_by_two(protocol), deep},
          {"two that wait", two_that_wait(protocol), deep},
          {"one that is cancelled", a_cancel(protocol), deep},
          {"more than is pending", more_than_is_pending(protocol), widest}};
}

TEST(LatchModel, all_go_on_behind_all_that_was_counted) { explore_all(scenarios()); }

TEST(LatchModel, each_step_that_is_left_out_is_noticed) {
  const std::pair<const char*, bool Protocol::*> steps[] = {
      {"the second look", &Protocol::looks_again},
      {"the waking", &Protocol::tells},
  };
  expect_each_noticed(steps, scenarios);
}

TEST(LatchModel, a_weaker_order_is_noticed) {
  expect_weaker_orders_noticed(survey(bounded(2, scenarios()), "guarded_queue.h"));
}

// The survey takes a site by the first order that it has seen there, and this load has two.
TEST(LatchModel, a_weaker_order_of_the_look_whether_it_is_open_is_noticed) {
  const Scenario meeting = scenarios().front();
  Options options = meeting.options;
  options.collect_sites = true;
  const Result result = explore(options, meeting.body);
  options.collect_sites = false;
  bool noticed = false;
  for (const Site& site : result.sites) {
    if (site.kind != Kind::load || to_string(site).find("guarded_queue.h") == std::string::npos) continue;
    options.mutation = Mutation{.site = site, .order = Order::relaxed, .failure_order = Order::relaxed};
    if (explore(options, meeting.body).failure) noticed = true;
  }
  EXPECT_TRUE(noticed);
}

}  // namespace
}  // namespace weft::model
