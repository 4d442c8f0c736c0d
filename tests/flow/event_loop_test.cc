#include "weft/runtime/flow/event_loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class EventLoopEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, EventLoopEverywhere, every_setting, setting_name);

Coro<int> after(std::chrono::milliseconds delay, int value) {
  co_await sleep(delay);
  co_return value;
}

template <class Function>
std::string refusal_of(Function function) {
  try {
    function();
  } catch (const RuntimeError& error) {
    return error.what();
  }
  return "accepted";
}

// --- call_soon ---------------------------------------------------------------------------------------------------------

TEST(EventLoop, calls_in_the_order_in_which_they_were_scheduled_with_their_arguments) {
  EventLoop loop(RunOptions{.workers = 1});
  std::vector<int> called;
  for (int i = 0; i < 5; ++i) loop.call_soon([&called](int number) { called.push_back(number); }, i);
  loop.call_soon([&called](std::unique_ptr<int> number) { called.push_back(*number); }, std::make_unique<int>(5));
  loop.call_soon(&EventLoop::stop, &loop);
  EXPECT_TRUE(called.empty());
  loop.run_forever();
  EXPECT_EQ(called, (std::vector<int>{0, 1, 2, 3, 4, 5}));
}

TEST(EventLoop, calls_what_was_scheduled_during_a_turn_in_the_next_one) {
  EventLoop loop(RunOptions{.workers = 1});
  std::vector<int> called;
  loop.call_soon([&] {
    called.push_back(1);
    loop.call_soon([&called] { called.push_back(3); });
  });
  loop.call_soon([&] {
    called.push_back(2);
    loop.stop();
  });
  loop.run_forever();
  EXPECT_EQ(called, (std::vector<int>{1, 2}));
  loop.call_soon([&loop] { loop.stop(); });
  loop.run_forever();
  EXPECT_EQ(called, (std::vector<int>{1, 2, 3}));
}

TEST_P(EventLoopEverywhere, reports_a_callback_that_throws_and_goes_on) {
  EventLoop loop(options());
  Reports reports;
  reports.listen_to(loop);
  std::atomic<int> called = 0;
  loop.call_soon([] { throw ValueError("in a callback"); });
  loop.call_soon([&called] { ++called; });
  loop.call_later(1ms, [] { throw 42; });
  loop.call_later(2ms, [&] {
    ++called;
    loop.stop();
  });
  loop.run_forever();
  EXPECT_EQ(called, 2);
  ASSERT_EQ(reports.count(), 2u);
  EXPECT_EQ(reports.all()[0].message, "Exception in callback");
  EXPECT_EQ(text_of(reports.all()[0].exception), "weft::ValueError: in a callback");
  EXPECT_EQ(text_of(reports.all()[1].exception), "an exception that is no std::exception");
}

TEST_P(EventLoopEverywhere, takes_calls_from_other_threads_while_it_has_nothing_to_do) {
  EventLoop loop({.workers = GetParam().workers, .order = GetParam().order});
  std::atomic<int> called = 0;
  std::thread outside([&] {
    for (int i = 0; i < 200; ++i) {
      loop.call_soon_threadsafe([&called] { ++called; });
      const auto deadline = std::chrono::steady_clock::now() + 20s;
      while (called <= i) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "call " << i << " was not made within 20 s";
        std::this_thread::yield();
      }
    }
    loop.stop();
  });
  loop.run_forever();
  outside.join();
  EXPECT_EQ(called, 200);
}

// --- timers ------------------------------------------------------------------------------------------------------------

