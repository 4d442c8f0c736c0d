#include "weft/runtime/task/future.h"

#include <gtest/gtest.h>

#include <atomic>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class FutureEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, FutureEverywhere, every_setting, setting_name);

// States need no running loop.
class FutureState : public testing::Test {
 protected:
  template <class T = int>
  Future<T> make() {
    return loop_.create_future<T>();
  }
  EventLoop& loop() { return loop_; }

 private:
  EventLoop loop_{RunOptions{.workers = 1}};
};

TEST_F(FutureState, is_pending_until_a_result_is_set) {
  const Future<int> future = make();
  EXPECT_FALSE(future.done());
  EXPECT_FALSE(future.cancelled());
  EXPECT_THROW(static_cast<void>(future.result()), InvalidStateError);
  EXPECT_THROW(static_cast<void>(future.exception()), InvalidStateError);
  future.set_result(5);
  EXPECT_TRUE(future.done());
  EXPECT_FALSE(future.cancelled());
  EXPECT_EQ(future.result(), 5);
  EXPECT_EQ(future.result(), 5);
  EXPECT_EQ(future.exception(), nullptr);
}

TEST_F(FutureState, gives_the_same_exception_object_that_was_set) {
  const Future<int> future = make();
  const auto error = std::make_exception_ptr(ValueError("the one"));
  future.set_exception(error);
  EXPECT_TRUE(future.done());
  EXPECT_TRUE(future.exception() == error);
  for (int turn = 0; turn < 2; ++turn) {
    try {
      static_cast<void>(future.result());
      FAIL() << "an exception was set";
    } catch (const ValueError&) {
      EXPECT_TRUE(std::current_exception() == error);
    }
  }
}

TEST_F(FutureState, takes_an_exception_object_of_any_type) {
  const Future<int> future = make();
  future.set_exception(42);
  EXPECT_THROW(static_cast<void>(future.result()), int);
}

TEST_F(FutureState, refuses_a_null_exception_and_stays_pending) {
  const Future<int> future = make();
  EXPECT_THROW(future.set_exception(std::exception_ptr()), ValueError);
  EXPECT_FALSE(future.done());
}

TEST_F(FutureState, refuses_to_be_set_when_it_is_done) {
  const Future<int> with_result = make();
  with_result.set_result(1);
  EXPECT_THROW(with_result.set_result(2), InvalidStateError);
  EXPECT_THROW(with_result.set_exception(ValueError("late")), InvalidStateError);
  EXPECT_EQ(with_result.result(), 1);
  const Future<int> cancelled = make();
  EXPECT_TRUE(cancelled.cancel());
  EXPECT_THROW(cancelled.set_result(2), InvalidStateError);
  EXPECT_THROW(cancelled.set_exception(ValueError("late")), InvalidStateError);
}

TEST_F(FutureState, try_set_says_whether_it_was_the_first) {
  const Future<int> future = make();
  EXPECT_TRUE(future.try_set_result(1));
  EXPECT_FALSE(future.try_set_result(2));
  EXPECT_FALSE(future.try_set_exception(ValueError("late")));
  EXPECT_EQ(future.result(), 1);
  const Future<int> failed = make();
  EXPECT_TRUE(failed.try_set_exception(ValueError("first")));
  EXPECT_FALSE(failed.try_set_result(2));
  EXPECT_EQ(text_of(failed.exception()), "weft::ValueError: first");
}

TEST_F(FutureState, cancel_ends_it_with_the_message_once) {
  const Future<int> future = make();
  EXPECT_TRUE(future.cancel("no longer needed"));
  EXPECT_TRUE(future.done());
  EXPECT_TRUE(future.cancelled());
  EXPECT_FALSE(future.cancel("again"));
  for (int turn = 0; turn < 2; ++turn) {
    try {
      static_cast<void>(future.result());
      FAIL() << "it was cancelled";
    } catch (const CancelledError& error) {
      EXPECT_EQ(error.message(), "no longer needed");
    }
  }
  EXPECT_THROW(static_cast<void>(future.exception()), CancelledError);
}

TEST_F(FutureState, cannot_be_cancelled_when_it_is_done) {
  const Future<int> future = make();
  future.set_result(3);
  EXPECT_FALSE(future.cancel());
  EXPECT_FALSE(future.cancelled());
}

struct FailsToConstruct {
  explicit FailsToConstruct(bool fail) {
    if (fail) throw ValueError("constructor");
  }
};
TEST_F(FutureState, stays_pending_when_the_result_cannot_be_constructed) {
  const Future<FailsToConstruct> future = make<FailsToConstruct>();
  EXPECT_THROW(future.set_result(true), ValueError);
  EXPECT_FALSE(future.done());
  future.set_result(false);
  EXPECT_TRUE(future.done());
}

