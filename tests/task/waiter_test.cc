// What each answer of a Waiter to a cancel request does to the task that waits.
#include "weft/runtime/task/waiter.h"

#include <gtest/gtest.h>

#include <coroutine>
#include <string>
#include <thread>
#include <vector>

#include "task/settings.h"
#include "weft/runtime/base/spin_wait.h"
#include "weft/runtime/task/task_cell.h"

namespace weft::tests {
namespace {

// Parks the task that awaits it until end(), and answers a cancel request as it is told.
class Parked : public Waiter {
 public:
  explicit Parked(Reply answer) : reply(answer) {}

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> awaiting) {
    TaskCell& task = current_cell("a test");
    task_ = &task;
    static_cast<void>(task.park(awaiting.promise(), *this));  // no test has a request pending here
  }
  void await_resume() {
    if (task_->take_throw()) task_->throw_cancelled();
  }
  void end() { task_->wake(); }

  Reply cancel_wait(std::vector<FutureCore*>& found) noexcept override {
    ++asked;
    for (const AnyFuture& future : futures) {
      future.core().retain();
      found.push_back(&future.core());
    }
    return reply;
  }

  Reply reply;
  std::vector<AnyFuture> futures;
  int asked = 0;

 private:
  TaskCell* task_ = nullptr;
};

Coro<std::string> wait_at(Parked& parked) {
  try {
    co_await parked;
  } catch (const CancelledError& error) {
    co_return "thrown: " + error.message();
  }
  try {
    co_await sleep(0s);
  } catch (const CancelledError& error) {
    co_return "thrown later: " + error.message();
  }
  co_return "woken";
}

class WaiterTest : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, WaiterTest, every_setting, setting_name);

Coro<void> not_cancelled() {
  Parked parked(Waiter::Reply::cut_short);
  const Task<std::string> task = create_task(wait_at(parked));
  co_await sleep(1ms);
  EXPECT_FALSE(task.done());
  parked.end();
  EXPECT_EQ(co_await task, "woken");
  EXPECT_EQ(parked.asked, 0);
}
TEST_P(WaiterTest, is_not_asked_when_nobody_cancels) { run_here(not_cancelled()); }

Coro<void> cut_short() {
  Parked parked(Waiter::Reply::cut_short);
  const Task<std::string> task = create_task(wait_at(parked));
  co_await sleep(1ms);
  EXPECT_TRUE(task.cancel("cut"));
  EXPECT_EQ(co_await task, "thrown: cut");
  EXPECT_EQ(parked.asked, 1);
}
TEST_P(WaiterTest, that_cuts_the_wait_short_makes_the_task_throw_at_once) { run_here(cut_short()); }

Coro<void> too_late() {
  Parked parked(Waiter::Reply::too_late);
  const Task<std::string> task = create_task(wait_at(parked));
  co_await sleep(1ms);
  EXPECT_TRUE(task.cancel("late"));
  co_await sleep(1ms);
  EXPECT_FALSE(task.done());
  parked.end();
  EXPECT_EQ(co_await task, "thrown: late");
}
TEST_P(WaiterTest, that_has_ended_already_makes_the_task_throw_when_it_wakes) { run_here(too_late()); }

Coro<void> noted() {
  Parked parked(Waiter::Reply::noted);
  const Task<std::string> task = create_task(wait_at(parked));
  co_await sleep(1ms);
  EXPECT_TRUE(task.cancel());
  co_await sleep(1ms);
  EXPECT_FALSE(task.done());
  parked.end();
  EXPECT_EQ(co_await task, "woken");
  EXPECT_EQ(parked.asked, 1);
}
TEST_P(WaiterTest, that_takes_the_request_itself_makes_nothing_throw) { run_here(noted()); }

Coro<void> forwarded() {
  Parked parked(Waiter::Reply::forwarded);
  const Future<int> first = get_running_loop().create_future<int>();
  const Future<int> second = get_running_loop().create_future<int>();
  parked.futures = {first, second};
  const Task<std::string> task = create_task(wait_at(parked));
  co_await sleep(1ms);
  EXPECT_TRUE(task.cancel("go on"));
  EXPECT_TRUE(first.cancelled());
  EXPECT_TRUE(second.cancelled());
  EXPECT_FALSE(task.done());
  parked.end();
  EXPECT_EQ(co_await task, "woken");
}
TEST_P(WaiterTest, that_forwards_the_request_has_the_futures_cancelled_instead) { run_here(forwarded()); }

Coro<void> forwarded_in_vain() {
  Parked parked(Waiter::Reply::forwarded);
  const Future<int> done = get_running_loop().create_future<int>();
  done.set_result(1);
  parked.futures = {done};
  const Task<std::string> task = create_task(wait_at(parked));
  co_await sleep(1ms);
  EXPECT_TRUE(task.cancel("in vain"));
  EXPECT_EQ(done.result(), 1);
  EXPECT_FALSE(task.done());
  parked.end();
  EXPECT_EQ(co_await task, "thrown: in vain");
}
TEST_P(WaiterTest, that_forwards_to_what_is_done_makes_the_task_throw_when_it_wakes) { run_here(forwarded_in_vain()); }

// Refuses a cancel, but only after the task that waits for it was woken and has ended.
class Refusing final : public FutureCore {
 public:
  explicit Refusing(Runtime& runtime) : FutureCore(&runtime) { live(1); }
  CancelReply try_cancel(CancelRequest&) override {
    parked->end();
    for (SpinWait spin; !waits.done();) spin.once();
    return CancelReply::refused;
  }
  const StoredError& error() const noexcept override { return none_; }
  std::string cancel_message() const override { return {}; }
  std::string describe_self() const override { return "<refusing>"; }
  Parked* parked = nullptr;
  AnyTask waits;

 private:
  void destroy() noexcept override { delete this; }
  StoredError none_;
};

// As a task group's end: a request that is counted ends it.
Coro<void> looks_at_the_count(Parked& parked, bool heeds) {
  co_await parked;
  if (heeds && current_task().cancelling() != 0) throw CancelledError("heeded");
}
Coro<void> ended_meanwhile(bool heeds) {
  Parked parked(Waiter::Reply::forwarded);
  auto* refusing = new Refusing(get_running_loop().runtime());
  parked.futures = {FutureHandle(refusing)};
  const Task<void> task = create_task(looks_at_the_count(parked, heeds));
  co_await sleep(1ms);
  refusing->parked = &parked;
  refusing->waits = task;
  bool accepted = !heeds;
  std::thread([&] { accepted = task.cancel(); }).join();
  EXPECT_EQ(task.cancelled(), heeds);
  EXPECT_EQ(accepted, heeds) << "a cancel is refused exactly when it has done nothing";
  refusing->waits = AnyTask();
}
TEST(Waiter, whose_targets_refuse_when_the_task_has_ended_as_cancelled_has_taken_the_cancel) {
  run(ended_meanwhile(true), {.workers = 2});
}
TEST(Waiter, whose_targets_refuse_when_the_task_has_ended_with_a_result_has_refused_it_too) {
  run(ended_meanwhile(false), {.workers = 2});
}

}  // namespace
}  // namespace weft::tests
