// A watch that is set, changed, looked at, waited for, closed and cancelled at once, under every interleaving: no change is lost, no last
// value is slept through, and a value is freed once, when nobody looks at it any more.
//
// The tasks take the steps of Watch and WatchReceiver; WatchState, GuardedQueue and WaitQueue are the ones that ship. Who was woken goes
// on in its own thread.

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/counted_item.h"
#include "model/harness.h"
#include "model/line.h"
#include "weft/primitives/watch_state.h"

namespace weft::model {
namespace {

// Steps that a test may leave out or turn round, to see that they are needed.
struct Protocol {
  bool makes_before_publishing = true;  // else: the value is made when everybody may read it
  bool names_what_it_has_seen = true;   // else: who waits asks for what is newer than the newest
  bool changes_the_newest = true;       // else: a change overwrites what was set meanwhile
  bool retains = true;                  // else: who looks at a value has no reference to it
  bool tells = true;                    // else: a new value wakes nobody
};

class Watched {
 public:
  explicit Watched(Protocol protocol) : protocol_(protocol), state_(Ref<CountedItem>::taking(&items_[0])) {
    items_[0].begin(0);
  }

  // `made`: an item that nobody has used yet.
  void set(CountedItem& made, int value) { publish(made, value, State::kAnyVersion); }
  void add(CountedItem& made, int more) {
    while (true) {
      std::uint64_t version = 0;
      const int value = look(version);
      if (publish(made, value + more, protocol_.changes_the_newest ? version : State::kAnyVersion)) return;
    }
  }
  void close() {
    Line<Place> woken;
    state_.close(woken);
    tell_all(woken);
  }
  // Until the value is `last`, or the watch is closed, or the wait was cancelled.
  void follow(Place* places, int last) {
    for (std::uint64_t version = 0;; ++places) {
      const int value = look(version);
      if (value == last) {
        seen_.fetch_add(1, Order::relaxed);
        return;
      }
      if (!protocol_.names_what_it_has_seen) version = state_.version();
      if (!state_.settled(version) && state_.queue(*places, version) && sleep_until_told(*places)) {
        cancelled_.fetch_add(1, Order::relaxed);
        return;
      }
      const bool closed = state_.closed();
      const bool newer = state_.version() != version;
      check(newer || closed, "who was woken finds a newer value, or the end");
      if (!newer) return;
    }
  }
  void cancel(Place& place) { cancel_place(state_, place); }
  int look(std::uint64_t& version) {
    Ref<CountedItem> item = state_.read(version);
    const CountedItem& looked_at = *item;
    if (!protocol_.retains) item = Ref<CountedItem>();
    return looked_at.value();
  }

  // What is done before a set() is seen by whoever sees its version.
  void prepare() { prepared_.set(1); }
  void ask_whether_changed() {
    if (state_.version() != 0) check(prepared_.get() == 1, "who sees the version sees what was done before");
  }

  CountedItem& item(std::size_t index) { return items_[index]; }
  std::uint32_t seen() const { return seen_.load(Order::relaxed); }
  std::uint32_t cancelled() const { return cancelled_.load(Order::relaxed); }
  void check_end(int value) {
    std::uint64_t version = 0;
    check(look(version) == value, "no change is lost");
    check(state_.waiting() == 0, "nobody is left waiting");
    for (const CountedItem& item : items_) check(item.frees() <= 1, "a value is freed once");
    int alive = 0;
    for (const CountedItem& item : items_) alive += item.begun() && item.frees() == 0 ? 1 : 0;
    check(alive == 1, "what was replaced is freed");
  }

 private:
  using State = WatchState<CountedItem, Place, Line<Place>, Atomics>;

  bool publish(CountedItem& made, int value, std::uint64_t from) {
    if (protocol_.makes_before_publishing) made.begin(value);
    Ref<CountedItem> item = Ref<CountedItem>::taking(&made);
    Line<Place> woken;
    const State::Published published = state_.publish(item, woken, from);
    if (!protocol_.makes_before_publishing) made.begin(value);
    tell_all(woken);
    if (published == State::Published::done) return true;
    static_cast<void>(item.release());  // the next attempt uses its memory again
    return false;
  }
  void tell_all(Line<Place>& woken) {
    while (Place* place = woken.pop_front()) {
      if (protocol_.tells) tell(*place, kWoken);
    }
  }

