#include "weft/runtime/task/step_watch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "task/settings.h"

namespace weft::tests {
namespace {

// Moves when the code under test says so, and on its own thread only: a step that ends on another worker meanwhile has not taken longer.
class OwnTime final : public Clock {
 public:
  std::int64_t now() const noexcept override { return passed_; }
  [[gnu::noinline]] static void pass(std::chrono::nanoseconds time) { passed_ += time.count(); }

 private:
  static thread_local std::int64_t passed_;
};
thread_local std::int64_t OwnTime::passed_ = 0;

class StepWatchTest : public testing::TestWithParam<Setting> {
 protected:
  RunOptions options(bool debug) {
    return {.workers = GetParam().workers, .order = GetParam().order, .debug = debug, .clock = &clock_};
  }
  Coro<void> busy(std::chrono::nanoseconds time) {
    OwnTime::pass(time);
    co_return;
  }
  template <class Main>
  std::vector<std::string> reports_of(bool debug, Main main) {
    Reports reports;
    EventLoop loop(options(debug));
    reports.listen_to(loop);
    loop.run_until_complete(main());
    std::vector<std::string> texts;
    for (const ExceptionContext& context : reports.all()) texts.push_back(context.task_name + ": " + context.message);
    return texts;
  }
  OwnTime clock_;
};
INSTANTIATE_TEST_SUITE_P(workers, StepWatchTest, every_setting, setting_name);
using Texts = std::vector<std::string>;

TEST_P(StepWatchTest, reports_a_task_whose_step_took_too_long_and_where_it_was_created) {
  unsigned line = 0;
  const auto main = [&]() -> Coro<void> {
    line = __LINE__ + 1;
    const Task<void> slow = create_task(busy(150ms), {.name = "slow"});
    co_await slow;
    co_await create_task(busy(99ms), {.name = "quick"});
  };
  const Texts texts = reports_of(true, main);
  ASSERT_EQ(texts.size(), 1u);
  EXPECT_EQ(texts[0], "slow: Executing <Task 'slow' done created at " + std::string(__FILE__) + ":" +
                          std::to_string(line) + "> took 0.150 seconds");
}

TEST_P(StepWatchTest, says_nothing_without_debug_mode) {
  const auto main = [&]() -> Coro<void> { co_await create_task(busy(1s)); };
  EXPECT_EQ(reports_of(false, main), Texts());
}

TEST_P(StepWatchTest, is_switched_while_the_loop_runs) {
  const auto main = [&]() -> Coro<void> {
    EventLoop& loop = get_running_loop();
    co_await create_task(busy(1s), {.name = "unwatched"});
    loop.set_debug(true);
    EXPECT_EQ(loop.slow_callback_duration(), 100ms);
    loop.set_slow_callback_duration(10ms);
    co_await create_task(busy(20ms), {.name = "watched"});
    co_await create_task(busy(9ms), {.name = "quick"});
    loop.set_debug(false);
    co_await create_task(busy(1s), {.name = "unwatched"});
  };
  const Texts texts = reports_of(false, main);
  ASSERT_EQ(texts.size(), 1u);
  EXPECT_TRUE(texts[0].starts_with("watched: Executing <Task 'watched' done created at ")) << texts[0];
}

TEST_P(StepWatchTest, reports_a_slow_callback_by_its_type) {
  const auto main = [&]() -> Coro<void> {
    const Future<void> told = get_running_loop().create_future<void>();
    get_running_loop().call_soon([told] {
      OwnTime::pass(200ms);
      told.set_result();
    });
    co_await told;
    co_await sleep(0s);
  };
  const Texts texts = reports_of(true, main);
  ASSERT_EQ(texts.size(), 1u);
  EXPECT_TRUE(texts[0].starts_with(": Executing <Handle weft::tests::")) << texts[0];
  EXPECT_TRUE(texts[0].ends_with("> took 0.200 seconds")) << texts[0];
}

TEST_P(StepWatchTest, names_the_task_above_a_slow_child_of_a_fork_join) {
  const auto main = [&]() -> Coro<void> {
    const auto joins = [&]() -> Coro<void> { co_await fork_join(busy(1ms), busy(300ms), busy(1ms)); };
    co_await create_task({.name = "parent"}, joins);
  };
  const Texts texts = reports_of(true, main);
  ASSERT_GE(texts.size(), 1u);
  if (GetParam().order == Order::depth_first) {
    for (const std::string& text : texts) {
      EXPECT_TRUE(text.starts_with("parent: Executing ")) << text;
    }
  }
}

}  // namespace
}  // namespace weft::tests