struct alignas(64) Aligned {
  int value = 0;
};
TEST_F(FutureState, keeps_results_of_every_kind) {
  const Future<void> nothing = make<void>();
  nothing.set_result();
  nothing.result();
  const Future<std::unique_ptr<int>> unique = make<std::unique_ptr<int>>();
  unique.set_result(std::make_unique<int>(6));
  EXPECT_EQ(*unique.result(), 6);
  EXPECT_EQ(&unique.result(), &unique.result());
  int target = 1;
  const Future<int&> reference = make<int&>();
  reference.set_result(target);
  EXPECT_EQ(&reference.result(), &target);
  const Future<Aligned> aligned = make<Aligned>();
  aligned.set_result(Aligned{7});
  EXPECT_EQ(aligned.result().value, 7);
  const Future<std::string> text = make<std::string>();
  text.set_result(std::size_t{3}, 'x');
  EXPECT_EQ(text.result(), "xxx");
}

TEST_F(FutureState, destroys_its_result_with_the_last_handle) {
  Census census;
  {
    Future<Tracked> first = make<Tracked>();
    first.set_result(Tracked(census));
    Future<Tracked> second = first;
    first = Future<Tracked>();
    EXPECT_EQ(census.alive(), 1);
    EXPECT_FALSE(first);
    EXPECT_TRUE(second);
  }
  EXPECT_EQ(census.alive(), 0);
}

TEST_F(FutureState, an_empty_handle_says_so) {
  const Future<int> empty;
  EXPECT_FALSE(empty);
  EXPECT_THROW(static_cast<void>(empty.done()), RuntimeError);
  EXPECT_THROW(static_cast<void>(empty.result()), RuntimeError);
  EXPECT_THROW(empty.set_result(1), RuntimeError);
}

// --- an error that nobody asked for ------------------------------------------------------------------------------------

TEST_F(FutureState, an_error_that_nobody_retrieved_is_reported_once) {
  Reports reports;
  reports.listen_to(loop());
  {
    const Future<int> future = make();
    const Future<int> copy = future;
    future.set_exception(ValueError("forgotten"));
  }
  EXPECT_EQ(reports.only().message, "Future exception was never retrieved");
  EXPECT_EQ(text_of(reports.only().exception), "weft::ValueError: forgotten");
}

TEST_F(FutureState, an_error_that_was_retrieved_is_not_reported) {
  Reports reports;
  reports.listen_to(loop());
  const Future<int> asked = make();
  asked.set_exception(ValueError("asked"));
  EXPECT_NE(asked.exception(), nullptr);
  {
    const Future<int> thrown = make();
    thrown.set_exception(ValueError("thrown"));
    EXPECT_THROW(static_cast<void>(thrown.result()), ValueError);
    const Future<int> cancelled = make();
    cancelled.cancel();
    const Future<int> pending = make();
    const Future<int> finished = make();
    finished.set_result(1);
  }
  EXPECT_EQ(reports.count(), 0u);
}

// --- waiting -----------------------------------------------------------------------------------------------------------

Coro<void> done_is_no_tick() {
  const Future<int> future = get_running_loop().create_future<int>();
  future.set_result(8);
  bool other_ran = false;
  get_running_loop().call_soon([&other_ran] { other_ran = true; });
  EXPECT_EQ(co_await future, 8);
  EXPECT_FALSE(other_ran);
  co_await sleep(0s);
  EXPECT_TRUE(other_ran);
}
TEST(Future, awaited_when_it_is_done_goes_on_without_a_tick) { run_in_order(done_is_no_tick()); }

Coro<void> wait_and_note(Future<int> future, int number, std::vector<int>& order) {
  EXPECT_EQ(co_await future, 9);
  order.push_back(number);
}
Coro<void> wake_in_order() {
  const Future<int> future = get_running_loop().create_future<int>();
  std::vector<int> order;
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 20; ++i) tasks.push_back(create_task(wait_and_note(future, i, order)));
  co_await sleep(0s);
  future.set_result(9);
  EXPECT_TRUE(order.empty());
  co_await sleep(0s);
  EXPECT_EQ(order.size(), 20u);
  for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], static_cast<int>(i));
}
TEST(Future, wakes_those_who_wait_in_order_and_never_inside_set_result) { run_in_order(wake_in_order()); }

