// A oneshot whose halves send, receive, close, go and are cancelled at once, under every interleaving: the value ends in one place, who
// gets it sees what was sent, and nobody is left waiting.
//
// The halves take the steps of OneshotSender and OneshotReceiver; OneshotState, GuardedQueue and WaitQueue are the ones that ship. Who was
// woken goes on in its own thread.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "model/harness.h"
#include "model/line.h"
#include "weft/primitives/oneshot_state.h"

namespace weft::model {
namespace {

// Steps that a test may leave out or turn round, to see that they are needed.
struct Protocol {
  bool claims = true;                   // else: who sends makes the value without asking
  bool makes_before_publishing = true;  // else: the value is made when everybody knows of it
  bool tells = true;                    // else: what comes wakes nobody
  bool asks_for_the_value = true;       // else: whoever finds it sent takes it
  bool looks_when_queueing = true;      // else: who found nothing waits, whatever has come meanwhile
  bool gives_back = true;               // else: a value that came too late is left where it is
};

class Channel {
 public:
  explicit Channel(Protocol protocol) : protocol_(protocol) {}

  void send() {
    State::Claimed claimed = State::Claimed::done;
    if (protocol_.claims) claimed = state_.claim();
    if (claimed == State::Claimed::sent_before) return;
    made_.fetch_add(1, Order::relaxed);
    if (claimed == State::Claimed::closed) return come_back();
    if (protocol_.makes_before_publishing) value_.set(7);
    Line<Place> woken;
    const bool sent = state_.publish(woken);
    if (!protocol_.makes_before_publishing) value_.set(7);
    tell_all(woken);
    if (sent || !protocol_.gives_back) return;
    check(value_.get() == 7, "what comes back is what was sent");
    come_back();
  }
  // The value cannot be made.
  void send_fails() {
    if (state_.claim() != State::Claimed::done) return;
    value_.set(1);
    state_.unclaim();
  }
  void drop_sender() {
    Line<Place> woken;
    state_.abandon(woken);
    tell_all(woken);
  }
  void wait_until_closed(Place& place) {
    if (!state_.closed() && state_.queue_for_close(place) && sleep_until_told(place)) {
      cancelled_.fetch_add(1, Order::relaxed);
      return;
    }
    check(state_.closed(), "who waited for the close finds it closed");
  }
  void cancel_wait_until_closed(Place& place) { cancel_place(state_.cancel_for_close(place), place); }

  void receive(Place& place) {
    bool cancelled = false;
    if (!state_.settled() && queue(place)) cancelled = sleep_until_told(place);
    if (cancelled) {
      cancelled_.fetch_add(1, Order::relaxed);
    } else {
      check(state_.settled(), "who was woken finds a reason");
      take();
    }
  }
  void cancel_receive(Place& place) { cancel_place(state_, place); }
  void close() {
    Line<Place> woken;
    state_.close(woken);
    tell_all(woken);
  }
  void drop_receiver() {
    close();
    take();
  }

  void check_end() {
    const std::uint32_t taken = taken_.load(Order::relaxed);
    const std::uint32_t back = back_.load(Order::relaxed);
    const bool kept = state_.sent() && !state_.taken();
    check(taken + back + (kept ? 1 : 0) == made_.load(Order::relaxed), "each value is in one place");
    check(taken <= 1, "a value is received once");
    check(state_.waiting() == 0, "nobody is left waiting");
  }
  std::uint32_t cancelled() const { return cancelled_.load(Order::relaxed); }
  std::uint32_t taken() const { return taken_.load(Order::relaxed); }

 private:
  using State = OneshotState<Place, Line<Place>, Atomics>;

  // Leaving the look out: as if what came after settled() had come before it, and was not seen.
  bool queue(Place& place) {
    if (state_.queue(place)) return true;
    if (protocol_.looks_when_queueing) return false;
    while (true) Atomics::park(place.told, 0);
  }
  void take() {
    if (!protocol_.asks_for_the_value) {
      if (state_.sent()) use();
    } else if (state_.take() == State::Received::value) {
      use();
    }
  }
  void use() {
    check(value_.get() == 7, "who receives the value sees what was sent");
    value_.set(0);
    taken_.fetch_add(1, Order::relaxed);
  }
  void come_back() { back_.fetch_add(1, Order::relaxed); }
  void tell_all(Line<Place>& woken) {
    while (Place* place = woken.pop_front()) {
      if (protocol_.tells) tell(*place, kWoken);
    }
  }

