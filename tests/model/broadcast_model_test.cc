// A broadcast that is sent to, read, closed and cancelled at once, under every interleaving: what a receiver gets and what it is told that
// it missed is all that was sent while it was there, nobody is left waiting, and an item is freed once, when nobody looks at it any more.
//
// The tasks take the steps of Broadcast and BroadcastReceiver; BroadcastState, GuardedQueue and WaitQueue are the ones that ship. Who was
// woken goes on in its own thread.

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/counted_item.h"
#include "model/harness.h"
#include "model/line.h"
#include "weft/primitives/broadcast_state.h"

namespace weft::model {
namespace {

// Steps that a test may leave out or turn round, to see that they are needed.
struct Protocol {
  bool makes_before_sending = true;  // else: the item is made when everybody may read it
  bool looks_when_queueing = true;   // else: who found nothing waits for what comes after that
  bool retains = true;               // else: who copies an item has no reference to it
  bool tells = true;                 // else: an item wakes nobody
  bool takes_when_it_runs = true;    // else: one that is woken and cancelled has taken the item already
};

class Channel {
 public:
  using State = BroadcastState<CountedItem, Place, Line<Place>, Atomics>;
  // A receiver, and what it has got and missed.
  struct Reader {
    State::Cursor cursor;
    int next = 0;  // the item that must come next
    int got = 0;
    bool cancelled = false;
  };

  Channel(Protocol protocol, std::size_t capacity) : protocol_(protocol), state_(capacity) {}

  void subscribe(Reader& reader) { state_.subscribe(reader.cursor); }
  void unsubscribe() { state_.unsubscribe(); }
  // Items are numbered from 0, in the order in which they are sent.
  void send(int number) {
    CountedItem& made = items_[static_cast<std::size_t>(number)];
    if (protocol_.makes_before_sending) made.begin(number);
    Line<Place> woken;
    {
      Ref<CountedItem> item = Ref<CountedItem>::taking(&made);
      static_cast<void>(state_.send(item, woken));
      if (!protocol_.makes_before_sending) made.begin(number);
    }
    tell_all(woken);
  }
  void close() {
    Line<Place> woken;
    state_.close(woken);
    tell_all(woken);
  }
  // Until so many were got or missed, or it is closed, or a wait is cancelled.
  void read(Reader& reader, Place* places, int until) {
    for (; reader.next < until; ++places) {
      State::Taken taken = state_.take(reader.cursor);
      if (taken.found == State::Found::nothing) {
        taken = queue(reader, *places);
        if (taken.found == State::Found::nothing) {
          const bool cancelled = sleep_until_told(*places);
          if (!cancelled || !protocol_.takes_when_it_runs) taken = state_.take(reader.cursor);
          reader.cancelled = cancelled;
          if (cancelled) return;
          check(taken.found != State::Found::nothing, "who was woken finds an item, or the end");
        }
      }
      if (taken.found == State::Found::closed) return;
      use(reader, taken);
    }
  }
  void cancel(Place& place) { cancel_place(state_, place); }

  void check_end(std::size_t kept) {
    check(state_.waiting() == 0, "nobody is left waiting");
    std::size_t alive = 0;
    for (const CountedItem& item : items_) {
      check(item.frees() <= 1, "an item is freed once");
      alive += item.begun() && item.frees() == 0 ? 1 : 0;
    }
    check(alive == kept, "the ring keeps the last items, and no others");
  }
  std::uint64_t size(Reader& reader) { return state_.size(reader.cursor); }

 private:
  // Leaving the look out: as if what came after the first look had come before it, and was not seen.
  State::Taken queue(Reader& reader, Place& place) {
    State::Taken taken = state_.take_or_queue(reader.cursor, place);
    if (protocol_.looks_when_queueing || taken.found == State::Found::nothing) return taken;
    while (true) Atomics::park(place.told, 0);
  }
  void use(Reader& reader, State::Taken& taken) {
    if (taken.found == State::Found::lagged) {
      check(taken.missed != 0, "who lagged has missed something");
      reader.next += static_cast<int>(taken.missed);
      return;
    }
    const CountedItem& item = *taken.item;
    if (!protocol_.retains) taken.item = Ref<CountedItem>();
    check(item.value() == reader.next, "no item is left out, none comes twice, and all is seen of it");
    ++reader.next;
    ++reader.got;
  }
  void tell_all(Line<Place>& woken) {
    while (Place* place = woken.pop_front()) {
      if (protocol_.tells) tell(*place, kWoken);
    }
  }

