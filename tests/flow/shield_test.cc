#include "weft/runtime/flow/shield.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>

#include "task/settings.h"

namespace weft::tests {
namespace {

class ShieldEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, ShieldEverywhere, every_setting, setting_name);

Coro<int> after(std::chrono::milliseconds delay, int value) {
  co_await sleep(delay);
  co_return value;
}
Coro<int> fail_after(std::chrono::milliseconds delay) {
  co_await sleep(delay);
  throw ValueError("inner");
}
Coro<std::unique_ptr<int>> own(int value) {
  co_await sleep(1ms);
  co_return std::make_unique<int>(value);
}
Coro<void> nothing() { co_return; }

Coro<void> every_kind() {
  EXPECT_EQ(co_await shield(after(1ms, 1)), 1);
  EXPECT_EQ(co_await shield(create_task(after(1ms, 2))), 2);
  const Future<int> future = get_running_loop().create_future<int>();
  get_running_loop().call_later(1ms, [future] { future.set_result(3); });
  EXPECT_EQ(co_await shield(future), 3);
  co_await shield(nothing());
  co_await shield(sleep(1ms));
  const auto both = co_await shield(gather(after(1ms, 4), after(2ms, 5)));
  EXPECT_EQ(std::get<0>(both) + std::get<1>(both), 9);
  const Future<std::unique_ptr<int>> moved = shield(own(6));
  std::unique_ptr<int>& result = co_await moved;
  EXPECT_EQ(*result, 6);
  const Task<std::unique_ptr<int>> task = create_task(own(7));
  std::unique_ptr<int>& referred = co_await shield(task);
  EXPECT_EQ(*referred, 7);
  EXPECT_EQ(&referred, &task.result());
}
TEST_P(ShieldEverywhere, gives_what_the_inner_gives) { run_here(every_kind()); }

Coro<void> outer_is_cancelled() {
  const Task<int> inner = create_task(after(20ms, 1));
  const Task<int> outer = create_task([](Task<int> task) -> Coro<int> { co_return co_await shield(task); }, inner);
  co_await sleep(10ms);
  outer.cancel("impatient");
  std::string message;
  try {
    static_cast<void>(co_await outer);
  } catch (const CancelledError& error) {
    message = error.message();
  }
  EXPECT_EQ(message, "impatient");
  EXPECT_FALSE(inner.done());
  EXPECT_EQ(co_await inner, 1);
}
TEST_P(ShieldEverywhere, protects_the_inner_from_a_cancel_of_the_outer) { run_here(outer_is_cancelled()); }

Coro<void> inner_ends_badly() {
  const Task<int> cancelled = create_task(after(1h, 1));
  const Future<int> outer = shield(cancelled);
  cancelled.cancel();
  bool heard = false;
  try {
    static_cast<void>(co_await outer);
  } catch (const CancelledError&) {
    heard = true;
  }
  EXPECT_TRUE(heard);
  EXPECT_TRUE(outer.cancelled());
  std::string said;
  try {
    static_cast<void>(co_await shield(fail_after(1ms)));
  } catch (const ValueError& error) {
    said = error.what();
  }
  EXPECT_EQ(said, "inner");
}
TEST_P(ShieldEverywhere, passes_on_how_the_inner_ends) { run_here(inner_ends_badly()); }

Coro<void> unheard_errors(Reports& reports) {
  reports.listen_to(get_running_loop());
  {
    const Future<int> outer = shield(fail_after(1ms));
    outer.cancel();
  }
  co_await sleep(2ms);
}
TEST_P(ShieldEverywhere, leaves_an_error_after_the_outer_was_cancelled_to_be_reported_as_never_retrieved) {
  Reports reports;
  run_here(unheard_errors(reports));
  EXPECT_EQ(reports.only().message, "Task exception was never retrieved");
}

Coro<void> plain_future_that_nobody_ends() {
  const auto token = std::make_shared<int>();
  {
    const Future<int> inner = get_running_loop().create_future<int>();
    inner.add_done_callback([token](const AnyFuture&) {});
    const Future<int> outer = shield(inner);
    outer.add_done_callback([token](const AnyFuture&) {});
    EXPECT_EQ(token.use_count(), 3);
  }
  EXPECT_EQ(token.use_count(), 1);
  co_return;
}
TEST_P(ShieldEverywhere, keeps_nothing_of_a_plain_future_that_nobody_ends) {
  run_here(plain_future_that_nobody_ends());
}

Coro<void> dropped_outer(Reports& reports) {
  reports.listen_to(get_running_loop());
  {
    const Future<int> inner = get_running_loop().create_future<int>();
    static_cast<void>(shield(inner));
    inner.set_exception(ValueError("nobody looks"));
    co_await sleep(1ms);
  }
  co_await sleep(1ms);
}
TEST_P(ShieldEverywhere, leaves_an_error_of_a_plain_future_to_be_reported_when_the_outer_was_dropped) {
  Reports reports;
  run_here(dropped_outer(reports));
  EXPECT_EQ(reports.only().message, "Future exception was never retrieved");
}

Coro<void> error_and_cancel_at_once(Reports& reports) {
  reports.listen_to(get_running_loop());
  {
    const Future<int> inner = get_running_loop().create_future<int>();
    const Future<int> outer = shield(inner);
    inner.set_exception(ValueError("overtaken"));
    outer.cancel();
    co_await sleep(1ms);
    EXPECT_TRUE(outer.cancelled());
  }
  co_await sleep(1ms);
}
TEST(Shield, takes_an_error_that_a_cancel_of_the_outer_overtakes_as_retrieved) {
  Reports reports;
  run_in_order(error_and_cancel_at_once(reports));
  EXPECT_EQ(reports.count(), 0u);
}

}  // namespace
}  // namespace weft::tests
