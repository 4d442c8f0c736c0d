// A gather, its children and a cancel under every interleaving: the gather ends once, as its policy says; a cancel that was
// accepted ends it cancelled; nobody listens for it when it is over, and it is freed when nobody needs it any more. A select ends when both
// of its children have, and cancels once those that have not.
//
// The gather takes the steps of GatherState; GatherEnds and FutureWord are the ones that ship. Children end as futures do, each
// on a thread of its own, which tells the gather at once.

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "model/futures.h"
#include "model/harness.h"
#include "weft/runtime/flow/gather_ends.h"

namespace weft::model {
namespace {

// Steps that a test may leave out, to see that they are needed.
struct Protocol {
  bool cancel_holds_it_open = true;     // else: a cancel is noted when it has gone round the children
  bool failure_stops_listening = true;  // else: a gather that has failed goes on listening
  bool start_looks_again = true;        // else: who failed while others were not listened to yet is all that counts
  bool listener_keeps_it = true;        // else: only those who wait for it do
  bool first_claims = true;             // else: each child of a select that ends cancels the others
  bool cancel_claims = true;  // else: a child that a cancel has ended cancels the others of a select once more
};

enum class Policy { first_failure, return_exceptions, wait_for_all, first_end };

class Gather;

class Slot : public Listener {
 public:
  void told();
  Gather* gather = nullptr;
  Future<Slot>* child = nullptr;
};

using Core = Future<Slot>;
using Word = Core::Word;
constexpr std::size_t kChildren = 2;

class Gather {
 public:
  // References: of the one that waits, and of as many cancellers.
  Gather(Policy policy, std::uint32_t cancellers, Protocol protocol)
      : policy_(policy), protocol_(protocol), core_(1 + cancellers), one_(1), two_(1) {
    slots_[0].child = &one_;
    slots_[1].child = &two_;
    for (Slot& slot : slots_) slot.gather = this;
  }

  Core& child(std::size_t index) { return *slots_[index].child; }

  void start() {
    ends_.reset(kChildren);
    std::array<Core*, kChildren> early{};
    for (std::size_t i = 0; i < kChildren; ++i) {
      Slot& slot = used(i);
      if (protocol_.listener_keeps_it) core_.word().retain();
      if (slot.child->listen(slot)) continue;
      if (protocol_.listener_keeps_it) core_.release();
      early[i] = slot.child;
    }
    for (Core* child : early)
      if (child != nullptr) child_done(*child);
    if (protocol_.start_looks_again && core_.done()) stop_listening();
  }

  // Who waits for it goes, whether it has ended or not.
  void leave() {
    left_ = true;
    core_.release();
  }

  void cancel() {
    bool reached = false;
    const bool in_time = !core_.done() && (!protocol_.cancel_holds_it_open || ends_.begin_cancel());
    if (in_time) {
      if (policy_ == Policy::first_end && (!protocol_.cancel_claims || ends_.child_failed(core_))) ++rounds_;
      for (std::size_t i = 0; i < kChildren; ++i) reached = used(i).child->set(Word::kCancelled) || reached;
      if (protocol_.cancel_holds_it_open) {
        if (ends_.end_cancel(reached)) all_done();
      } else if (reached) {
        noted_ = true;
      }
    }
    accepted_ = reached;
    core_.release();
  }

  void told(Slot& slot) {
    child_done(*slot.child);
    if (protocol_.listener_keeps_it) core_.release();
  }

  void check_end(bool all_children_end = true) {
    const bool failed = failures() != 0;
    const bool over = all_children_end || (failed && policy_ == Policy::first_failure);
    check(!over || ends_with_ != 0, "it ends");
    if (policy_ == Policy::first_end) {
      check(rounds_ == 1, "the others are cancelled once");
      check(ends_with_ == kResults, "it ends as its children did, whoever cancelled them");
      if (!left_) leave();
      check(core_.frees() == 1, "it is freed when nobody waits for it any more");
      return;
    }
    if (ends_with_ == kCancelled && policy_ == Policy::return_exceptions) {
      check(accepted_, "a cancel that was refused does not end it");
    }
    if (policy_ == Policy::return_exceptions) {
      check(!accepted_ || ends_with_ == kCancelled, "a cancel that was accepted ends it cancelled");
    } else if (ends_with_ != 0) {
      check((ends_with_ == kResults) == !failed, "it gives results when nobody has failed");
    }
    if (!left_) leave();
    check(core_.frees() == 1, "it is freed when nobody waits for it any more");
  }

 private:
  enum : int { kNothing, kResults, kFailure, kCancelled };

  Slot& used(std::size_t index) {
    check(core_.frees() == 0, "nobody looks at a gather that was freed");
    return slots_[index];
  }
  int failures() {
    int count = 0;
    for (const Slot& slot : slots_) count += slot.child->done() && slot.child->outcome() != Word::kResult ? 1 : 0;
    return count;
  }

  void child_done(Core& child) {
    if (policy_ == Policy::first_end) {
      cancel_others();
    } else if (policy_ != Policy::return_exceptions && child.outcome() != Word::kResult) {
      ends_.child_failed(child);
      if (policy_ == Policy::first_failure && core_.begin_set()) {
        end(kFailure, Word::kError);
        if (protocol_.failure_stops_listening) stop_listening();
      }
    }
    if (ends_.child_told()) all_done();
  }

