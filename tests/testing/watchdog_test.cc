#include "weft/testing/watchdog.h"

#include <gtest/gtest.h>

#include "task/settings.h"

namespace weft::tests {
namespace {

using weft::testing::Watchdog;

Coro<void> waits_for_ever() { co_await get_running_loop().create_future(); }

TEST(Watchdog, stops_a_loop_that_runs_for_too_long) {
  Watchdog watchdog(50ms);
  EventLoop loop({.workers = 2, .order = Order::depth_first});
  watchdog.watch(loop, "a test");
  EXPECT_THROW(loop.run_until_complete(waits_for_ever()), RuntimeError);
  EXPECT_TRUE(watchdog.has_stopped());
  watchdog.leave();
  loop.set_exception_handler([](const ExceptionContext&) {});
}

Coro<void> lasts_longer() { co_await sleep(120ms); }

TEST(Watchdog, leaves_alone_a_loop_that_it_does_not_watch_any_more) {
  Watchdog watchdog(30ms);
  EventLoop loop({.workers = 1});
  watchdog.watch(loop, "a test");
  watchdog.leave();
  EXPECT_NO_THROW(loop.run_until_complete(lasts_longer()));
  EXPECT_FALSE(watchdog.has_stopped());
}

}  // namespace
}  // namespace weft::tests
