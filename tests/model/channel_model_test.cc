// A channel whose halves are used, copied and dropped at once, under every interleaving: its end comes with the last half of a side, nobody is
// left waiting, what was sent is received or destroyed, and what the halves share goes once and after every use.
//
// The halves take the steps of ChannelSender and ChannelReceiver; ChannelSides, QueueState and FifoItems are the ones that ship, in blocks of
// three. Who was woken goes on in its own thread.

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "model/harness.h"
#include "model/line.h"
#include "weft/primitives/channel_sides.h"
#include "weft/primitives/fifo_items.h"
#include "weft/primitives/queue_state.h"

namespace weft::model {
namespace {

// Steps that a test may leave out or turn round, to see that they are needed.
struct Protocol {
  bool ends = true;                 // else: the last half goes without a word
  bool ends_with_last = true;       // else: the first sender that goes closes the channel
  bool drops = true;                // else: the last receiver leaves the items where they are
  bool shuts_first = true;          // else: it destroys what is there, and closes then
  bool tells = true;                // else: the end wakes nobody
  bool looks_when_queueing = true;  // else: who found nothing waits, whatever has come meanwhile
  bool frees_last = true;           // else: the side that goes first takes with it what both share
};

// Counts how many there are. A model thread is not preempted inside.
class Item {
 public:
  explicit Item(int& alive) : alive_(&alive) { ++alive; }
  Item(Item&& other) noexcept : alive_(other.alive_) { ++*alive_; }
  ~Item() { --*alive_; }

 private:
  int* alive_;
};

class Room {
 public:
  explicit Room(Protocol protocol, std::uint64_t capacity) : protocol_(protocol), state_(capacity) { there_.set(1); }

  void add_sender() { sides_.add_sender(); }
  void add_receiver() { sides_.add_receiver(); }
  void drop_sender() {
    use();
    Line<Place> woken;
    Ends ends{*this};
    const bool last = sides_.drop_sender(ends, woken);
    if (!last && !protocol_.ends_with_last) state_.shut_down(false, woken);
    go(last, woken);
  }
  void drop_receiver() {
    use();
    Line<Place> woken;
    Ends ends{*this};
    const bool last = sides_.drop_receiver(ends, woken);
    go(last, woken);
  }

  // True: it was sent. False: nobody will receive it.
  bool send(Place& place) {
    use();
    Item item(alive_);
    for (;;) {
      Place* woken = nullptr;
      const Turnout turnout = state_.put(&item, woken);
      if (woken != nullptr) tell(*woken, kWoken);
      if (turnout != Turnout::blocked) return turnout != Turnout::shut_down;
      if (state_.queue_putter(place)) sleep(place);
    }
  }
  // Until the end: how many there were.
  int receive_all(Place& place) {
    use();
    for (int count = 0;;) {
      const Turnout turnout = receive();
      if (turnout == Turnout::shut_down) return count;
      if (turnout != Turnout::blocked) {
        ++count;
      } else if (state_.queue_getter(place)) {
        sleep(place);
      } else if (!protocol_.looks_when_queueing) {
        // as if what came after the look had come before it, and was not seen
        while (true) Atomics::park(place.told, 0);
      }
    }
  }
  // What is there.
  Turnout receive() {
    Place* woken = nullptr;
    const Turnout turnout = state_.get([](Item&& item) { const Item got(std::move(item)); }, woken);
    if (woken != nullptr) tell(*woken, kWoken);
    return turnout;
  }

  // All halves have gone.
  void check_end() {
    check(frees_ == 1, "what the halves share is freed once");
    check(alive_ == 0, "each item was received or destroyed");
    check(state_.getters() + state_.putters() == 0, "nobody is left waiting");
  }

 private:
  using State = QueueState<FifoItems<Item, Atomics, 4>, Place, Line<Place>, Atomics>;
  // What the last half of a side does to the state.
  struct Ends {
    void shut_down(bool drop, Line<Place>& woken) {
      const Protocol& protocol = room.protocol_;
      if (!protocol.ends) return;
      if (drop && !protocol.shuts_first) {
        for (Turnout found = room.receive(); found != Turnout::blocked && found != Turnout::shut_down;)
          found = room.receive();
      }
      room.state_.shut_down(drop && protocol.drops && protocol.shuts_first, woken);
    }
    Room& room;
  };

  void use() { check(there_.get() == 1, "a half finds what all share"); }
  void go(bool last, Line<Place>& woken) {
    while (Place* place = woken.pop_front()) {
      if (protocol_.tells) tell(*place, kWoken);
    }
    if (!last || (references_.fetch_sub(1, Order::acq_rel) != 1 && protocol_.frees_last)) return;
    there_.set(0);
    ++frees_;
  }
  static void sleep(Place& place) {
    sleep_until_told(place);
    place.told.store(0, Order::relaxed);
  }