  const Protocol protocol_;
  State state_;
  Plain<int> value_;
  Atomic<std::uint32_t> made_{0}, taken_{0}, back_{0}, cancelled_{0};
};

Body sends_and_receives(Protocol protocol) {
  return [=](Execution& e) {
    Channel channel(protocol);
    Place place;
    e.thread("sender", [&] {
      channel.send();
      channel.drop_sender();
    });
    e.thread("receiver", [&] { channel.receive(place); });
    e.finally([&] {
      channel.check_end();
      check(channel.taken() == 1, "the value was received");
    });
  };
}
Body fails_while_another_sends(Protocol protocol) {
  return [=](Execution& e) {
    Channel channel(protocol);
    e.thread("sender", [&] { channel.send_fails(); });
    e.thread("other sender", [&] { channel.send(); });
    e.finally([&] {
      channel.drop_receiver();
      channel.check_end();
    });
  };
}
Body both_halves_go(Protocol protocol) {
  return [=](Execution& e) {
    Channel channel(protocol);
    Place place;
    e.thread("sender", [&] {
      channel.send();
      channel.wait_until_closed(place);
    });
    e.thread("receiver", [&] { channel.drop_receiver(); });
    e.finally([&] { channel.check_end(); });
  };
}
Body sender_goes(Protocol protocol) {
  return [=](Execution& e) {
    Channel channel(protocol);
    Place place;
    e.thread("sender", [&] { channel.drop_sender(); });
    e.thread("receiver", [&] {
      channel.receive(place);
      channel.drop_receiver();
    });
    e.finally([&] {
      channel.check_end();
      check(channel.taken() == 0, "there was no value");
    });
  };
}
Body cancelled_receive(Protocol protocol) {
  return [=](Execution& e) {
    Channel channel(protocol);
    Place first, second;
    e.thread("sender", [&] { channel.send(); });
    e.thread("receiver", [&] {
      channel.receive(first);
      if (channel.cancelled() != 0) channel.receive(second);
    });
    e.thread("canceller", [&] { channel.cancel_receive(first); });
    e.finally([&] {
      channel.check_end();
      check(channel.taken() == 1, "a cancelled receive loses nothing");
    });
  };
}
Body cancelled_sender(Protocol protocol) {
  return [=](Execution& e) {
    Channel channel(protocol);
    Place place;
    e.thread("sender", [&] { channel.wait_until_closed(place); });
    e.thread("receiver", [&] { channel.close(); });
    e.thread("canceller", [&] { channel.cancel_wait_until_closed(place); });
    e.finally([&] { channel.check_end(); });
  };
}
Body two_of_each(Protocol protocol) {
  return [=](Execution& e) {
    Channel channel(protocol);
    Place one, two;
    e.thread("sender", [&] { channel.send(); });
    e.thread("other sender", [&] { channel.send(); });
    e.thread("receiver", [&] { channel.receive(one); });
    e.thread("other receiver", [&] { channel.receive(two); });
    e.finally([&] { channel.check_end(); });
  };
}
Body closes_while_it_is_waited_for(Protocol protocol) {
  return [=](Execution& e) {
    Channel channel(protocol);
    Place place;
    e.thread("sender", [&] { channel.send(); });
    e.thread("receiver", [&] { channel.receive(place); });
    e.thread("closer", [&] { channel.close(); });
    e.finally([&] { channel.check_end(); });
  };
}

std::vector<Scenario> scenarios(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 3, .stale_reads = 1};
  const Options deepest{.preemption_bound = 3, .stale_reads = 0};
  const Options wide{.preemption_bound = 2, .stale_reads = 0};
  return {{"a value is sent and received", sends_and_receives(protocol), deep},
          {"a value cannot be made while another is sent", fails_while_another_sends(protocol), deep},
          {"both halves go while one sends", both_halves_go(protocol), deep},
          {"the sender goes", sender_goes(protocol), deep},
          {"a receive is cancelled", cancelled_receive(protocol), deepest},
          {"a sender's wait is cancelled", cancelled_sender(protocol), deepest},
          {"the receiver closes while it waits", closes_while_it_is_waited_for(protocol), deepest},
          {"two senders and two receives", two_of_each(protocol), wide}};
}

TEST(OneshotModel, the_value_ends_in_one_place_and_nobody_is_left_waiting) { explore_all(scenarios()); }

TEST(OneshotModel, each_step_that_is_left_out_or_turned_round_is_noticed) {
  const std::pair<const char*, bool Protocol::*> steps[] = {
      {"the claim", &Protocol::claims},
      {"the value before it is published", &Protocol::makes_before_publishing},
      {"the wake-up", &Protocol::tells},
      {"the question whose the value is", &Protocol::asks_for_the_value},
      {"the look when queueing", &Protocol::looks_when_queueing},
      {"the way back", &Protocol::gives_back},
  };
  expect_each_noticed(steps, scenarios);
}

TEST(OneshotModel, a_weaker_order_is_noticed) {
  std::vector<Scenario> some = scenarios();
  some.resize(5);
  for (Scenario& scenario : some) scenario.options.preemption_bound = 2;
  for (const char* file : {"oneshot_state.h", "guarded_queue.h"}) {
    const Survey found = survey(some, file);
    std::printf("%s", found.table().c_str());
    EXPECT_TRUE(found.unchanged_passed());
    EXPECT_THAT(found.survivors(Mutation::Effect::order), testing::IsEmpty());
  }
}

}  // namespace
}  // namespace weft::model