  void cancel_others() {
    if (protocol_.first_claims && ends_.failed() != nullptr) return;
    Core& first = slots_[0].child->done() ? *slots_[0].child : *slots_[1].child;
    check(first.done(), "who is said to be first has ended");
    if (!ends_.child_failed(first) && protocol_.first_claims) return;
    ++rounds_;
    for (const Slot& slot : slots_) {
      if (!slot.child->done()) static_cast<void>(slot.child->set(Word::kCancelled));
    }
  }

  void all_done() {
    if (!core_.begin_set()) return;
    Core* failed = ends_.failed();
    for (const Slot& slot : slots_) static_cast<void>(slot.child->outcome());
    if (policy_ == Policy::first_end) {
      check(failed != nullptr, "a select knows who was first when all have ended");
      end(kResults, Word::kResult);
    } else if (protocol_.cancel_holds_it_open ? ends_.cancelled() : noted_) {
      end(kCancelled, Word::kError);
    } else if (failed != nullptr) {
      check(failed->outcome() != Word::kResult, "who is said to have failed has failed");
      end(kFailure, Word::kError);
    } else {
      end(kResults, Word::kResult);
    }
  }

  void end(int with, std::uint64_t outcome) {
    check(std::exchange(ends_with_, with) == kNothing, "it ends once");
    core_.publish(outcome);
  }

  void stop_listening() {
    for (std::size_t i = 0; i < kChildren; ++i) {
      Slot& slot = used(i);
      if (slot.child->unlisten(slot) && protocol_.listener_keeps_it) core_.release();
    }
  }

  const Policy policy_;
  const Protocol protocol_;
  Core core_;
  Core one_, two_;
  std::array<Slot, kChildren> slots_;
  GatherEnds<Core, Atomics> ends_;
  int ends_with_ = kNothing;
  bool left_ = false;
  bool noted_ = false;
  bool accepted_ = false;
  int rounds_ = 0;  // in which a select has cancelled what had not ended
};

void Slot::told() { gather->told(*this); }

// The first child ends as given, the second with a result, or not at all.
Body children(Policy policy, std::uint64_t first, bool second_ends, Protocol protocol) {
  return [=](Execution& e) {
    Gather gather(policy, 0, protocol);
    e.thread("gather", [&] {
      gather.start();
      gather.leave();
    });
    e.thread("first", [&] { static_cast<void>(gather.child(0).set(first)); });
    if (second_ends) e.thread("second", [&] { static_cast<void>(gather.child(1).set(Word::kResult)); });
    e.finally([&] { gather.check_end(second_ends); });
  };
}

Body two_failures(Policy policy, Protocol protocol) {
  return [=](Execution& e) {
    Gather gather(policy, 0, protocol);
    gather.start();
    e.thread("first", [&] { static_cast<void>(gather.child(0).set(Word::kError)); });
    e.thread("second", [&] { static_cast<void>(gather.child(1).set(Word::kCancelled)); });
    e.finally([&] { gather.check_end(); });
  };
}

Body a_cancel(Policy policy, std::uint64_t first, Protocol protocol) {
  return [=](Execution& e) {
    Gather gather(policy, 1, protocol);
    gather.start();
    e.thread("first", [&] { static_cast<void>(gather.child(0).set(first)); });
    e.thread("second", [&] { static_cast<void>(gather.child(1).set(Word::kResult)); });
    e.thread("canceller", [&] { gather.cancel(); });
    e.finally([&] { gather.check_end(); });
  };
}

std::vector<Scenario> scenarios(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 2, .stale_reads = 1};
  const Options wide{.preemption_bound = 1, .stale_reads = 1};
  return {
      {"a failure and a result", children(Policy::first_failure, Word::kError, true, protocol), wide},
      {"a failure, and a child that never ends", children(Policy::first_failure, Word::kError, false, protocol), deep},
      {"two results", children(Policy::first_failure, Word::kResult, true, protocol), wide},
      {"two failures", two_failures(Policy::first_failure, protocol), deep},
      {"two failures, all waited for", two_failures(Policy::wait_for_all, protocol), deep},
      {"a cancel and results as values", a_cancel(Policy::return_exceptions, Word::kResult, protocol), wide},
      {"a cancel and a failure", a_cancel(Policy::first_failure, Word::kError, protocol), wide},
      {"a select of two results", children(Policy::first_end, Word::kResult, true, protocol), wide},
      {"a select of a failure and of what never ends", children(Policy::first_end, Word::kError, false, protocol),
       deep},
      {"a select that is cancelled", a_cancel(Policy::first_end, Word::kResult, protocol), wide}};
}

TEST(GatherEndsModel, a_gather_ends_once_as_its_policy_says_and_is_freed_when_it_is_over) { explore_all(scenarios()); }

TEST(GatherEndsModel, each_step_that_is_left_out_is_noticed) {
  const std::pair<const char*, bool Protocol::*> steps[] = {
      {"the cancel's hold", &Protocol::cancel_holds_it_open},
      {"the end of listening after a failure", &Protocol::failure_stops_listening},
      {"the look after the start", &Protocol::start_looks_again},
      {"the reference of each listener", &Protocol::listener_keeps_it},
      {"the claim of the first child", &Protocol::first_claims},
      {"the claim of a cancel", &Protocol::cancel_claims},
  };
  expect_each_noticed(steps, scenarios);
}

TEST(GatherEndsModel, a_weaker_order_is_noticed) { expect_weaker_orders_noticed(survey(scenarios(), "gather_ends.h")); }

}  // namespace
}  // namespace weft::model
