#include "weft/runtime/task/any_future.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class DoneCallbacks : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, DoneCallbacks, every_setting, setting_name);

TEST(AnyFuture, holds_futures_and_tasks_of_any_type_in_one_container) {
  EventLoop loop(RunOptions{.workers = 1});
  const Future<int> number = loop.create_future<int>();
  const Future<std::string> text = loop.create_future<std::string>();
  std::vector<AnyFuture> futures{number, text, number};
  EXPECT_TRUE(futures[0] == futures[2]);
  EXPECT_FALSE(futures[0] == futures[1]);
  const std::unordered_set<AnyFuture, AnyFuture::Hash> distinct(futures.begin(), futures.end());
  EXPECT_EQ(distinct.size(), 2u);
  number.set_result(1);
  EXPECT_TRUE(futures[0].done());
  EXPECT_TRUE(futures[1].cancel());
  EXPECT_TRUE(text.cancelled());
}

TEST(AnyFuture, an_empty_or_moved_from_handle_says_so) {
  EventLoop loop(RunOptions{.workers = 1});
  AnyFuture handle = loop.create_future<int>();
  const AnyFuture moved = std::move(handle);
  EXPECT_FALSE(handle);  // NOLINT(bugprone-use-after-move): the contract names this state
  EXPECT_TRUE(moved);
  EXPECT_THROW(static_cast<void>(handle.done()), RuntimeError);
  EXPECT_THROW(static_cast<void>(handle.cancel()), RuntimeError);
  EXPECT_THROW(static_cast<void>(handle.add_done_callback([](const AnyFuture&) {})), RuntimeError);
  EXPECT_TRUE(AnyFuture() == AnyFuture());
}

// --- done callbacks ----------------------------------------------------------------------------------------------------

