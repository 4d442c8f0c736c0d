#include "weft/runtime/flow/timeout.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "task/settings.h"
#include "task/tracked.h"

namespace weft::tests {
namespace {

class TimeoutEverywhere : public EverySetting {};
INSTANTIATE_TEST_SUITE_P(workers, TimeoutEverywhere, every_setting, setting_name);

std::chrono::nanoseconds now() { return get_running_loop().time().time_since_epoch(); }

Coro<void> every_result() {
  int target = 7;
  const auto number = [](Timeout&) -> Coro<int> {
    co_await sleep(1ms);
    co_return 4;
  };
  EXPECT_EQ(co_await with_timeout(1s, number), 4);
  const auto refer = [&target]() -> Coro<int&> { co_return target; };
  int& referred = co_await with_timeout(1s, refer);
  EXPECT_EQ(&referred, &target);
  const auto only_movable = []() -> Coro<std::unique_ptr<int>> { co_return std::make_unique<int>(5); };
  const std::unique_ptr<int> owned = co_await with_timeout(0.5, only_movable);
  EXPECT_EQ(*owned, 5);
  const auto nothing = []() -> Coro<void> { co_return; };
  co_await with_timeout(std::nullopt, nothing);
  co_await with_timeout_at(get_running_loop().time() + 1s, nothing);
  co_await with_timeout_at(std::nullopt, nothing);
}
TEST_P(TimeoutEverywhere, gives_what_its_block_gives) { run_here(every_result()); }

Coro<void> expires_on_time() {
  const auto forever = []() -> Coro<void> { co_await sleep(1h); };
  const auto start = now();
  bool timed_out = false;
  try {
    co_await with_timeout(20ms, forever);
  } catch (const TimeoutError& error) {
    timed_out = true;
    EXPECT_STREQ(error.what(), "the deadline passed");
  }
  EXPECT_TRUE(timed_out);
  EXPECT_EQ(now() - start, 20ms);
  timed_out = false;
  try {
    co_await with_timeout_at(get_running_loop().time() + 30ms, forever);
  } catch (const TimeoutError&) {
    timed_out = true;
  }
  EXPECT_TRUE(timed_out);
  EXPECT_EQ(now() - start, 50ms);
  EXPECT_EQ(current_task().cancelling(), 0u);
  co_await sleep(1ms);  // nothing is left to be delivered
}
TEST_P(TimeoutEverywhere, throws_at_the_deadline_and_leaves_no_cancel_behind) { run_here(expires_on_time()); }

Coro<void> block_owns_its_callable(Census& census) {
  Tracked captured(census, 3);
  const auto block = [captured](Timeout&) -> Coro<int> {
    co_await sleep(1ms);
    co_return captured.value;
  };
  EXPECT_EQ(co_await with_timeout(1s, block), 3);
  { const Coro<int> never_awaited = with_timeout(1s, block); }
}
TEST_P(TimeoutEverywhere, moves_its_callable_into_the_frame_and_destroys_it_once) {
  Census census;
  run_here(block_owns_its_callable(census));
  EXPECT_EQ(census.alive(), 0);
}

Coro<void> many_at_once(int& timed_out, int& in_time) {
  std::vector<Coro<bool>> children;
  const auto child = [](std::chrono::milliseconds needs) -> Coro<bool> {
    const auto block = [needs]() -> Coro<void> { co_await sleep(needs); };
    try {
      co_await with_timeout(50ms, block);
    } catch (const TimeoutError&) {
      co_return false;
    }
    co_return true;
  };
  for (int i = 0; i < 200; ++i) children.push_back(child(i % 2 == 0 ? 10ms : 1h));
  for (const bool completed : co_await fork_join(std::move(children))) ++(completed ? in_time : timed_out);
}
TEST_P(TimeoutEverywhere, of_many_tasks_at_once_expire_one_by_one) {
  int timed_out = 0;
  int in_time = 0;
  run_here(many_at_once(timed_out, in_time));
  EXPECT_EQ(timed_out, 100);
  EXPECT_EQ(in_time, 100);
}

Coro<std::string> cancelled_just_before() {
  const auto body = []() -> Coro<std::string> {
    current_task().cancel();  // nobody has told this task yet when the block begins
    const auto forever = []() -> Coro<void> { co_await sleep(1h); };
    try {
      co_await with_timeout(0s, forever);
    } catch (const TimeoutError&) {
      co_return "TimeoutError";
    } catch (const CancelledError&) {
      co_return "CancelledError";
    }
    co_return "nothing";
  };
  co_return co_await create_task(body);
}
TEST_P(TimeoutEverywhere, does_not_take_a_cancel_that_came_just_before_its_block_for_its_own_but_in_order_asyncio) {
  EXPECT_EQ(run_here(cancelled_just_before()), GetParam().order == Order::asyncio ? "TimeoutError" : "CancelledError");
}

Coro<void> moved_by_another_task(std::string& said) {
  const auto block = [&said](Timeout& timeout) -> Coro<void> {
    const auto other = [&]() -> Coro<void> {
      try {
        timeout.reschedule(std::nullopt);
      } catch (const RuntimeError& error) {
        said = error.what();
      }
      co_return;
    };
    co_await create_task(other);
  };
  co_await with_timeout(1h, block);
}
TEST_P(TimeoutEverywhere, is_moved_by_another_task_in_order_asyncio_only) {
  std::string said;
  run_here(moved_by_another_task(said));
  EXPECT_EQ(said.substr(0, said.find(',')),
            GetParam().order == Order::asyncio
                ? ""
                : "Timeout::reschedule: only the task that runs the block may move its deadline");
}

TEST(Timeout, outside_a_task_is_refused) {
  EXPECT_THROW(Timeout{Delay()}, RuntimeError);
  EventLoop loop(RunOptions{.workers = 1});
  bool refused = false;
  loop.call_soon([&] {
    try {
      const Timeout timeout{Delay()};
    } catch (const RuntimeError&) {
      refused = true;
    }
    loop.stop();
  });
  loop.run_forever();
  EXPECT_TRUE(refused);
}

Coro<void> says_why() {
  Timeout timeout(get_running_loop().time() + 1s);
  EXPECT_FALSE(timeout.expired());
  timeout.exit();
  timeout.exit();
  EXPECT_FALSE(timeout.converts());
  try {
    timeout.reschedule(std::nullopt);
    ADD_FAILURE() << "a finished timeout was rescheduled";
  } catch (const RuntimeError& error) {
    EXPECT_STREQ(error.what(), "Cannot change state of finished Timeout; its block has ended");
  }
  co_return;
}
TEST(Timeout, that_has_ended_is_not_rescheduled) { run_in_order(says_why()); }

Coro<void> left_behind() {
  Timeout timeout(get_running_loop().time() + 1h);
  co_await sleep(2h);
}
TEST(Timeout, is_destroyed_with_a_loop_that_is_closed_while_its_block_waits) {
  VirtualClock clock;
  EventLoop loop(RunOptions{.workers = 1, .clock = &clock});
  loop.set_exception_handler([](const ExceptionContext&) {});
  const Task<void> task = loop.create_task(left_behind());
  loop.call_soon([&loop] { loop.stop(); });
  loop.run_forever();
  loop.close();
  EXPECT_TRUE(task.done());
}

}  // namespace
}  // namespace weft::tests
