// Readers-writer locks under every interleaving: never a writer beside others, nobody is left waiting, and nothing is lost to a cancel.
//
// A task takes the steps of RwSide::Acquire; RwLockState and WaitQueue are the ones that ship. Who was woken goes on in its own thread.

#include <gtest/gtest.h>

#include <array>
#include <utility>
#include <vector>

#include "model/harness.h"
#include "model/waiting.h"
#include "weft/primitives/rw_lock_state.h"

namespace weft::model {
namespace {

// Steps that a test may leave out, to see that they are needed.
struct Protocol {
  bool looks_again = true;  // else: one that is let in on its way into the line sleeps all the same
  bool withdraws = true;    // else: one that is cancelled neither gives the lock on nor lets those behind it in
  bool tells = true;        // else: those that were given the lock by a release are not woken
  bool tells_more = true;   // else: those that were given it by a downgrade
};

struct RwWaiting : Waiting {
  explicit RwWaiting(RwAccess wanted) : access_(wanted) {}
  RwAccess access() const { return access_; }

 private:
  const RwAccess access_;
};
constexpr RwAccess kRead = RwAccess::read;
constexpr RwAccess kWrite = RwAccess::write;

// The reads and writes of `data_` are reported when nothing orders them.
class Users {
 public:
  explicit Users(Protocol protocol) : protocol_(protocol) {}

  void use(RwWaiting& place) {
    if (!acquire(place)) return;
    touch(place.access());
    release(place.access());
  }
  void write_and_read(RwWaiting& place) {
    if (!acquire(place)) return;
    touch(kWrite);
    WaitingLine<RwWaiting> woken;
    check(state_.downgrade(woken) == State::Released::done, "who writes can go on as a reader");
    if (protocol_.tells_more) wake_all(woken);
    touch(kRead);
    release(kRead);
  }
  void mistake() {
    WaitingLine<RwWaiting> woken;
    check(state_.release(kWrite, woken) == State::Released::was_not_held, "nobody writes");
  }
  void cancel(RwWaiting& place) { model::cancel(state_, place); }
  void check_end() {
    check(!state_.write_locked() && state_.readers() == 0, "the lock is free in the end");
    check(state_.waiting() == 0, "nobody is left waiting");
  }

 private:
  using State = RwLockState<RwWaiting, WaitingLine<RwWaiting>, Atomics>;

  bool acquire(RwWaiting& place) {
    if (state_.try_acquire(place.access())) return true;
    if (state_.acquire_or_queue(place) && protocol_.looks_again) return true;
    const bool thrown = sleep_in(state_, place);
    if (thrown && protocol_.withdraws) {
      WaitingLine<RwWaiting> woken;
      state_.withdraw(place, woken);
      wake_all(woken);
    }
    return !thrown;
  }
  void touch(RwAccess access) {
    if (access == kWrite) {
      data_.set(1);
    } else {
      static_cast<void>(data_.get());
    }
  }
  void release(RwAccess access) {
    WaitingLine<RwWaiting> woken;
    check(state_.release(access, woken) == State::Released::done, "who holds a lock can release it");
    if (protocol_.tells) wake_all(woken);
  }

  const Protocol protocol_;
  State state_;
  Plain<int> data_;
};

Body two_users(Protocol protocol, RwAccess other) {
  return [=](Execution& e) {
    Users users(protocol);
    RwWaiting first(kWrite);
    RwWaiting second(other);
    e.thread("first", [&] { users.use(first); });
    e.thread("second", [&] { users.use(second); });
    e.finally([&] { users.check_end(); });
  };
}
Body two_readers_and_a_mistake(Protocol protocol) {
  return [=](Execution& e) {
    Users users(protocol);
    std::array<RwWaiting, 2> places{RwWaiting(kRead), RwWaiting(kRead)};
    for (RwWaiting& place : places) e.thread("reader", [&] { users.use(place); });
    e.thread("third", [&] { users.mistake(); });
    e.finally([&] { users.check_end(); });
  };
}
Body two_users_and_a_cancel(Protocol protocol, RwAccess other) {
  return [=](Execution& e) {
    Users users(protocol);
    RwWaiting first(kWrite);
    RwWaiting second(other);
    e.thread("first", [&] { users.use(first); });
    e.thread("second", [&] { users.use(second); });
    e.thread("canceller", [&] { users.cancel(first); });
    e.finally([&] { users.check_end(); });
  };
}
Body three_users(Protocol protocol, RwAccess third, bool cancelled) {
  return [=](Execution& e) {
    Users users(protocol);
    RwWaiting reader(kRead);
    RwWaiting writer(kWrite);
    RwWaiting other(third);
    e.thread("reader", [&] { users.use(reader); });
    e.thread("writer", [&] { users.use(writer); });
    e.thread("third", [&] { users.use(other); });
    if (cancelled) e.thread("canceller", [&] { users.cancel(writer); });
    e.finally([&] { users.check_end(); });
  };
}
Body downgraded(Protocol protocol, bool and_a_writer) {
  return [=](Execution& e) {
    Users users(protocol);
    RwWaiting first(kWrite);
    RwWaiting reader(kRead);
    RwWaiting writer(kWrite);
    e.thread("writer that reads on", [&] { users.write_and_read(first); });
    e.thread("reader", [&] { users.use(reader); });
    if (and_a_writer) e.thread("writer", [&] { users.use(writer); });
    e.finally([&] { users.check_end(); });
  };
}

std::vector<Scenario> scenarios(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 3, .stale_reads = 1};
  const Options wide{.preemption_bound = 3, .stale_reads = 0};
  const Options widest{.preemption_bound = 2, .stale_reads = 0};
  return {{"a writer and a reader", two_users(protocol, kRead), deep},
          {"two writers", two_users(protocol, kWrite), deep},
          {"a writer that goes on as a reader, and a reader", downgraded(protocol, false), deep},
          {"two readers and a mistake", two_readers_and_a_mistake(protocol), deep},
          {"a reader, and a writer that is cancelled", two_users_and_a_cancel(protocol, kRead), wide},
          {"two writers and a cancel", two_users_and_a_cancel(protocol, kWrite), wide},
          {"two readers and a writer", three_users(protocol, kRead, false), wide},
          {"two writers and a reader", three_users(protocol, kWrite, false), wide},
          {"a writer that goes on as a reader, and both", downgraded(protocol, true), wide},
          {"two readers and a writer that is cancelled", three_users(protocol, kRead, true), widest},
          {"two writers, one that is cancelled, and a reader", three_users(protocol, kWrite, true), widest}};
}

TEST(RwLockModel, nobody_is_left_waiting_and_nothing_is_lost) { explore_all(scenarios()); }

TEST(RwLockModel, each_step_that_is_left_out_is_noticed) {
  const std::pair<const char*, bool Protocol::*> steps[] = {
      {"the second look", &Protocol::looks_again},
      {"the withdrawal", &Protocol::withdraws},
      {"the waking after a release", &Protocol::tells},
      {"the waking after a downgrade", &Protocol::tells_more},
  };
  expect_each_noticed(steps, scenarios);
}

TEST(RwLockModel, a_weaker_order_is_noticed) {
  expect_weaker_orders_noticed(survey(bounded(2, scenarios()), "guarded_queue.h"));
}

}  // namespace
}  // namespace weft::model
