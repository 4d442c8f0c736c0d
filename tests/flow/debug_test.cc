// Debug mode, as an event loop's user meets it; what each check finds is tested with the check.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <thread>

#include "task/settings.h"

namespace weft::tests {
namespace {

// What `use` throws on a thread that is not the loop's, while the loop runs.
std::string said_on_another_thread(RunOptions options, const std::function<void(EventLoop&)>& use) {
  std::string said = "nothing";
  EventLoop loop(std::move(options));
  const auto main = [&]() -> Coro<void> {
    const Future<void> over = loop.create_future<void>();
    std::thread thread([&] {
      try {
        use(loop);
      } catch (const RuntimeError& error) {
        said = error.what();
      }
      loop.call_soon_threadsafe([over] { over.set_result(); });
    });
    co_await over;
    thread.join();
  };
  loop.run_until_complete(main());
  return said;
}

Coro<void> nothing() { co_return; }

void schedule_callback(EventLoop& loop) {
  loop.call_soon([] {});
}
void set_timer(EventLoop& loop) {
  loop.call_later(1ms, [] {});
}
void make_task(EventLoop& loop) { loop.create_task(nothing()); }

const std::string kRefusal =
    ": Non-thread-safe operation invoked on an event loop other than the current one; use call_soon_threadsafe or "
    "run_coroutine_threadsafe";

TEST(DebugMode, refuses_a_call_from_another_thread_in_order_asyncio) {
  const RunOptions strict{.workers = 1, .order = Order::asyncio, .debug = true};
  EXPECT_EQ(said_on_another_thread(strict, schedule_callback), "call_soon" + kRefusal);
  EXPECT_EQ(said_on_another_thread(strict, set_timer), "call_at" + kRefusal);
  EXPECT_EQ(said_on_another_thread(strict, make_task), "create_task" + kRefusal);
}

TEST(DebugMode, lets_other_threads_call_where_the_order_promises_nothing_else) {
  for (const RunOptions& options :
       {RunOptions{.workers = 2, .debug = true}, RunOptions{.workers = 1, .order = Order::asyncio, .debug = false}}) {
    for (const auto& use : {schedule_callback, set_timer, make_task}) {
      EXPECT_EQ(said_on_another_thread(options, use), "nothing");
    }
  }
}

TEST(DebugMode, lets_any_thread_call_a_loop_that_does_not_run) {
  EventLoop loop(RunOptions{.workers = 1, .order = Order::asyncio, .debug = true});
  std::thread thread([&loop] { loop.call_soon([&loop] { loop.stop(); }); });
  thread.join();
  loop.run_forever();
}

Coro<int> fails() {
  throw ValueError("lost");
  co_return 0;
}
constexpr int kCreatesFuture = __LINE__ + 3;
Coro<void> drops_a_failed_future(Reports& reports) {
  reports.listen_to(get_running_loop());
  get_running_loop().create_future<int>().set_exception(ValueError("lost"));
  co_return;
}
TEST(DebugMode, tells_where_a_future_was_created_whose_error_nobody_retrieved) {
  for (const bool debug : {false, true}) {
    Reports reports;
    run(drops_a_failed_future(reports), {.workers = 1, .debug = debug});
    EXPECT_EQ(reports.only().message, "Future exception was never retrieved");
    const std::string place = std::string(__FILE__) + ":" + std::to_string(kCreatesFuture);
    EXPECT_EQ(reports.only().created_at, debug ? place : "");
  }
}

TEST(DebugMode, tells_where_a_task_was_created_whose_error_nobody_retrieved) {
  Reports reports;
  EventLoop loop(RunOptions{.workers = 1, .debug = true});
  reports.listen_to(loop);
  unsigned line = 0;
  const auto main = [&]() -> Coro<void> {
    line = __LINE__ + 1;
    create_task(fails(), {.name = "lost"});
    co_await sleep(0s);
    co_await sleep(0s);
  };
  loop.run_until_complete(main());
  const ExceptionContext report = reports.only();
  EXPECT_EQ(report.message, "Task exception was never retrieved");
  EXPECT_EQ(report.task_name, "lost");
  EXPECT_EQ(report.created_at, std::string(__FILE__) + ":" + std::to_string(line));
}

TEST(DebugMode, tells_where_a_task_was_created_that_is_destroyed_while_it_is_pending) {
  Reports reports;
  {
    EventLoop loop(RunOptions{.workers = 1, .debug = true});
    reports.listen_to(loop);
    loop.create_task(nothing(), {.name = "pending"});
  }
  const ExceptionContext report = reports.only();
  EXPECT_EQ(report.message, "Task was destroyed but it is pending!");
  EXPECT_NE(report.created_at.find("debug_test.cc:"), std::string::npos) << report.created_at;
}

}  // namespace
}  // namespace weft::tests
