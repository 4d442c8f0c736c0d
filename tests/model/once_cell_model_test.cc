// Cells under every interleaving: the value is made once, one at a time, whoever gets it sees it, and no turn is lost.
//
// A task takes the steps of OnceCell::get_or_init; OnceCellState and WaitQueue are the ones that ship. Who was woken goes on in its own thread.

#include <gtest/gtest.h>

#include <array>
#include <utility>
#include <vector>

#include "model/harness.h"
#include "model/waiting.h"
#include "weft/primitives/once_cell_state.h"

namespace weft::model {
namespace {

// Steps that a test may leave out, to see that they are needed.
struct Protocol {
  bool looks_again = true;  // else: one that finds a value, or its turn, on its way into the line sleeps all the same
  bool passes_on = true;    // else: one that was given the turn and is cancelled keeps it
  bool tells = true;        // else: one that gives up does not wake the next one
};

class Cell {
 public:
  using State = OnceCellState<Waiting, WaitingLine<Waiting>, Atomics>;

  explicit Cell(Protocol protocol) : protocol_(protocol) {}

  State& state() { return state_; }
  void get_or_init(Waiting& place, bool fails = false) {
    if (state_.is_set()) return see();
    if (!state_.try_begin() && !(state_.begin_or_queue(place) && protocol_.looks_again)) {
      if (sleep_in(state_, place)) {
        if (protocol_.passes_on) wake(state_.withdraw(place));
        return;
      }
    }
    if (state_.is_set()) return see();
    make(fails);
  }
  bool try_set() {
    if (!state_.try_begin()) return false;
    make(false);
    return true;
  }
  // Whoever looks from outside.
  void look() {
    if (state_.is_set()) see();
  }
  void check_end(bool set) {
    check(state_.is_set() == set && !state_.is_being_made(), set ? "there is a value in the end" : "there is no value");
    check(state_.waiting() == 0, "nobody is left waiting");
    check(made_ == (set ? 1 : 0), "the value is made once");
  }

 private:
  void make(bool fails) {
    room_.set(1);
    if (fails) {
      Waiting* next = state_.give_up();
      if (protocol_.tells) wake(next);
      return;
    }
    room_.set(2);
    ++made_;
    WaitingLine<Waiting> woken;
    state_.finish(woken);
    wake_all(woken);
  }
  void see() { check(room_.get() == 2, "who finds a value sees it"); }

  const Protocol protocol_;
  State state_;
  Plain<int> room_;
  int made_ = 0;
};

Body two_callers(Protocol protocol) {
  return [=](Execution& e) {
    Cell cell(protocol);
    std::array<Waiting, 2> places;
    for (Waiting& place : places) e.thread("caller", [&] { cell.get_or_init(place); });
    e.finally([&] { cell.check_end(true); });
  };
}
Body one_fails(Protocol protocol) {
  return [=](Execution& e) {
    Cell cell(protocol);
    std::array<Waiting, 2> places;
    e.thread("one that fails", [&] { cell.get_or_init(places[0], true); });
    e.thread("caller", [&] { cell.get_or_init(places[1]); });
    e.thread("reader", [&] { cell.look(); });
    e.finally([&] { cell.check_end(true); });
  };
}
Body all_fail(Protocol protocol) {
  return [=](Execution& e) {
    Cell cell(protocol);
    std::array<Waiting, 2> places;
    for (Waiting& place : places) e.thread("one that fails", [&] { cell.get_or_init(place, true); });
    e.finally([&] { cell.check_end(false); });
  };
}
Body set_by_hand(Protocol protocol) {
  return [=](Execution& e) {
    Cell cell(protocol);
    Waiting place;
    e.thread("caller", [&] { cell.get_or_init(place); });
    e.thread("setter", [&] { cell.try_set(); });
    e.thread("reader", [&] { cell.look(); });
    e.finally([&] { cell.check_end(true); });
  };
}
Body a_cancel(Protocol protocol) {
  return [=](Execution& e) {
    Cell cell(protocol);
    std::array<Waiting, 2> places;
    e.thread("one that fails", [&] { cell.get_or_init(places[0], true); });
    e.thread("caller", [&] { cell.get_or_init(places[1]); });
    e.thread("canceller", [&] { cancel(cell.state(), places[1]); });
    e.finally([&] { cell.check_end(cell.state().is_set()); });
  };
}
Body three_callers_and_a_cancel(Protocol protocol) {
  return [=](Execution& e) {
    Cell cell(protocol);
    std::array<Waiting, 3> places;
    e.thread("one that fails", [&] { cell.get_or_init(places[0], true); });
    e.thread("caller", [&] { cell.get_or_init(places[1]); });
    e.thread("caller", [&] { cell.get_or_init(places[2]); });
    e.thread("canceller", [&] { cancel(cell.state(), places[1]); });
    e.finally([&] { cell.check_end(true); });
  };
}

std::vector<Scenario> scenarios(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 3, .stale_reads = 1};
  const Options widest{.preemption_bound = 1, .stale_reads = 0};
  return {{"two callers", two_callers(protocol), deep},
          {"two that fail", all_fail(protocol), deep},
          {"a value that is set meanwhile", set_by_hand(protocol), deep},
          {"one that fails", one_fails(protocol), deep},
          {"a cancel", a_cancel(protocol), {.preemption_bound = 2, .stale_reads = 1}},
          {"three callers and a cancel", three_callers_and_a_cancel(protocol), widest}};
}

TEST(OnceCellModel, the_value_is_made_once_and_no_turn_is_lost) { explore_all(scenarios()); }

TEST(OnceCellModel, each_step_that_is_left_out_is_noticed) {
  const std::pair<const char*, bool Protocol::*> steps[] = {
      {"the second look", &Protocol::looks_again},
      {"the passing on", &Protocol::passes_on},
      {"the waking", &Protocol::tells},
  };
  expect_each_noticed(steps, scenarios);
}

TEST(OnceCellModel, a_weaker_order_is_noticed) {
  expect_weaker_orders_noticed(survey(bounded(2, scenarios()), "guarded_queue.h"));
}

}  // namespace
}  // namespace weft::model