Coro<void> in_order() {
  const Future<int> future = get_running_loop().create_future<int>();
  std::vector<int> called;
  for (int i = 0; i < 10; ++i) {
    future.add_done_callback([&called, i](const AnyFuture& done) {
      EXPECT_TRUE(done.done());
      called.push_back(i);
    });
  }
  future.set_result(1);
  EXPECT_TRUE(called.empty());
  co_await sleep(0s);
  EXPECT_EQ(called, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}
TEST(DoneCallback, is_called_in_the_order_of_registration_and_never_inside_set_result) { run_in_order(in_order()); }

Coro<void> already_done() {
  const Future<int> future = get_running_loop().create_future<int>();
  future.set_result(1);
  int called = 0;
  future.add_done_callback([&called, future](const AnyFuture& done) {
    EXPECT_TRUE(done == future);
    ++called;
  });
  EXPECT_EQ(called, 0);
  co_await sleep(0s);
  EXPECT_EQ(called, 1);
}
TEST(DoneCallback, of_a_future_that_is_done_is_called_in_the_next_turn) { run_in_order(already_done()); }

Coro<void> once_whatever_ends_it() {
  EventLoop& loop = get_running_loop();
  const Future<int> result = loop.create_future<int>();
  const Future<int> error = loop.create_future<int>();
  const Future<int> cancelled = loop.create_future<int>();
  const Task<void> task = create_task([]() -> Coro<void> { co_await sleep(2ms); });
  std::atomic<int> called = 0;
  for (const AnyFuture& future : std::vector<AnyFuture>{result, error, cancelled, task}) {
    future.add_done_callback([&called](const AnyFuture&) { ++called; });
  }
  result.set_result(1);
  error.set_exception(ValueError("e"));
  cancelled.cancel();
  co_await task;
  co_await sleep(10ms);
  EXPECT_EQ(called, 4);
  EXPECT_NE(error.exception(), nullptr);
}
TEST_P(DoneCallbacks, is_called_once_for_a_result_an_error_a_cancel_and_the_end_of_a_task) {
  run_here(once_whatever_ends_it());
}

int g_calls = 0;
void count_call(AnyFuture) { ++g_calls; }
void count_other_call(AnyFuture) { g_calls += 100; }

Coro<void> remove_by_function() {
  g_calls = 0;
  const Future<int> future = get_running_loop().create_future<int>();
  future.add_done_callback(count_call);
  future.add_done_callback(count_other_call);
  future.add_done_callback(count_call);
  EXPECT_EQ(future.remove_done_callback(count_other_call), 1u);
  EXPECT_EQ(future.remove_done_callback(count_other_call), 0u);
  future.add_done_callback(count_other_call);
  EXPECT_EQ(future.remove_done_callback(count_call), 2u);
  future.set_result(1);
  co_await sleep(0s);
  EXPECT_EQ(g_calls, 100);
  EXPECT_EQ(future.remove_done_callback(count_other_call), 0u);
}
// A callback whose comparison uses the future.
struct Meddler {
  std::function<void()> meddle;
  bool equal = false;
  void operator()(const AnyFuture&) const { ++g_calls; }
  bool operator==(const Meddler& other) const {
    meddle();
    return other.equal;
  }
};
Coro<void> meddling_comparisons() {
  const auto meddler = [](std::function<void()> meddle) { return Meddler{std::move(meddle)}; };
  const auto idle = [] {};
  for (const bool equal : {false, true}) {
    g_calls = 0;
    const Future<int> future = get_running_loop().create_future<int>();
    for (int i = 0; i < 8; ++i) future.add_done_callback(Meddler{idle, equal});
    future.add_done_callback(count_call);
    EXPECT_EQ(future.remove_done_callback(meddler([&] { future.remove_done_callback(count_call); })), equal ? 8u : 0u);
    EXPECT_EQ(future.remove_done_callback(count_call), 0u) << "a comparison has removed it";
    int more = 0;
    const auto add_some = [&] {
      if (++more < 20) future.add_done_callback(Meddler{idle, equal});
    };
    EXPECT_EQ(future.remove_done_callback(meddler(add_some)), 0u) << "what is added meanwhile stays";
    const auto recurse = [&] { future.remove_done_callback(meddler(idle)); };
    EXPECT_EQ(future.remove_done_callback(meddler(recurse)), 0u) << "its comparison has removed them before";
    future.set_result(1);
    co_await sleep(0s);
    EXPECT_EQ(g_calls, equal ? 0 : 8 + more);
  }
  g_calls = 0;
  const Future<int> ended = get_running_loop().create_future<int>();
  for (int i = 0; i < 3; ++i) ended.add_done_callback(Meddler{idle, true});
  EXPECT_EQ(ended.remove_done_callback(meddler([&] { ended.try_set_result(1); })), 0u) << "too late";
  co_await sleep(0s);
  EXPECT_EQ(g_calls, 3) << "each is called once";
}
TEST(DoneCallback, removed_by_function_may_be_compared_by_code_that_uses_the_future) {
  run(meddling_comparisons(), {.workers = 1});
}

TEST(DoneCallback, removed_by_function_removes_all_that_are_equal_and_counts_them) {
  run_in_order(remove_by_function());
}

struct Numbered {
  int number;
  std::vector<int>* called;
  bool operator==(const Numbered& other) const { return number == other.number; }
  void operator()(const AnyFuture&) const { called->push_back(number); }
};
Coro<void> remove_by_value() {
  const Future<int> future = get_running_loop().create_future<int>();
  std::vector<int> called;
  for (const int number : {1, 2, 1, 3}) future.add_done_callback(Numbered{number, &called});
  EXPECT_EQ(future.remove_done_callback(Numbered{1, nullptr}), 2u);
  future.set_result(1);
  co_await sleep(0s);
  EXPECT_EQ(called, (std::vector<int>{2, 3}));
}
TEST(DoneCallback, removed_by_a_callable_compares_with_its_own_equality) { run_in_order(remove_by_value()); }

Coro<void> remove_by_id() {
  const Future<int> future = get_running_loop().create_future<int>();
  std::vector<int> called;
  const CallbackId first = future.add_done_callback([&called](const AnyFuture&) { called.push_back(1); });
  const CallbackId second = future.add_done_callback([&called](const AnyFuture&) { called.push_back(2); });
  EXPECT_FALSE(first == second);
  EXPECT_TRUE(future.remove_done_callback(first));
  EXPECT_FALSE(future.remove_done_callback(first));
  future.set_result(1);
  EXPECT_FALSE(future.remove_done_callback(second));
  co_await sleep(0s);
  EXPECT_EQ(called, std::vector<int>{2});
}
TEST(DoneCallback, removed_by_id_is_not_called) { run_in_order(remove_by_id()); }

Coro<int> wait_for(Future<int> future) { co_return co_await future; }
Coro<void> removal_leaves_waiters() {
  const Future<int> future = get_running_loop().create_future<int>();
  const Task<int> before = create_task(wait_for(future));
  co_await sleep(0s);
  future.add_done_callback(count_call);
  const Task<int> after = create_task(wait_for(future));
  co_await sleep(0s);
  EXPECT_EQ(future.remove_done_callback(count_call), 1u);
  future.set_result(2);
  EXPECT_EQ(co_await before, 2);
  EXPECT_EQ(co_await after, 2);
}
TEST(DoneCallback, removed_leaves_the_tasks_that_wait) { run_in_order(removal_leaves_waiters()); }

Coro<void> throwing(Reports& reports) {
  reports.listen_to(get_running_loop());
  const Future<int> future = get_running_loop().create_future<int>();
  std::atomic<int> called = 0;
  future.add_done_callback([&called](const AnyFuture&) { ++called; });
  future.add_done_callback([](const AnyFuture&) { throw ValueError("in a callback"); });
  future.add_done_callback([&called](const AnyFuture&) { ++called; });
  future.set_result(1);
  co_await sleep(10ms);
  EXPECT_EQ(called, 2);
}
TEST_P(DoneCallbacks, that_throws_is_reported_and_the_others_run) {
  Reports reports;
  run_here(throwing(reports));
  EXPECT_EQ(reports.only().message, "Exception in callback");
  EXPECT_EQ(text_of(reports.only().exception), "weft::ValueError: in a callback");
}

Coro<void> adds_another() {
  const Future<int> future = get_running_loop().create_future<int>();
  int called = 0;
  future.add_done_callback([&called](const AnyFuture& done) {
    ++called;
    done.add_done_callback([&called](const AnyFuture&) { called += 10; });
  });
  future.set_result(1);
  co_await sleep(0s);
  EXPECT_EQ(called, 1);
  co_await sleep(0s);
  EXPECT_EQ(called, 11);
}
TEST(DoneCallback, may_add_another_one) { run_in_order(adds_another()); }

Coro<void> outside_a_task() {
  const Future<int> future = get_running_loop().create_future<int>();
  bool in_task = true;
  future.add_done_callback([&in_task](const AnyFuture&) { in_task = static_cast<bool>(current_task()); });
  future.set_result(1);
  co_await sleep(1ms);
  EXPECT_FALSE(in_task);
}
TEST_P(DoneCallbacks, runs_outside_any_task) { run_here(outside_a_task()); }

TEST(DoneCallback, of_a_future_that_is_dropped_while_it_is_pending_is_destroyed_and_not_called) {
  Census census;
  bool called = false;
  {
    EventLoop loop(RunOptions{.workers = 1});
    const Future<int> future = loop.create_future<int>();
    const Tracked captured(census);
    future.add_done_callback([captured, &called](const AnyFuture&) { called = true; });
    EXPECT_EQ(census.alive(), 2);
  }
  EXPECT_EQ(census.alive(), 0);
  EXPECT_FALSE(called);
}

TEST(DoneCallback, that_is_queued_when_the_loop_closes_is_destroyed_and_not_called) {
  Census census;
  bool called = false;
  {
    EventLoop loop(RunOptions{.workers = 1});
    const Future<int> future = loop.create_future<int>();
    const Tracked captured(census);
    future.add_done_callback([captured, &called](const AnyFuture&) { called = true; });
    future.set_result(1);
    loop.close();
    EXPECT_EQ(census.alive(), 1);
  }
  EXPECT_FALSE(called);
}

// asyncio raises "Event loop is closed" out of set_result() and add_done_callback() then.
TEST(DoneCallback, of_a_future_that_outlives_its_loop_is_never_called) {
  Census census;
  bool called = false;
  {
    EventLoop loop(RunOptions{.workers = 1});
    const Future<int> future = loop.create_future<int>();
    const Tracked captured(census);
    future.add_done_callback([captured, &called](const AnyFuture&) { called = true; });
    loop.close();
    try {
      future.set_result(1);
    } catch (const RuntimeError& error) {
      EXPECT_STREQ(error.what(), "Event loop is closed");
    }
    try {
      future.add_done_callback([captured, &called](const AnyFuture&) { called = true; });
    } catch (const RuntimeError& error) {
      EXPECT_STREQ(error.what(), "Event loop is closed");
    }
  }
  EXPECT_EQ(census.alive(), 0);
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace weft::tests