TEST_P(EventLoopEverywhere, calls_timers_at_their_time_on_its_own_clock) {
  EventLoop loop(options());
  EXPECT_EQ(loop.time().time_since_epoch(), 0ns);
  std::vector<std::pair<int, std::chrono::nanoseconds>> called;
  const auto note = [&](int number) { called.emplace_back(number, loop.time().time_since_epoch()); };
  loop.call_later(20ms, note, 2);
  loop.call_at(TimePoint(10ms), note, 1);
  loop.call_later(std::chrono::duration<double>(0.03), note, 3);
  loop.call_later(40ms, [&loop] { loop.stop(); });
  loop.run_forever();
  const std::vector<std::pair<int, std::chrono::nanoseconds>> expected{{1, 10ms}, {2, 20ms}, {3, 30ms}};
  EXPECT_EQ(called, expected);
  EXPECT_EQ(loop.time().time_since_epoch(), 40ms);
}

TEST(EventLoop, calls_timers_of_one_deadline_in_the_order_of_creation) {
  VirtualClock clock;
  EventLoop loop({.workers = 1, .clock = &clock});
  std::vector<int> called;
  for (int i = 0; i < 50; ++i) loop.call_at(TimePoint(10ms), [&called, i] { called.push_back(i); });
  loop.call_later(11ms, [&loop] { loop.stop(); });
  loop.run_forever();
  ASSERT_EQ(called.size(), 50u);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(called[static_cast<std::size_t>(i)], i);
}

TEST_P(EventLoopEverywhere, calls_a_timer_that_is_due_already_in_the_next_turn) {
  EventLoop loop(options());
  std::atomic<int> called = 0;
  loop.call_later(-5s, [&called] { ++called; });
  loop.call_later(0s, [&called] { ++called; });
  loop.call_at(TimePoint(-1h), [&called] { ++called; });
  loop.call_later(1ms, [&loop] { loop.stop(); });
  loop.run_forever();
  EXPECT_EQ(called, 3);
  EXPECT_EQ(loop.time().time_since_epoch(), 1ms);
}

TEST(EventLoop, refuses_a_delay_that_is_not_a_number) {
  EventLoop loop(RunOptions{.workers = 1});
  const std::chrono::duration<double> nan(std::numeric_limits<double>::quiet_NaN());
  EXPECT_THROW(loop.call_later(nan, [] {}), ValueError);
}

TEST(EventLoop, uses_a_real_clock_that_goes_on_unless_it_is_given_one) {
  EventLoop loop(RunOptions{.workers = 1});
  const TimePoint before = loop.time();
  loop.call_later(2ms, [&loop] { loop.stop(); });
  loop.run_forever();
  EXPECT_GE(loop.time() - before, 2ms);
}

// --- run, stop, close --------------------------------------------------------------------------------------------------

TEST(EventLoop, stopped_before_it_runs_makes_one_turn) {
  EventLoop loop(RunOptions{.workers = 1});
  int called = 0;
  loop.call_soon([&] {
    ++called;
    loop.call_soon([&called] { called += 100; });
  });
  loop.stop();
  loop.run_forever();
  EXPECT_EQ(called, 1);
  EXPECT_FALSE(loop.is_running());
}

TEST_P(EventLoopEverywhere, runs_until_a_task_is_done_and_again) {
  EventLoop loop(options());
  EXPECT_EQ(loop.run_until_complete(after(5ms, 1)), 1);
  EXPECT_EQ(loop.run_until_complete(after(5ms, 2)), 2);
  const Task<int> background = loop.create_task(after(20ms, 3));
  EXPECT_EQ(loop.run_until_complete(after(1ms, 4)), 4);
  EXPECT_FALSE(background.done());
  EXPECT_EQ(loop.run_until_complete(background), 3);
  EXPECT_EQ(loop.run_until_complete(loop.create_task(after(0ms, 5))), 5);
  EXPECT_EQ(loop.time().time_since_epoch(), 30ms);
}

Coro<int> fail() {
  co_await sleep(1ms);
  throw ValueError("the main one");
}
TEST_P(EventLoopEverywhere, run_until_complete_throws_what_the_task_threw) {
  EventLoop loop(options());
  EXPECT_THROW(loop.run_until_complete(fail()), ValueError);
  const Task<int> cancelled = loop.create_task(after(1ms, 1));
  cancelled.cancel();
  EXPECT_THROW(loop.run_until_complete(cancelled), CancelledError);
}