  const Protocol protocol_;
  std::array<CountedItem, 3> items_;
  State state_;
};

using Reader = Channel::Reader;

Body one_reads(std::size_t capacity, int items, Protocol protocol) {
  return [=](Execution& e) {
    Channel channel(protocol, capacity);
    Reader reader;
    channel.subscribe(reader);
    std::array<Place, 6> places;
    e.thread("sender", [&] {
      for (int i = 0; i < items; ++i) channel.send(i);
    });
    e.thread("receiver", [&] { channel.read(reader, places.data(), items); });
    e.finally([&] {
      check(reader.next == items, "every item was got or missed");
      check(reader.got >= 1, "the last item is got");
      channel.check_end(capacity);
    });
  };
}
Body reads_to_the_end(Protocol protocol) {
  return [=](Execution& e) {
    Channel channel(protocol, 1);
    Reader reader;
    channel.subscribe(reader);
    std::array<Place, 6> places;
    e.thread("sender", [&] {
      for (int i = 0; i < 2; ++i) channel.send(i);
      channel.close();
    });
    e.thread("receiver", [&] { channel.read(reader, places.data(), 100); });
    e.finally([&] {
      check(reader.next == 2, "every item was got or missed before the end");
      channel.check_end(1);
    });
  };
}
Body two_read(Protocol protocol) {
  return [=](Execution& e) {
    Channel channel(protocol, 1);
    Reader one, two;
    channel.subscribe(one);
    channel.subscribe(two);
    std::array<Place, 3> places, others;
    e.thread("sender", [&] { channel.send(0); });
    e.thread("receiver", [&] { channel.read(one, places.data(), 1); });
    e.thread("other receiver", [&] { channel.read(two, others.data(), 1); });
    e.finally([&] {
      check(one.got == 1 && two.got == 1, "each receiver gets the item");
      channel.check_end(1);
    });
  };
}
Body cancelled(Protocol protocol) {
  return [=](Execution& e) {
    Channel channel(protocol, 1);
    Reader reader;
    channel.subscribe(reader);
    std::array<Place, 2> places, again;
    e.thread("sender", [&] { channel.send(0); });
    e.thread("receiver", [&] {
      channel.read(reader, places.data(), 1);
      if (reader.cancelled) channel.read(reader, again.data(), 1);
    });
    e.thread("canceller", [&] { channel.cancel(places[0]); });
    e.finally([&] {
      check(reader.got == 1, "a cancelled get takes nothing");
      channel.check_end(1);
    });
  };
}
Body comes_and_goes(Protocol protocol) {
  return [=](Execution& e) {
    Channel channel(protocol, 1);
    Reader reader, late;
    channel.subscribe(reader);
    std::array<Place, 6> places;
    e.thread("sender", [&] {
      for (int i = 0; i < 2; ++i) channel.send(i);
    });
    e.thread("receiver", [&] { channel.read(reader, places.data(), 2); });
    e.thread("late receiver", [&] {
      channel.subscribe(late);
      channel.unsubscribe();
    });
    e.finally([&] {
      check(reader.next == 2, "every item was got or missed");
      check(channel.size(late) <= 2, "who comes late has missed nothing");
      channel.check_end(1);
    });
  };
}

std::vector<Scenario> scenarios(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 3, .stale_reads = 1};
  const Options deepest{.preemption_bound = 3, .stale_reads = 0};
  const Options wide{.preemption_bound = 2, .stale_reads = 0};
  return {{"a ring of one, two items", one_reads(1, 2, protocol), deep},
          {"a ring of two, three items", one_reads(2, 3, protocol), deepest},
          {"one reads to the end", reads_to_the_end(protocol), deepest},
          {"two read", two_read(protocol), deepest},
          {"a receiver is cancelled", cancelled(protocol), deepest},
          {"a receiver comes and goes", comes_and_goes(protocol), wide}};
}

TEST(BroadcastModel, every_item_is_got_or_missed_and_nobody_is_left_waiting) { explore_all(scenarios()); }

TEST(BroadcastModel, each_step_that_is_left_out_or_turned_round_is_noticed) {
  const std::pair<const char*, bool Protocol::*> steps[] = {
      {"the item before it is sent", &Protocol::makes_before_sending},
      {"the look when queueing", &Protocol::looks_when_queueing},
      {"the reference of who copies", &Protocol::retains},
      {"the wake-up", &Protocol::tells},
      {"the wait for the step that takes", &Protocol::takes_when_it_runs},
  };
  expect_each_noticed(steps, scenarios);
}

TEST(BroadcastModel, a_weaker_order_is_noticed) {
  std::vector<Scenario> some = scenarios();
  some.resize(3);
  for (Scenario& scenario : some) scenario.options.preemption_bound = 2;
  expect_weaker_orders_noticed(survey(some, "guarded_queue.h"));
}

}  // namespace
}  // namespace weft::model