  const Protocol protocol_;
  std::array<CountedItem, 4> items_;
  State state_;
  Plain<int> prepared_;
  Atomic<std::uint32_t> seen_{0}, cancelled_{0};
};

Body sets_and_follows(Protocol protocol) {
  return [=](Execution& e) {
    Watched watch(protocol);
    std::array<Place, 3> places;
    e.thread("setter", [&] {
      watch.set(watch.item(1), 1);
      watch.set(watch.item(2), 2);
    });
    e.thread("receiver", [&] { watch.follow(places.data(), 2); });
    e.finally([&] {
      check(watch.seen() == 1, "the last value is seen");
      watch.check_end(2);
    });
  };
}
Body asks_whether_changed(Protocol protocol) {
  return [=](Execution& e) {
    Watched watch(protocol);
    e.thread("setter", [&] {
      watch.prepare();
      watch.set(watch.item(1), 1);
    });
    e.thread("receiver", [&] { watch.ask_whether_changed(); });
    e.finally([&] { watch.check_end(1); });
  };
}
Body two_follow(Protocol protocol) {
  return [=](Execution& e) {
    Watched watch(protocol);
    std::array<Place, 2> one, two;
    e.thread("setter", [&] { watch.set(watch.item(1), 1); });
    e.thread("receiver", [&] { watch.follow(one.data(), 1); });
    e.thread("other receiver", [&] { watch.follow(two.data(), 1); });
    e.finally([&] {
      check(watch.seen() == 2, "each receiver sees the last value");
      watch.check_end(1);
    });
  };
}
Body two_change(Protocol protocol) {
  return [=](Execution& e) {
    Watched watch(protocol);
    std::array<Place, 3> places;
    e.thread("one", [&] { watch.add(watch.item(1), 1); });
    e.thread("other", [&] { watch.add(watch.item(2), 10); });
    e.thread("receiver", [&] { watch.follow(places.data(), 11); });
    e.finally([&] {
      check(watch.seen() == 1, "the sum is seen");
      watch.check_end(11);
    });
  };
}
Body closes(Protocol protocol) {
  return [=](Execution& e) {
    Watched watch(protocol);
    std::array<Place, 3> places;
    e.thread("setter", [&] {
      watch.set(watch.item(1), 1);
      watch.close();
    });
    e.thread("receiver", [&] { watch.follow(places.data(), 100); });
    e.finally([&] { watch.check_end(1); });
  };
}
Body cancelled(Protocol protocol) {
  return [=](Execution& e) {
    Watched watch(protocol);
    std::array<Place, 2> places, again;
    e.thread("setter", [&] { watch.set(watch.item(1), 1); });
    e.thread("receiver", [&] {
      watch.follow(places.data(), 1);
      if (watch.cancelled() != 0) watch.follow(again.data(), 1);
    });
    e.thread("canceller", [&] { watch.cancel(places[0]); });
    e.finally([&] {
      check(watch.seen() == 1, "a cancelled wait loses no change");
      watch.check_end(1);
    });
  };
}

std::vector<Scenario> scenarios(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 3, .stale_reads = 1};
  const Options deepest{.preemption_bound = 3, .stale_reads = 0};
  const Options wide{.preemption_bound = 2, .stale_reads = 0};
  return {{"one sets and one follows", sets_and_follows(protocol), deep},
          {"one sets and closes", closes(protocol), deep},
          {"one asks whether it has changed", asks_whether_changed(protocol), deep},
          {"two follow", two_follow(protocol), deepest},
          {"a receiver is cancelled", cancelled(protocol), deepest},
          {"two change the value", two_change(protocol), wide}};
}

TEST(WatchModel, no_change_is_lost_and_no_last_value_is_slept_through) { explore_all(scenarios()); }

TEST(WatchModel, each_step_that_is_left_out_or_turned_round_is_noticed) {
  const std::pair<const char*, bool Protocol::*> steps[] = {
      {"the value before it is published", &Protocol::makes_before_publishing},
      {"the version that was seen", &Protocol::names_what_it_has_seen},
      {"the look whether it is still the newest", &Protocol::changes_the_newest},
      {"the reference of who looks", &Protocol::retains},
      {"the wake-up", &Protocol::tells},
  };
  expect_each_noticed(steps, scenarios);
}

TEST(WatchModel, a_weaker_order_is_noticed) {
  std::vector<Scenario> some = scenarios();
  some.resize(3);
  for (Scenario& scenario : some) scenario.options.preemption_bound = 2;
  expect_weaker_orders_noticed(survey(some, "guarded_queue.h"));
}

}  // namespace
}  // namespace weft::model
