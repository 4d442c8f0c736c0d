// A future's end, its listeners and its references under every interleaving: it ends once; a listener is told once, with the
// outcome in sight, or has taken itself away; the last reference frees it after all uses. FutureWord is the one that ships.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/futures.h"
#include "model/harness.h"

namespace weft::model {
namespace {

class Waiter;
using Core = Future<Waiter>;

// Listens, and perhaps takes itself away again.
class Waiter : public Listener {
 public:
  explicit Waiter(Core& future) : future_(future) {}
  void listen() {
    listens_ = future_.listen(*this);
    if (!listens_) static_cast<void>(future_.outcome());
  }
  void unlisten() {
    if (!listens_ || !future_.unlisten(*this)) return;
    check(told_ == 0, "who took itself away is not told");
    listens_ = false;
  }
  void told() {
    check(++told_ == 1, "a listener is told once");
    static_cast<void>(future_.outcome());
  }
  void check_end() { check(told_ == (listens_ ? 1 : 0), "who listens is told, and nobody else"); }

 private:
  Core& future_;
  bool listens_ = false;
  int told_ = 0;
};

// Two want to end it, one listens.
void two_ends(Execution& e) {
  Core future(3);
  Waiter waiter(future);
  int ends = 0;
  e.thread("setter", [&] {
    ends += future.set(Core::Word::kResult) ? 1 : 0;
    future.release();
  });
  e.thread("canceller", [&] {
    ends += future.set(Core::Word::kCancelled) ? 1 : 0;
    future.release();
  });
  e.thread("waiter", [&] {
    waiter.listen();
    future.release();
  });
  e.finally([&] {
    check(ends == 1, "it ends once");
    waiter.check_end();
    check(future.frees() == 1, "it is freed");
  });
}

void a_listener_that_goes(Execution& e) {
  Core future(3);
  Waiter goes(future), stays(future);
  e.thread("setter", [&] {
    static_cast<void>(future.set(Core::Word::kError));
    future.release();
  });
  e.thread("goes", [&] {
    goes.listen();
    goes.unlisten();
    future.release();
  });
  e.thread("stays", [&] {
    stays.listen();
    future.release();
  });
  e.finally([&] {
    goes.check_end();
    stays.check_end();
    check(future.frees() == 1, "it is freed");
  });
}

// A task ends with one operation unless somebody listens, while others enumerate tasks.
void a_task_that_is_enumerated(Execution& e) {
  Core future(2, true);
  Waiter waiter(future);
  e.thread("task", [&] {
    if (!future.try_publish_result()) future.publish(Core::Word::kResult, 1);
  });
  e.thread("handle", [&] {
    waiter.listen();
    future.release();
  });
  e.thread("enumeration", [&] {
    if (!future.word().try_retain()) return;
    check(future.frees() == 0, "what could be retained is not freed");
    future.release();
  });
  e.finally([&] {
    waiter.check_end();
    check(future.frees() == 1, "it is freed");
  });
}

std::vector<Scenario> scenarios() {
  return {{"two ends", two_ends, {.preemption_bound = 1, .stale_reads = 1}},
          {"a listener that goes", a_listener_that_goes, {.preemption_bound = 1, .stale_reads = 1}},
          {"a task that is enumerated", a_task_that_is_enumerated, {.preemption_bound = 2, .stale_reads = 1}}};
}

TEST(FutureWordModel, it_ends_once_tells_each_listener_once_and_is_freed_after_all_uses) { explore_all(scenarios()); }

// Orders that no scenario needs, with the reason.
const std::vector<std::string> unneeded_orders = {
    // Who ends the future publishes by publish(), and reads nothing of whoever gave up before.
    "begin_set: compare_exchange acq_rel/relaxed -> acquire/relaxed",
    "begin_set: compare_exchange acq_rel/relaxed -> release/relaxed",
    // For the last reference, if other handles left something behind without a lock: here they do not.
    "publish: compare_exchange acq_rel/relaxed -> release/relaxed",
    // The lock was acquired before.
    "publish_to_listeners: compare_exchange acq_rel/relaxed -> release/relaxed",
    // It is not the last reference.
    "try_publish_result: compare_exchange acq_rel/relaxed -> release/relaxed",
    // An enumeration looks at what its reference keeps; here at the word alone.
    "try_retain: load acquire -> relaxed",
    "try_retain: compare_exchange acq_rel/acquire -> acquire/acquire",
    "try_retain: compare_exchange acq_rel/acquire -> release/acquire",
    "try_retain: compare_exchange acq_rel/acquire -> acq_rel/relaxed",
};

TEST(FutureWordModel, a_weaker_order_is_noticed) {
  expect_weaker_orders_noticed(survey(scenarios(), "future_word.h"), unneeded_orders);
}

}  // namespace
}  // namespace weft::model