  const Protocol protocol_;
  int alive_ = 0;
  int frees_ = 0;
  State state_;
  ChannelSides<Atomics> sides_;
  Atomic<std::uint32_t> references_{2};  // of the sides, as Counted has them
  Plain<int> there_;
};

Body receiver_begins_to_wait(Protocol protocol) {
  return [=](Execution& e) {
    Room room(protocol, 8);
    Place sending, receiving;
    e.thread("sender", [&] {
      room.send(sending);
      room.drop_sender();
    });
    e.thread("receiver", [&] {
      check(room.receive_all(receiving) == 1, "what was sent before the end is received");
      room.drop_receiver();
    });
    e.finally([&] { room.check_end(); });
  };
}
// What was done before a sender goes, though it was not the last one, is seen behind the end.
Body two_senders_go(Protocol protocol) {
  return [=](Execution& e) {
    Room room(protocol, 8);
    room.add_sender();
    std::array<Plain<int>, 2> written;
    Place receiving;
    for (std::size_t i = 0; i < 2; ++i) {
      e.thread("sender", [&, i] {
        written[i].set(1);
        room.drop_sender();
      });
    }
    e.thread("receiver", [&] {
      check(room.receive_all(receiving) == 0, "nothing was sent");
      check(written[0].get() + written[1].get() == 2, "what was done before the end is seen");
      room.drop_receiver();
    });
    e.finally([&] { room.check_end(); });
  };
}
Body one_sends_while_another_goes(Protocol protocol) {
  return [=](Execution& e) {
    Room room(protocol, 8);
    room.add_sender();
    Place sending;
    e.thread("sender", [&] {
      check(room.send(sending), "a channel is open while a sender is there");
      room.drop_sender();
    });
    e.thread("other sender", [&] { room.drop_sender(); });
    e.finally([&] {
      room.drop_receiver();
      room.check_end();
    });
  };
}
Body sender_waits_for_room(Protocol protocol) {
  return [=](Execution& e) {
    Room room(protocol, 1);
    Place sending, first;
    room.send(first);
    e.thread("sender", [&] {
      check(!room.send(sending), "nobody will receive it");
      room.drop_sender();
    });
    e.thread("receiver", [&] { room.drop_receiver(); });
    e.finally([&] { room.check_end(); });
  };
}
Body sent_as_the_receiver_goes(Protocol protocol) {
  return [=](Execution& e) {
    Room room(protocol, 8);
    Place sending;
    e.thread("sender", [&] { room.send(sending); });
    e.thread("receiver", [&] { room.drop_receiver(); });
    e.finally([&] {
      const Turnout left = room.receive();
      check(left == Turnout::shut_down, "nothing is left behind the last receiver");
      room.drop_sender();
      room.check_end();
    });
  };
}
Body both_receivers_go(Protocol protocol) {
  return [=](Execution& e) {
    Room room(protocol, 1);
    room.add_receiver();
    Place sending, first;
    room.send(first);
    e.thread("sender", [&] {
      room.send(sending);
      room.drop_sender();
    });
    e.thread("receiver", [&] {
      room.receive();
      room.drop_receiver();
    });
    e.thread("other receiver", [&] { room.drop_receiver(); });
    e.finally([&] { room.check_end(); });
  };
}

std::vector<Scenario> scenarios(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 3, .stale_reads = 1};
  const Options wide{.preemption_bound = 2, .stale_reads = 1};
  return {{"the sender goes as the receiver begins to wait", receiver_begins_to_wait(protocol), deep},
          {"the receiver goes as a sender waits for room", sender_waits_for_room(protocol), deep},
          {"an item is sent as the receiver goes", sent_as_the_receiver_goes(protocol), deep},
          {"one sends while another sender goes", one_sends_while_another_goes(protocol), deep},
          {"two senders go as the receiver begins to wait", two_senders_go(protocol), deep},
          {"two receivers go as one sends", both_receivers_go(protocol), wide}};
}

TEST(ChannelModel, ends_with_the_last_half_of_a_side_and_leaves_nobody_waiting) { explore_all(scenarios()); }

TEST(ChannelModel, each_step_that_is_left_out_or_turned_round_is_noticed) {
  const std::pair<const char*, bool Protocol::*> steps[] = {
      {"the end", &Protocol::ends},
      {"the others of the side", &Protocol::ends_with_last},
      {"the destruction of what is left", &Protocol::drops},
      {"the end before that", &Protocol::shuts_first},
      {"the wake-up", &Protocol::tells},
      {"the look when queueing", &Protocol::looks_when_queueing},
      {"the other side's reference", &Protocol::frees_last},
  };
  expect_each_noticed(steps, [](Protocol protocol) { return bounded(2, scenarios(protocol)); });
}

TEST(ChannelModel, a_weaker_order_is_noticed) {
  expect_weaker_orders_noticed(survey(bounded(2, scenarios()), "channel_sides.h"));
}

}  // namespace
}  // namespace weft::model