Coro<int> wait_for(Future<int> future) { co_return co_await future; }
Coro<void> many_wait() {
  const Future<int> future = get_running_loop().create_future<int>();
  std::vector<Coro<int>> waiters;
  for (int i = 0; i < 200; ++i) waiters.push_back(wait_for(future));
  get_running_loop().call_later(5ms, [future] { future.set_result(3); });
  int sum = 0;
  for (const int value : co_await gather(std::move(waiters))) sum += value;
  EXPECT_EQ(sum, 600);
  EXPECT_EQ(co_await future, 3);
}
TEST_P(FutureEverywhere, gives_its_result_to_all_who_wait) { run_here(many_wait()); }

Coro<void> error_for_all() {
  const Future<int> future = get_running_loop().create_future<int>();
  std::vector<Coro<int>> waiters;
  for (int i = 0; i < 20; ++i) waiters.push_back(wait_for(future));
  get_running_loop().call_later(5ms, [future] { future.set_exception(ValueError("for all")); });
  int failed = 0;
  for (const auto& outcome : co_await gather(return_exceptions, std::move(waiters))) {
    failed += text_of(outcome.exception()) == "weft::ValueError: for all" ? 1 : 0;
  }
  EXPECT_EQ(failed, 20);
}
TEST_P(FutureEverywhere, gives_its_error_to_all_who_wait) { run_here(error_for_all()); }

Coro<void> cancelled_for_all() {
  const Future<int> future = get_running_loop().create_future<int>();
  std::vector<Task<int>> waiters;
  for (int i = 0; i < 20; ++i) waiters.push_back(create_task(wait_for(future)));
  co_await sleep(1ms);
  EXPECT_TRUE(future.cancel("all of you"));
  for (const auto& waiter : waiters) {
    std::string message;
    try {
      static_cast<void>(co_await waiter);
    } catch (const CancelledError& error) {
      message = error.message();
    }
    EXPECT_EQ(message, "all of you");
    EXPECT_TRUE(waiter.cancelled());
  }
}
TEST_P(FutureEverywhere, that_is_cancelled_cancels_all_who_wait) { run_here(cancelled_for_all()); }

Coro<void> cancel_one_waiter() {
  const Future<int> future = get_running_loop().create_future<int>();
  const Task<int> one = create_task(wait_for(future));
  const Task<int> other = create_task(wait_for(future));
  co_await sleep(1ms);
  EXPECT_TRUE(one.cancel());
  EXPECT_TRUE(future.cancelled());  // as in asyncio: the wait's cancel goes into the future
  for (const Task<int>& waiter : {one, other}) {
    EXPECT_THROW(static_cast<void>(co_await waiter), CancelledError);
  }
  EXPECT_EQ(one.cancelling(), 1u);
  EXPECT_EQ(other.cancelling(), 0u);
}
TEST_P(FutureEverywhere, is_cancelled_by_the_cancel_of_one_who_waits) { run_here(cancel_one_waiter()); }

Coro<void> temporary_handle() {
  const int value = co_await create_task(wait_for([] {
    Future<int> future = get_running_loop().create_future<int>();
    future.set_result(4);
    return future;
  }()));
  EXPECT_EQ(value, 4);
}
TEST_P(FutureEverywhere, may_be_awaited_through_a_temporary_handle) { run_here(temporary_handle()); }

Coro<int> wait_on(Future<int> future) {
  try {
    co_return co_await future;
  } catch (const RuntimeError& error) {
    EXPECT_NE(std::string(error.what()).find("attached to a different loop"), std::string::npos) << error.what();
    co_return -1;
  }
}
Coro<void> loops_of_handles() {
  EventLoop& loop = get_running_loop();
  EXPECT_EQ(&loop.create_future<int>().get_loop(), &loop);
  const AnyTask self = current_task();
  EXPECT_EQ(&self.get_loop(), &loop);
  co_return;
}
TEST_P(FutureEverywhere, names_the_loop_that_it_belongs_to) { run_here(loops_of_handles()); }

TEST(Future, of_a_closed_loop_names_none) {
  EventLoop loop(RunOptions{.workers = 1});
  const Future<int> future = loop.create_future<int>();
  EXPECT_EQ(&future.get_loop(), &loop);
  loop.close();
  EXPECT_THROW(future.get_loop(), RuntimeError);
}

TEST(Future, of_another_loop_is_refused) {
  EventLoop other(RunOptions{.workers = 1});
  const Future<int> future = other.create_future<int>();
  EXPECT_EQ(run_in_order(wait_on(future)), -1);
  EXPECT_FALSE(future.done());
}

}  // namespace
}  // namespace weft::tests
