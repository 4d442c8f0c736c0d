// Notifications under every interleaving: none is missed, none is lost to a cancel, and what was written before one is seen behind it.
//
// A task takes the steps of Notify::Notified; NotifyState and WaitQueue are the ones that ship. Who was woken goes on in its own thread.

#include <gtest/gtest.h>

#include <array>
#include <utility>
#include <vector>

#include "model/harness.h"
#include "model/waiting.h"
#include "weft/primitives/notify_state.h"

namespace weft::model {
namespace {

// Steps that a test may leave out, to see that they are needed.
struct Protocol {
  bool looks_again = true;  // else: one that finds a notification on its way into the line sleeps all the same
  bool passes_on = true;    // else: one that was notified and is cancelled keeps it
  bool tells = true;        // else: one that was taken out of the line is not woken
};

using State = NotifyState<Waiting, WaitingLine<Waiting>, Atomics>;
enum class Ended { by_one, by_all, thrown };

class Notified {
 public:
  explicit Notified(Protocol protocol) : protocol_(protocol) {}

  State& state() { return state_; }
  void notify_one() {
    Waiting* woken = state_.notify_one();
    if (protocol_.tells) wake(woken);
  }
  void notify_all() {
    WaitingLine<Waiting> woken;
    state_.notify_all(woken);
    wake_all(woken);
  }
  Ended wait(Waiting& place) {
    if (state_.try_take()) return Ended::by_one;
    if (state_.take_or_queue(place) && protocol_.looks_again) return Ended::by_one;
    const bool thrown = sleep_in(state_, place);
    const bool alone = State::was_notified_alone(place);
    if (thrown && alone && protocol_.passes_on) notify_one();
    if (thrown) return Ended::thrown;
    return alone ? Ended::by_one : Ended::by_all;
  }
  void check_end(bool kept) {
    check(state_.is_stored() == kept, kept ? "it is kept in the end" : "nothing is kept in the end");
    check(state_.waiting() == 0, "nobody is left waiting");
  }

 private:
  const Protocol protocol_;
  State state_;
};

// What is written before a notification.
Body one_for_one(Protocol protocol) {
  return [=](Execution& e) {
    Notified notified(protocol);
    Plain<int> written;
    Waiting place;
    e.thread("waiter", [&] {
      notified.wait(place);
      check(written.get() == 1, "what was written before is seen");
    });
    e.thread("notifier", [&] {
      written.set(1);
      notified.notify_one();
    });
    e.finally([&] { notified.check_end(false); });
  };
}
// One notification goes round: each one that gets it gives it to the next one.
void takes_and_gives(Notified& notified, Waiting& place, Plain<int>& written) {
  if (notified.wait(place) == Ended::thrown) return;
  written.set(written.get() + 1);
  notified.notify_one();
}
Body handed_round(Protocol protocol, bool cancelled) {
  return [=](Execution& e) {
    Notified notified(protocol);
    Plain<int> written;
    std::array<Waiting, 2> places;
    for (Waiting& place : places) e.thread("waiter", [&] { takes_and_gives(notified, place, written); });
    e.thread("third", [&] {
      notified.notify_one();
      if (cancelled) cancel(notified.state(), places[0]);
    });
    e.finally([&] { notified.check_end(true); });
  };
}
Body cancelled_from_elsewhere(Protocol protocol) {
  return [=](Execution& e) {
    Notified notified(protocol);
    Waiting place;
    Ended ended = Ended::thrown;
    e.thread("waiter", [&] { ended = notified.wait(place); });
    e.thread("notifier", [&] { notified.notify_one(); });
    e.thread("canceller", [&] { cancel(notified.state(), place); });
    e.finally([&] { notified.check_end(ended == Ended::thrown); });
  };
}
// Who waits when all are notified takes nothing of what comes then.
Body for_all_and_for_one(Protocol protocol) {
  return [=](Execution& e) {
    Notified notified(protocol);
    Waiting place;
    Ended ended = Ended::thrown;
    e.thread("waiter", [&] { ended = notified.wait(place); });
    e.thread("notifier", [&] {
      notified.notify_all();
      notified.notify_one();
    });
    e.thread("canceller", [&] { cancel(notified.state(), place); });
    e.finally([&] { notified.check_end(ended != Ended::by_one); });
  };
}
// Two that are kept as one.
Body kept_as_one(Protocol protocol) {
  return [=](Execution& e) {
    Notified notified(protocol);
    std::array<Plain<int>, 2> written;
    std::array<Atomic<std::uint32_t>, 2> sent;
    Waiting place;
    for (std::size_t i = 0; i < 2; ++i) {
      e.thread("notifier", [&, i] {
        written[i].set(1);
        notified.notify_one();
        sent[i].store(1, Order::relaxed);
      });
    }
    e.thread("waiter", [&] {
      const bool both = sent[0].load(Order::relaxed) + sent[1].load(Order::relaxed) == 2;
      notified.wait(place);
      if (both) check(written[0].get() + written[1].get() == 2, "what was written before both is seen");
    });
    e.finally([&] { check(notified.state().waiting() == 0, "nobody is left waiting"); });
  };
}

std::vector<Scenario> scenarios(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 3, .stale_reads = 1};
  const Options wide{.preemption_bound = 2, .stale_reads = 1};
  const Options widest{.preemption_bound = 1, .stale_reads = 1};
  return {{"one for one", one_for_one(protocol), deep},
          {"two that are kept as one", kept_as_one(protocol), deep},
          {"one that is cancelled", cancelled_from_elsewhere(protocol), deep},
          {"for all and for one", for_all_and_for_one(protocol), {.preemption_bound = 3, .stale_reads = 0}},
          {"one that goes round", handed_round(protocol, false), wide},
          {"one that goes round and a cancel", handed_round(protocol, true), widest}};
}

TEST(NotifyModel, none_is_missed_and_none_is_lost_to_a_cancel) { explore_all(scenarios()); }

TEST(NotifyModel, each_step_that_is_left_out_is_noticed) {
  const std::pair<const char*, bool Protocol::*> steps[] = {
      {"the second look", &Protocol::looks_again},
      {"the passing on", &Protocol::passes_on},
      {"the waking", &Protocol::tells},
  };
  expect_each_noticed(steps, scenarios);
}

TEST(NotifyModel, a_weaker_order_is_noticed) {
  expect_weaker_orders_noticed(survey(bounded(2, scenarios()), "guarded_queue.h"));
}

}  // namespace
}  // namespace weft::model
