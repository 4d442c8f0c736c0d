#include "weft/runtime/flow/ensure_future.h"

#include <gtest/gtest.h>

#include <coroutine>
#include <string>
#include <tuple>

#include "task/settings.h"

namespace weft::tests {
namespace {

class EnsureFutureEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, EnsureFutureEverywhere, every_setting, setting_name);

Coro<int> after(std::chrono::milliseconds delay, int value) {
  co_await sleep(delay);
  co_return value;
}
Coro<int> fail() {
  co_await sleep(1ms);
  throw ValueError("a child");
}

Coro<void> every_kind() {
  const Task<int> task = ensure_future(after(1ms, 1), {.name = "named"});
  EXPECT_EQ(task.get_name(), "named");
  EXPECT_TRUE(ensure_future(task) == task);
  const Future<int> future = get_running_loop().create_future<int>();
  EXPECT_TRUE(ensure_future(future) == future);
  const Task<int> slept = ensure_future(sleep(1ms, 2));
  EXPECT_EQ(co_await task + co_await slept, 3);
}
TEST_P(EnsureFutureEverywhere, gives_handles_back_and_makes_tasks_of_coroutines) { run_here(every_kind()); }

Coro<void> gathers_start_now() {
  const auto start = get_running_loop().time();
  const auto both = ensure_future(gather(after(10ms, 1), after(20ms, 2)));
  EXPECT_TRUE(ensure_future(both) == both);
  EXPECT_FALSE(both.done());
  std::string said;
  try {
    static_cast<void>(both.result());
  } catch (const InvalidStateError& error) {
    said = error.what();
  }
  EXPECT_EQ(said,
            "GatherHandle::result(): the result of <gather of 2 pending> is not ready; await it, or ask done() first");
  co_await sleep(15ms);
  const auto& results = co_await both;
  EXPECT_EQ(get_running_loop().time() - start, 20ms);
  EXPECT_EQ(std::get<0>(results) + std::get<1>(results), 3);
  EXPECT_EQ(std::get<1>(both.result()), 2) << "the handle keeps the results";
  const auto fails = ensure_future(gather(fail(), after(5ms, 1)));
  bool failed = false;
  try {
    static_cast<void>(co_await fails);
  } catch (const ValueError&) {
    failed = true;
  }
  EXPECT_TRUE(failed);
  const auto cancelled = ensure_future(gather(after(1h, 1)));
  EXPECT_TRUE(cancelled.cancel());
  bool heard = false;
  try {
    static_cast<void>(co_await cancelled);
  } catch (const CancelledError&) {
    heard = true;
  }
  EXPECT_TRUE(heard);
}
TEST_P(EnsureFutureEverywhere, starts_a_gather_and_keeps_its_results) { run_here(gathers_start_now()); }

// Awaitables that a program writes: an awaiter, and one that makes its awaiter.
struct Ready {
  int value;
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  int await_resume() const noexcept { return value; }
};
struct Delayed {
  int value;
  Task<int>::Awaiter operator co_await() && { return create_task(after(5ms, value)).operator co_await(); }
};
Coro<void> own_awaitables() {
  const Task<int> ready = ensure_future(Ready{1}, {.name = "named"});
  EXPECT_EQ(ready.get_name(), "named");
  EXPECT_EQ(co_await ready, 1);
  EXPECT_EQ(co_await ensure_future(Delayed{2}), 2);
  const auto both = co_await gather(Ready{3}, Delayed{4});
  EXPECT_EQ(std::get<0>(both) + std::get<1>(both), 7);
  EXPECT_EQ(co_await shield(Delayed{5}), 5);
  EXPECT_EQ(co_await wait_for(Ready{6}, 1s), 6);
  bool timed_out = false;
  try {
    co_await wait_for(Delayed{7}, 1ms);
  } catch (const TimeoutError&) {
    timed_out = true;
  }
  EXPECT_TRUE(timed_out);
}
TEST_P(EnsureFutureEverywhere, makes_tasks_of_awaitables_that_the_program_has_written) { run_here(own_awaitables()); }

Coro<void> any_task() {
  const AnyTask self = current_task();
  EXPECT_TRUE(ensure_future(self) == self);
  co_return;
}
TEST_P(EnsureFutureEverywhere, gives_a_task_of_unknown_type_back) { run_here(any_task()); }

TEST(EnsureFuture, outside_a_loop_is_refused) { EXPECT_THROW(ensure_future(after(1ms, 1)), RuntimeError); }

}  // namespace
}  // namespace weft::tests