TEST(EventLoop, stopped_while_it_runs_until_something_is_complete_says_so) {
  EventLoop loop(RunOptions{.workers = 1});
  loop.set_exception_handler([](const ExceptionContext&) {});
  loop.call_soon([&loop] { loop.stop(); });
  const auto run_it = [&loop] { loop.run_until_complete(after(1h, 1)); };
  EXPECT_EQ(refusal_of(run_it), "Event loop stopped before Future completed.");
}

Coro<void> reenter(std::string& same, std::string& other, std::string& nested_run) {
  EventLoop another(RunOptions{.workers = 1});
  EventLoop& loop = get_running_loop();
  EXPECT_TRUE(loop.is_running());
  same = refusal_of([&loop] { loop.run_forever(); });
  other = refusal_of([&another] { another.run_forever(); });
  nested_run = refusal_of([] { run(after(0ms, 1)); });
  co_return;
}
TEST_P(EventLoopEverywhere, refuses_to_run_inside_a_running_loop) {
  std::string same;
  std::string other;
  std::string nested_run;
  run_here(reenter(same, other, nested_run));
  EXPECT_NE(same, "accepted");
  EXPECT_NE(other, "accepted");
  EXPECT_NE(nested_run.find("cannot be called from a running event loop"), std::string::npos) << nested_run;
}

TEST(EventLoop, refuses_to_run_in_two_threads) {
  EventLoop loop(RunOptions{.workers = 1});
  std::string refusal;
  loop.call_soon([&] {
    std::thread([&] { refusal = refusal_of([&loop] { loop.run_forever(); }); }).join();
    loop.stop();
  });
  loop.run_forever();
  EXPECT_NE(refusal.find("already running in another thread"), std::string::npos) << refusal;
}

Coro<std::string> close_running() {
  co_return refusal_of([] { get_running_loop().close(); });
}
TEST_P(EventLoopEverywhere, refuses_to_be_closed_while_it_runs) {
  EXPECT_NE(run_here(close_running()).find("Cannot close a running event loop"), std::string::npos);
}

TEST(EventLoop, closed_refuses_everything_and_can_be_closed_again) {
  EventLoop loop(RunOptions{.workers = 1});
  EXPECT_FALSE(loop.is_closed());
  loop.close();
  loop.close();
  EXPECT_TRUE(loop.is_closed());
  EXPECT_FALSE(loop.is_running());
  const std::string closed = "Event loop is closed";
  EXPECT_EQ(refusal_of([&] { loop.call_soon([] {}); }), closed);
  EXPECT_EQ(refusal_of([&] { loop.call_soon_threadsafe([] {}); }), closed);
  EXPECT_EQ(refusal_of([&] { loop.call_later(1s, [] {}); }), closed);
  EXPECT_EQ(refusal_of([&] { loop.call_at(TimePoint(), [] {}); }), closed);
  EXPECT_EQ(refusal_of([&] { static_cast<void>(loop.create_future<int>()); }), closed);
  EXPECT_EQ(refusal_of([&] { loop.create_task(after(1ms, 1)); }), closed);
  EXPECT_EQ(refusal_of([&] { loop.run_forever(); }), closed);
  EXPECT_EQ(refusal_of([&] { loop.run_until_complete(after(1ms, 1)); }), closed);
  EXPECT_EQ(refusal_of([&] { loop.set_debug(true); }), closed);
}

TEST(EventLoop, closed_drops_what_is_queued_without_calling_it) {
  Census census;
  int called = 0;
  {
    EventLoop loop(RunOptions{.workers = 1});
    const Tracked captured(census);
    loop.call_soon([captured, &called] { ++called; });
    loop.call_later(1ms, [captured, &called] { ++called; });
    EXPECT_EQ(census.alive(), 3);
    loop.close();
    EXPECT_EQ(census.alive(), 1);
  }
  EXPECT_EQ(called, 0);
}

