// A shield, the end of what it shields and a cancel from outside under every interleaving: the outer future ends once; an error of
// the inner one is delivered or left to be reported, never both, and is lost only to a cancel at the same moment, as in CPython.
//
// The callbacks take the steps of Shield; FutureWord is the one that ships. A callback runs on the thread that ends its future.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "model/futures.h"
#include "model/harness.h"

namespace weft::model {
namespace {

// Steps that a test may leave out, to see that they are needed.
struct Protocol {
  bool cancel_takes_callback_away = true;  // else: a shield whose outer future was cancelled goes on listening
  bool tells_who_is_first = true;          // else: the inner future's end does not ask whether the outer one has ended
};

class Shielded;

class Callback : public Listener {
 public:
  enum class Of { inner, outer };
  Callback(Shielded& shield, Of of) : shield_(shield), of_(of) {}
  void told();

 private:
  Shielded& shield_;
  const Of of_;
};

using Core = Future<Callback>;
using Word = Core::Word;

class Shielded {
 public:
  explicit Shielded(Protocol protocol) : protocol_(protocol), inner_(1), outer_(1) {}

  // What Shield::of() does.
  void begin() {
    if (inner_.done() || !inner_.listen(of_inner_)) return tell();
    if (!outer_.listen(of_outer_)) outer_done();
  }
  void end_inner(std::uint64_t outcome) {
    static_cast<void>(inner_.done());  // a step: what follows runs at any time
    cancelled_before_ = cancel_is_over_;
    static_cast<void>(inner_.set(outcome));
  }
  void cancel_outer() {
    static_cast<void>(outer_.set(Word::kCancelled));
    cancel_is_over_ = true;
  }

  void inner_done() {
    if (protocol_.tells_who_is_first && (outer_.word().state() & Word::kCancelled) != 0) {
      inner_.word().mark_retrieved();
    } else {
      tell();
    }
  }
  void outer_done() {
    if (protocol_.cancel_takes_callback_away && !inner_.done()) static_cast<void>(inner_.unlisten(of_inner_));
  }

  void check_end() {
    const bool fails = inner_.outcome() == Word::kError;
    const bool retrieved = (inner_.word().state() & Word::kRetrieved) != 0;
    const std::uint64_t outer = outer_.outcome();
    check(outer != Word::kError || (fails && retrieved), "an error that is delivered is not reported");
    check(outer == Word::kCancelled || !fails || outer == Word::kError,
          "an error is delivered unless the shield was cancelled");
    check(!cancelled_before_ || !retrieved, "an error that comes after the cancel is left to be reported");
    inner_.release();
    outer_.release();
    check(inner_.frees() == 1 && outer_.frees() == 1, "both are freed");
  }

 private:
  void tell() {
    const std::uint64_t outcome = inner_.outcome();
    if (outcome == Word::kError) inner_.word().mark_retrieved();
    if (protocol_.tells_who_is_first) {
      static_cast<void>(outer_.set(outcome));
    } else {
      outer_.publish(outcome);
    }
  }

  const Protocol protocol_;
  Core inner_, outer_;
  Callback of_inner_{*this, Callback::Of::inner};
  Callback of_outer_{*this, Callback::Of::outer};
  bool cancel_is_over_ = false;
  bool cancelled_before_ = false;
};

void Callback::told() { of_ == Of::inner ? shield_.inner_done() : shield_.outer_done(); }

Body inner_ends(std::uint64_t outcome, Protocol protocol) {
  return [=](Execution& e) {
    Shielded shield(protocol);
    e.thread("task", [&] {
      shield.begin();
      shield.cancel_outer();
    });
    e.thread("inner", [&] { shield.end_inner(outcome); });
    e.finally([&] { shield.check_end(); });
  };
}

std::vector<Scenario> scenarios(Protocol protocol = {}) {
  const Options deep{.preemption_bound = 2, .stale_reads = 1};
  return {{"the inner fails", inner_ends(Word::kError, protocol), deep},
          {"the inner gives a result", inner_ends(Word::kResult, protocol), deep},
          {"the inner is cancelled", inner_ends(Word::kCancelled, protocol), deep}};
}

TEST(ShieldModel, the_outer_ends_once_and_an_error_is_delivered_or_left_to_be_reported) { explore_all(scenarios()); }

TEST(ShieldModel, each_step_that_is_left_out_is_noticed) {
  const std::pair<const char*, bool Protocol::*> steps[] = {
      {"the end of listening after a cancel", &Protocol::cancel_takes_callback_away},
      {"the question who is first", &Protocol::tells_who_is_first},
  };
  expect_each_noticed(steps, scenarios);
}

}  // namespace
}  // namespace weft::model