struct SchedulesWhenDestroyed {
  explicit SchedulesWhenDestroyed(EventLoop& target) : loop(&target) {}
  SchedulesWhenDestroyed(SchedulesWhenDestroyed&& other) noexcept : loop(std::exchange(other.loop, nullptr)) {}
  ~SchedulesWhenDestroyed() {
    if (loop == nullptr) return;
    EXPECT_EQ(refusal_of([this] { loop->call_soon([] {}); }), "Event loop is closed");
  }
  EventLoop* loop;
};
Coro<void> hold_until_the_end(SchedulesWhenDestroyed held) {
  static_cast<void>(held);
  co_await sleep(1h);
}
TEST(EventLoop, is_closed_for_destructors_of_what_dies_with_it) {
  for (const bool by_hand : {true, false}) {
    EventLoop loop(RunOptions{.workers = 1});
    loop.set_exception_handler([](const ExceptionContext&) {});
    loop.create_task(hold_until_the_end(SchedulesWhenDestroyed(loop)));
    loop.call_soon([&loop] { loop.stop(); });
    loop.run_forever();
    if (by_hand) loop.close();
  }
}

TEST(EventLoop, is_the_running_one_only_while_it_runs) {
  EXPECT_NE(refusal_of([] { get_running_loop(); }).find("no running event loop"), std::string::npos);
  EventLoop loop(RunOptions{.workers = 1});
  EventLoop* seen = nullptr;
  loop.call_soon([&] {
    seen = &get_running_loop();
    EXPECT_EQ(&get_event_loop(), seen);
    EXPECT_TRUE(loop.is_running());
    loop.stop();
  });
  loop.run_forever();
  EXPECT_EQ(seen, &loop);
  EXPECT_THROW(get_event_loop(), RuntimeError);
}

// --- exception handler, debug ------------------------------------------------------------------------------------------

TEST(EventLoop, gives_the_context_to_the_handler_that_is_set) {
  EventLoop loop(RunOptions{.workers = 1});
  Reports reports;
  reports.listen_to(loop);
  loop.call_exception_handler({"by hand", std::make_exception_ptr(ValueError("e")), "some task"});
  EXPECT_EQ(reports.only().message, "by hand");
  EXPECT_EQ(reports.only().task_name, "some task");
  loop.set_exception_handler(nullptr);
  testing::internal::CaptureStderr();
  loop.call_exception_handler({"by default", nullptr, {}});
  EventLoop::default_exception_handler({"called directly", nullptr, {}});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "by default\ncalled directly\n");
  EXPECT_EQ(reports.count(), 1u);
}

TEST(EventLoop, goes_on_when_its_handler_throws) {
  EventLoop loop(RunOptions{.workers = 1});
  loop.set_exception_handler([](const ExceptionContext&) { throw RuntimeError("the handler"); });
  bool went_on = false;
  loop.call_soon([] { throw ValueError("the callback"); });
  loop.call_soon([&] {
    went_on = true;
    loop.stop();
  });
  testing::internal::CaptureStderr();
  loop.run_forever();
  const std::string written = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(went_on);
  EXPECT_NE(written.find("the handler"), std::string::npos) << written;
  EXPECT_NE(written.find("the callback"), std::string::npos) << written;
}

TEST(EventLoop, switches_debug_mode) {
  EventLoop loop(RunOptions{.workers = 1});
  EXPECT_FALSE(loop.get_debug());
  loop.set_debug(true);
  EXPECT_TRUE(loop.get_debug());
  EXPECT_TRUE(EventLoop(RunOptions{.workers = 1, .debug = true}).get_debug());
}

}  // namespace
}  // namespace weft::tests
